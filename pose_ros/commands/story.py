"""What people do in a video, told below them: tracked, lifted from the image alone, and watched."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pose_ros.activity.body import upright_from_optical
from pose_ros.activity.caption import caption
from pose_ros.activity.rules import read_rules
from pose_ros.activity.watcher import ActivitySettings, ActivityWatcher
from pose_ros.camera import Camera
from pose_ros.drawing import draw_captions, draw_persons
from pose_ros.files import shipped_config
from pose_ros.lifting.monocular import load_monocular
from pose_ros.skeletons import Skeleton
from pose_ros.sources import Frame, FrameSource
from pose_ros.space.people import People, PeopleSettings
from pose_ros.space.space_settings import SpaceSettings
from pose_ros.stickers import Sticker, draw_stickers
from pose_ros.types import Person


class Story:
    """Follows the people of a source.

    Args:
        skeleton: of the people.
        source: of the frames; its camera, or one with a field of view of 60 degrees, tells where they are.

    Attributes:
        captions: what everyone does in the newest frame, by track_id.
    """

    def __init__(self, skeleton: Skeleton, source: FrameSource) -> None:
        settings = PeopleSettings(space=SpaceSettings(lift='monocular'))
        self._people = People(skeleton, settings, load_monocular(skeleton))
        self._watcher = ActivityWatcher(ActivitySettings(rules=read_rules(shipped_config('exercises.yaml'))))
        self._camera = source.camera
        self.captions: dict[int, str] = {}

    def follow(self, frame: Frame, persons: Sequence[Person]) -> list[Person]:
        """The people of a frame with identities and points in space, as measured in it."""
        height, width = frame.image.shape[:2]
        stamp_s = frame.stamp_ns * 1e-9
        camera = self._camera or Camera.from_field_of_view(width, height)
        followed = self._people.update(persons, stamp_s, camera, image_size=(width, height))
        found = self._watcher.update([one.smooth for one in followed], stamp_s, upright_from_optical())
        self.captions = {track_id: caption(activities) for track_id, activities in found.items()}
        return [one.raw for one in followed]


class Drawing:
    """Draws people with their stickers and captions.

    Args:
        stickers: on everyone.
        story: that has the captions; None = without.
    """

    def __init__(self, stickers: Sequence[Sticker], story: Story | None) -> None:
        self._stickers, self._story = stickers, story

    def __call__(self, image: np.ndarray, persons: Sequence[Person]) -> np.ndarray:
        """(H, W, 3) uint8 RGB, a new image."""
        drawn = draw_stickers(draw_persons(image, persons), persons, self._stickers)
        return draw_captions(drawn, persons, self._story.captions) if self._story else drawn
