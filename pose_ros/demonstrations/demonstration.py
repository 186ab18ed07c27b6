"""One recorded demonstration: the person, what the robot was told, what it did, and what it was."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from pose_ros.demonstrations.camera_images import CameraImages
from pose_ros.errors import DatasetError
from pose_ros.skeletons import Skeleton

if TYPE_CHECKING:
    from pose_ros.retargeting.robot import Robot

# Labels of marks that cut a recording; any other label is a note.
MARK_BEGIN, MARK_END = 'segment begin', 'segment end'
NO_IMAGES = CameraImages.of(())


def _freeze(item: object, *names: str) -> None:
    for name in names:
        array = np.array(getattr(item, name))
        array.flags.writeable = False
        object.__setattr__(item, name, array)


@dataclass(frozen=True)
class About:
    """What a recording is of.

    Attributes:
        robot: name of the robot's file.
        joints: n names, the order of every joint array.
        skeleton: of the points.
        model: estimator and weights that found the person, '' if unknown.
        config: text of the robot's file (the mapping).
        urdf: text of the robot's URDF.
    """

    robot: str
    joints: tuple[str, ...]
    skeleton: Skeleton
    model: str = ''
    config: str = ''
    urdf: str = ''

    @classmethod
    def of(cls, robot: Robot, skeleton: Skeleton, model: str = '') -> About:
        """What is recorded with this robot and these points."""
        return cls(robot.config.name, robot.joints, skeleton, model, robot.config.text, robot.urdf)

    @property
    def digests(self) -> dict[str, str]:
        """sha256 of the mapping and the URDF; '' where the text is unknown."""
        return {name: sha256(text.encode()).hexdigest() if text else ''
                for name, text in (('config', self.config), ('urdf', self.urdf))}

    def changed(self, robot: Robot) -> list[str]:
        """Which of 'config' and 'urdf' the robot of now has otherwise than when it was recorded."""
        now = About.of(robot, self.skeleton).digests
        return [name for name, digest in self.digests.items() if digest and digest != now[name]]


@dataclass(frozen=True, eq=False)
class Sightings:
    """The person, at N stamps.

    Attributes:
        stamps: (N,) [s].
        points: (N, K, 3) in the robot's base frame [m]; NaN = not found.
        scores: (N, K) 0..1.
        track_ids: (N,) int.
    """

    stamps: np.ndarray
    points: np.ndarray
    scores: np.ndarray
    track_ids: np.ndarray

    def __post_init__(self) -> None:
        _freeze(self, 'stamps', 'points', 'scores', 'track_ids')

    def between(self, begin: float, end: float) -> Sightings:
        """Those with begin <= stamp <= end [s]."""
        kept = (begin <= self.stamps) & (self.stamps <= end)
        return Sightings(self.stamps[kept], self.points[kept], self.scores[kept], self.track_ids[kept])


@dataclass(frozen=True, eq=False)
class JointSamples:
    """n joints at N stamps.

    Attributes:
        stamps: (N,) [s].
        positions: (N, n) [rad].
        velocities: (N, n) [rad/s]; NaN = not told.
    """

    stamps: np.ndarray
    positions: np.ndarray
    velocities: np.ndarray

    def __post_init__(self) -> None:
        _freeze(self, 'stamps', 'positions', 'velocities')

    def __len__(self) -> int:
        return len(self.stamps)

    def at(self, stamps: np.ndarray) -> np.ndarray:
        """Positions (M, n) at other stamps (M,), linear between samples, the nearest one outside them.

        Raises:
            DatasetError: there are no samples.
        """
        if not len(self):
            raise DatasetError('no joint positions were recorded')
        return np.stack([np.interp(stamps, self.stamps, joint) for joint in self.positions.T], axis=1)


@dataclass(frozen=True)
class Mark:
    """Something noted while recording: stamp [s] and label."""

    stamp: float
    label: str


@dataclass(frozen=True, eq=False)
class Demonstration:
    """One recording.

    Attributes:
        about: robot, skeleton and model.
        persons: the person who was followed.
        commands: what the joints were told.
        measured: where the joints were.
        marks: by stamp.
        images: of a camera, if it was recorded and asked for.
    """

    about: About
    persons: Sightings
    commands: JointSamples
    measured: JointSamples
    marks: tuple[Mark, ...] = ()
    images: CameraImages = NO_IMAGES

    @property
    def span(self) -> tuple[float, float]:
        """Stamps of the first and the last sample of person and commands [s].

        Raises:
            DatasetError: there is neither.
        """
        stamps = np.concatenate([self.persons.stamps, self.commands.stamps])
        if not len(stamps):
            raise DatasetError('the recording holds neither a person nor commands')
        return float(stamps.min()), float(stamps.max())

    def require_joints(self, joints: Sequence[str]) -> None:
        """Checks that the recording is of these joints, in this order.

        Raises:
            DatasetError: it is of another robot.
        """
        if tuple(joints) != self.about.joints:
            raise DatasetError(f'the recording is of {self.about.robot} ({", ".join(self.about.joints)}), '
                               f'the robot has {", ".join(joints)}; transfer it first (pose-ros replay --robot)')
