"""Pictures of a robot, as capsules, and of a person, as limbs, in one space; with OpenCV only."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from pose_ros.retargeting.robot import Robot
from pose_ros.skeletons import Skeleton

BACKGROUND, EDGE, JOINT = (250, 250, 252), (60, 60, 70), (90, 120, 160)
ROBOT, PERSON, NEAR_SIDE = (120, 165, 215), (213, 94, 0), (0, 158, 115)
LEAST_PX = 2


@dataclass(frozen=True, eq=False)
class View:
    """A parallel projection: x to the right, y down [px].

    Attributes:
        size: width, height [px].
        centre: (3,) point that is in the middle of the picture [m].
        scale: [px/m].
        yaw, pitch: where it is seen from: about the vertical from the front (+x) and upwards [rad].
    """

    size: tuple[int, int]
    centre: np.ndarray
    scale: float
    yaw: float = 0.6
    pitch: float = 0.25

    def project(self, points: np.ndarray) -> np.ndarray:
        """(N, 3) x and y [px] and nearness [m] of points (N, 3) [m]."""
        cos, sin, up, over = np.cos(self.yaw), np.sin(self.yaw), np.cos(self.pitch), np.sin(self.pitch)
        toward = np.array([cos * up, sin * up, over])
        right = np.array([-sin, cos, 0.0])
        above = np.cross(toward, right)
        axes = np.array([self.scale * right, -self.scale * above, toward])
        return (np.asarray(points, float) - self.centre) @ axes.T + [self.size[0] / 2, self.size[1] / 2, 0.0]

    @classmethod
    def around(cls, points: np.ndarray, size: tuple[int, int], margin: float = 0.25) -> View:
        """A view that shows all of these points (N, 3) [m], with a margin that is a part of the picture, 0..1."""
        centre = (np.nanmin(points, 0) + np.nanmax(points, 0)) / 2
        offsets = np.abs(cls((0, 0), centre, 1.0).project(points)[:, :2])
        reach = np.maximum(2 * np.nanmax(offsets, 0), 1e-3)
        return cls(size, centre, float((1 - margin) * (np.array(size) / reach).min()))


@dataclass(eq=False)
class Scene:
    """Strokes in space, drawn from far to near.

    Attributes:
        view: of the picture.
    """

    view: View
    _strokes: list[tuple[float, np.ndarray, float, tuple[int, int, int]]] = field(default_factory=list)

    def stroke(self, start: np.ndarray, end: np.ndarray, radius: float, colour: tuple[int, int, int]) -> None:
        """A capsule from start to end (3,) [m] of a radius [m], in an RGB colour; left out if an end is NaN."""
        ends = self.view.project(np.stack([start, end]))
        if np.isfinite(ends).all():
            self._strokes.append((float(ends[:, 2].mean()), ends[:, :2], radius, colour))

    def robot(self, robot: Robot, position: np.ndarray, shift: Sequence[float] = (0.0, 0.0, 0.0)) -> None:
        """A robot in a pose (n,) [rad], moved by `shift` (3,) [m]: its capsules, and its joints as a thin chain."""
        shifted = robot.link_places(position)
        for capsule in robot.config.capsules:
            place = shifted[capsule.link]
            ends = np.array([capsule.start, capsule.end]) @ place[:3, :3].T + place[:3, 3] + shift
            self.stroke(ends[0], ends[1], capsule.radius, ROBOT)
        joints = robot.joint_chain(position) + np.asarray(shift)
        for start, end in joints:
            self.stroke(start, end, 0.012, JOINT)

    def person(self, points: np.ndarray, skeleton: Skeleton, shift: Sequence[float] = (0.0, 0.0, 0.0)) -> None:
        """A person's points (K, 3) [m], moved by `shift` (3,) [m]: limbs, the left side in another colour."""
        for first, second in skeleton.edges:
            left = any(skeleton.keypoints[index].startswith('left') for index in (first, second))
            self.stroke(points[first] + shift, points[second] + shift, 0.018, NEAR_SIDE if left else PERSON)

    def draw(self, caption: str = '') -> np.ndarray:
        """(H, W, 3) uint8 RGB."""
        width, height = self.view.size
        canvas = np.full((height, width, 3), BACKGROUND, np.uint8)
        for _, ends, radius, colour in sorted(self._strokes, key=lambda stroke: stroke[0]):
            start, end = ends.round().astype(int).tolist()
            thick = max(round(2 * radius * self.view.scale), LEAST_PX)
            cv2.line(canvas, start, end, EDGE, thick + 2, cv2.LINE_AA)
            cv2.line(canvas, start, end, colour, thick, cv2.LINE_AA)
        for row, line in enumerate(caption.splitlines()):
            cv2.putText(canvas, line, (12, 26 + 22 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.55, EDGE, 1, cv2.LINE_AA)
        return canvas
