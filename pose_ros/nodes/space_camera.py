"""The people of one camera in space and time: brings `People` what it needs at the stamp of each image."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from pose_ros.bridge.stamps import seconds_of
from pose_ros.bridge.transforms import Transforms
from pose_ros.errors import PoseRosError
from pose_ros.lifting.triangulation import View
from pose_ros.nodes.depth_input import DepthInput
from pose_ros.nodes.image_input import ImageInput
from pose_ros.nodes.settings import FrameSettings
from pose_ros.nodes.worker import Result
from pose_ros.space.followed import Followed
from pose_ros.space.people import People

T = TypeVar('T')


@dataclass(frozen=True, eq=False)
class Seen:
    """Who is in one image, in space and time.

    Attributes:
        followed: everyone.
        frame_id: of all 3D.
        predicted_s: how far beyond the stamp people are predicted [s].
        view: the camera in that frame; None where it is not known.
        doubts: why there are no new points, though they are asked for; empty if all is well.
    """

    followed: list[Followed]
    frame_id: str
    predicted_s: float
    view: View | None
    doubts: list[PoseRosError]


class SpaceCamera:
    """One camera; used by the worker's thread.

    Args:
        source: of the images, which knows the calibration.
        depth: of the images; None without.
        transforms: None where no frame is asked for.
        people: of this camera.
        settings: the frame.
        in_space: whether points are asked for at all.
    """

    def __init__(self, source: ImageInput, depth: DepthInput | None, transforms: Transforms | None, people: People,
                 settings: FrameSettings, in_space: bool) -> None:
        self._source, self._depth, self._transforms, self._people = source, depth, transforms, people
        self._settings, self._in_space = settings, in_space
        self._doubts: list[PoseRosError] = []

    @property
    def restarts(self) -> int:
        """How often time went back."""
        return self._people.restarts

    def follow(self, result: Result, publish_s: float | None) -> Seen:
        """Who is in an image, after the detections in it. What is missing is told, and 2D goes on.

        Args:
            result: of the network.
            publish_s: moment to predict to [s]; None = the stamp of the image.
        """
        self._doubts = []
        view = self._view(result) if self._in_space else None
        depth = self._tried(partial(self._depth.frame, result.header, _size(result), self._settings.tf_timeout_s)
                            ) if view and self._depth else None
        stamp = result.header.stamp
        followed = self._people.update(
            result.persons, seconds_of(stamp), view.camera if view else None, image_size=_size(result),
            depth=depth, publish_s=publish_s,
            transform_camera_to_target=view.transform_camera_to_world if view and self._settings.target_frame else None)
        if self._people.trouble:
            self._doubts.append(self._people.trouble)
        frame = self._settings.target_frame if self._in_space else ''
        return Seen(followed, frame or result.header.frame_id, self._people.predicted_s, view, self._doubts)

    def _view(self, result: Result) -> View | None:
        frame, header = self._settings.target_frame, result.header
        camera = self._tried(partial(self._source.info.fitting, *_size(result)))
        if camera is None or not frame or not self._transforms:
            return View(camera, np.eye(4)) if camera else None
        transform = self._tried(partial(self._transforms.lookup, frame, header.frame_id, header.stamp,
                                        self._settings.tf_timeout_s))
        return None if transform is None else View(camera, transform)

    def _tried(self, ask: Callable[[], T]) -> T | None:
        try:
            return ask()
        except PoseRosError as error:
            self._doubts.append(error)
            return None


def _size(result: Result) -> tuple[int, int]:
    height, width = result.image.shape[:2]
    return width, height
