"""Frames that move against each other over time: a tree of rigid transforms, looked up at the stamp of an image.

A transform `T_a_b` is a (4, 4) matrix that takes points in frame b to frame a. Frames are named as in tf2.
"""
from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

from pose_ros.errors import TransformError
from pose_ros.types import Points

# A stamp that is older than the newest by RESTART_S is of a bag that starts again.
HISTORY_S, RESTART_S = 10.0, 5.0


def check_transform(translation: Sequence[float], quaternion: Sequence[float]) -> None:
    """That this is a rigid transform.

    Raises:
        TransformError: not finite, or a quaternion of length zero.
    """
    if not (all(map(isfinite, (*translation, *quaternion))) and any(quaternion)):
        raise TransformError(f'translation {list(translation)}, quaternion {list(quaternion)}; allowed: finite numbers '
                             'and a quaternion longer than zero')


def matrix_of(translation: Sequence[float], quaternion: Sequence[float]) -> np.ndarray:
    """(3,) [m] and (4,) x y z w -> (4, 4).

    Raises:
        TransformError: not finite, or a quaternion of length zero.
    """
    check_transform(translation, quaternion)
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = Rotation.from_quat(quaternion).as_matrix(), translation
    return matrix


def quaternion_of(matrix: np.ndarray) -> np.ndarray:
    """The rotation of a (4, 4) or (3, 3) matrix as (4,) x y z w."""
    return Rotation.from_matrix(matrix[:3, :3]).as_quat()


def inverse(matrix: np.ndarray) -> np.ndarray:
    """The (4, 4) transform the other way."""
    back = np.eye(4)
    back[:3, :3] = matrix[:3, :3].T
    back[:3, 3] = -back[:3, :3] @ matrix[:3, 3]
    return back


def moved(points: Points, transform: np.ndarray) -> Points:
    """Points in another frame: positions and covariances, through a (4, 4) transform."""
    rotation = transform[:3, :3]
    return Points(points.positions @ rotation.T + transform[:3, 3], rotation @ points.covariances @ rotation.T,
                  points.sources)


@dataclass
class _Link:
    """Where one frame was in its parent, over time: translations (3,) and quaternions (4,)."""

    parent: str
    static: bool
    stamps_s: list[float] = field(default_factory=list)
    poses: list[np.ndarray] = field(default_factory=list)

    def put(self, stamp_s: float, matrix: np.ndarray) -> None:
        if self.static or (self.stamps_s and stamp_s < self.stamps_s[-1] - RESTART_S):
            self.stamps_s.clear()
            self.poses.clear()
        place = bisect_left(self.stamps_s, stamp_s)
        self.stamps_s.insert(place, stamp_s)
        self.poses.insert(place, matrix)
        while self.stamps_s[-1] - self.stamps_s[0] > HISTORY_S:
            del self.stamps_s[0], self.poses[0]

    def at(self, stamp_s: float, frame: str) -> np.ndarray:
        if self.static:
            return self.poses[0]
        first, last = self.stamps_s[0], self.stamps_s[-1]
        if not first <= stamp_s <= last:
            side = f'{stamp_s - last:.3f} s after the newest' if stamp_s > last else f'{first - stamp_s:.3f} s too old'
            raise TransformError(f'{frame} in {self.parent} is not known at {stamp_s:.3f} s: {side}',
                                 may_come=stamp_s > last)
        after = bisect_left(self.stamps_s, stamp_s)
        if self.stamps_s[after] == stamp_s:
            return self.poses[after]
        return _between(self.poses[after - 1:after + 1], self.stamps_s[after - 1:after + 1], stamp_s)


def _between(poses: Sequence[np.ndarray], stamps_s: Sequence[float], stamp_s: float) -> np.ndarray:
    share = (stamp_s - stamps_s[0]) / (stamps_s[1] - stamps_s[0])
    matrix = np.eye(4)
    matrix[:3, :3] = Slerp([0, 1], Rotation.from_matrix([pose[:3, :3] for pose in poses]))(share).as_matrix()
    matrix[:3, 3] = (1 - share) * poses[0][:3, 3] + share * poses[1][:3, 3]
    return matrix


def link_names(parent: str, child: str) -> tuple[str, str]:
    """The names of two frames, without the slash of ROS 1.

    Raises:
        TransformError: a frame cannot be its own parent, and needs a name.
    """
    parent, child = parent.lstrip('/'), child.lstrip('/')
    if not parent or not child or parent == child:
        raise TransformError(f'frame {child!r} in {parent!r}; allowed: two names that differ')
    return parent, child


class TransformTree:
    """The newest ten seconds of every frame. Not thread-safe.

    Example:
        tree = TransformTree()
        tree.put('base', 'camera', stamp_s, T_base_camera)
        tree.lookup('base', 'camera', stamp_s)
    """

    def __init__(self) -> None:
        self._links: dict[str, _Link] = {}

    def put(self, parent: str, child: str, stamp_s: float, matrix: np.ndarray, static: bool = False) -> None:
        """Where `child` is in `parent` at a stamp [s]; for ever if static.

        Raises:
            TransformError: a frame cannot be its own parent, and needs a name.
        """
        parent, child = link_names(parent, child)
        link = self._links.get(child)
        if link is None or link.parent != parent or link.static != static:
            link = self._links[child] = _Link(parent, static)
        link.put(stamp_s, matrix)

    def lookup(self, target: str, source: str, stamp_s: float) -> np.ndarray:
        """(4, 4) transform of points in `source` to `target` at a stamp [s], interpolated.

        Raises:
            TransformError: nothing connects them, or not at this time; its `may_come` tells whether to wait.
        """
        target, source = target.lstrip('/'), source.lstrip('/')
        ups, downs = self._line(source), self._line(target)
        common = next((frame for frame in ups if frame in downs), None)
        if common is None:
            known = ', '.join(sorted({*self._links, *(link.parent for link in self._links.values())})) or 'none'
            raise TransformError(f'nothing connects {source} to {target}; frames known: {known}')
        return inverse(self._rise(target, common, stamp_s)) @ self._rise(source, common, stamp_s)

    def _line(self, frame: str) -> list[str]:
        line = [frame]
        while (link := self._links.get(line[-1])) and link.parent not in line:
            line.append(link.parent)
        return line

    def _rise(self, frame: str, ancestor: str, stamp_s: float) -> np.ndarray:
        matrix = np.eye(4)
        while frame != ancestor:
            link = self._links[frame]
            matrix = link.at(stamp_s, frame) @ matrix
            frame = link.parent
        return matrix
