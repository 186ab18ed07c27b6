"""All that happens to the people of one camera after they were detected: tracked, lifted, smoothed, predicted."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np

from pose_ros.camera import Camera
from pose_ros.errors import CameraError, ImageError, PoseRosError
from pose_ros.filtering.keypoint_filter import FilterSettings
from pose_ros.filtering.smoother import Smoother, SmootherSettings
from pose_ros.lifting.depth_image import DepthImage
from pose_ros.lifting.lifter import Lifter
from pose_ros.lifting.lifting_settings import LiftingSettings
from pose_ros.lifting.registration import DepthRegistration
from pose_ros.skeletons import Skeleton
from pose_ros.space.body import Body
from pose_ros.space.depth_frame import DepthFrame
from pose_ros.space.followed import Followed
from pose_ros.space.space_settings import SpaceSettings
from pose_ros.tracking.motion import MotionSettings
from pose_ros.tracking.tracker import Tracker
from pose_ros.tracking.tracker_settings import TrackerSettings
from pose_ros.transforms import moved
from pose_ros.types import Person, TrackState


@dataclass(frozen=True)
class PeopleSettings:
    """The settings of every step."""

    space: SpaceSettings = field(default_factory=SpaceSettings)
    tracker: TrackerSettings = field(default_factory=TrackerSettings)
    motion: MotionSettings = field(default_factory=MotionSettings)
    smoother: SmootherSettings = field(default_factory=SmootherSettings)
    filters: FilterSettings = field(default_factory=FilterSettings)
    lifting: LiftingSettings = field(default_factory=LiftingSettings)


class _Seen(NamedTuple):
    """One person before it is lifted: as measured in the image, and as shown there."""

    measured: Person
    shown: Person
    state: TrackState
    frames: int

    def raw(self, lifted: Person) -> Person:
        """What is shown of the person, after what was measured of it has been lifted."""
        return lifted if self.shown is self.measured else self.shown.with_points(lifted.points)


class LiftsAlone(Protocol):
    """Lifts people without depth."""

    def lift(self, persons: Sequence[Person], camera: Camera, stamp_s: float) -> list[Person]:
        """The same people with points [m] in the optical frame of the camera."""


class People:
    """The people of one camera.

    Example:
        people = People(OPENPOSE18)
        for stamp_s, persons, camera, depth in frames:
            followed = people.update(persons, stamp_s, camera, depth=DepthFrame(DepthImage(depth)))

    Args:
        skeleton: of all persons.
        settings: of every step.
        monocular: lifts people if the setting `lift` says so; without one nobody is lifted then.

    Attributes:
        trouble: why the newest image has no points though it was given what is needed for them; None if all is well.
        predicted_s: how far beyond their stamp the newest people are predicted [s].
    """

    def __init__(self, skeleton: Skeleton, settings: PeopleSettings | None = None,
                 monocular: LiftsAlone | None = None) -> None:
        settings = settings or PeopleSettings()
        self._settings, self._monocular = settings, monocular
        self._tracker = Tracker(settings.tracker, settings.motion)
        self._lifter = Lifter(skeleton, settings.lifting)
        self._smoother = Smoother(settings.smoother, settings.filters)
        self._body = Body(skeleton, settings.space)
        self._registration: DepthRegistration | None = None
        self.trouble: PoseRosError | None = None
        self.predicted_s = 0.0

    @property
    def restarts(self) -> int:
        """How often time went back and everyone was forgotten (a bag in a loop)."""
        return self._tracker.restarts

    def reset(self) -> None:
        """Forget everyone; identities are not used again."""
        self._tracker.reset()
        self._smoother.reset()

    def update(self, persons: Sequence[Person], stamp_s: float, camera: Camera | None = None, *,
               image_size: tuple[int, int] | None = None, depth: DepthFrame | None = None,
               publish_s: float | None = None,
               transform_camera_to_target: np.ndarray | None = None) -> list[Followed]:
        """Everyone followed, after the detections of one image; call it for images without people too.

        A stamp a little late counts as the newest one; one that is earlier starts anew.

        Args:
            persons: detected, in px of the image, in any order. All of them come back.
            stamp_s: of the image [s].
            camera: of the image; None = not calibrated: no new points.
            image_size: (width, height) [px]; who is extrapolated out of the image is dropped. None = no such limit.
            depth: at the stamp of the image; None = no new points from depth.
            publish_s: the moment for which `smooth` is predicted [s]; None = the stamp.
            transform_camera_to_target: (4, 4) to the frame of all points; None = the optical frame. Keep to one frame.

        Raises:
            StampError: a stamp is not finite.
            SkeletonError: persons have another skeleton.
        """
        seen = self._track(self._measure(persons, camera, depth), stamp_s, image_size)
        stamp_s = self._tracker.stamp_s
        measured = self._lift([one.measured for one in seen], stamp_s, camera)
        if transform_camera_to_target is not None:
            measured = [one.with_points(one.points and moved(one.points, transform_camera_to_target))
                        for one in measured]
        smoothed = self._smoother.smooth(measured, stamp_s, publish_s)
        self.predicted_s = self._smoother.ahead_s(stamp_s, publish_s)
        return [Followed(one.raw(lifted), smooth.person, one.state, one.frames, smooth.predicted, *body)
                for one, lifted, smooth, body in zip(seen, measured, smoothed, self._body.of(smoothed, stamp_s))]

    def _track(self, persons: Sequence[Person], stamp_s: float, image_size: tuple[int, int] | None) -> list[_Seen]:
        tracks = self._tracker.update(persons, stamp_s, image_size)
        return [*(_Seen(track.measured, track.person, track.state, track.frames) for track in tracks
                  if track.state is not TrackState.LOST),
                *(_Seen(one, one, TrackState.NEW, 1) for one in self._tracker.ignored)]

    def _measure(self, persons: Sequence[Person], camera: Camera | None, depth: DepthFrame | None) -> list[Person]:
        """Points from depth come before identities: who stands nearer is no other person's track."""
        self.trouble = None
        if self._settings.space.lift == 'depth' and camera and depth and persons:
            try:
                return self._lifter.measure(persons, self._registered(depth, camera, persons), camera)
            except (CameraError, ImageError) as error:
                self.trouble = error
        return [one.with_points(None) if one.points else one for one in persons]

    def _lift(self, persons: list[Person], stamp_s: float, camera: Camera | None) -> list[Person]:
        lift = self._settings.space.lift
        if camera and lift == 'depth':
            return self._lifter.refine(persons, camera, stamp_s)
        if camera and lift == 'monocular' and self._monocular:
            return self._monocular.lift(persons, camera, stamp_s)
        return persons

    def _registered(self, depth: DepthFrame, camera: Camera, persons: Sequence[Person]) -> DepthImage:
        if depth.camera is None or depth.transform_to_colour is None:
            return depth.image
        if self._registration is None or not self._registration.fits(depth.camera, camera, depth.transform_to_colour):
            self._registration = DepthRegistration(depth.camera, camera, depth.transform_to_colour)
        near_m, far_m = self._settings.lifting.nearest_m, self._settings.lifting.farthest_m
        return self._registration.register(depth.image, np.array([one.bbox for one in persons]), near_m, far_m)
