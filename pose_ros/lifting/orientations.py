"""How bodies and limbs are turned, from their points alone.

Three points say how an elbow or a knee bends: its hinge is the normal of their plane. While it is straight there is no
such plane, and the last known hinge, which moves with the trunk, stands in for it.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pose_ros.skeletons import Skeleton

_BENDS = (('shoulder', 'elbow', 'wrist'), ('hip', 'knee', 'ankle'))
_STRAIGHT = 0.25  # sine of the angle below which noise decides where the plane of a limb lies
_NO_PERSON = -1
_NEXT, _LAST = [1, 2, 0], [2, 0, 1]  # of each axis, round and round
# (9, 16): how each entry of a rotation matrix adds to 4 q q^T - 1, with q as x y z w.
_OUTER = np.array([
    [[1, 0, 0, 0], [0, -1, 0, 0], [0, 0, -1, 0], [0, 0, 0, 1]],
    [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, -1], [0, 0, -1, 0]],
    [[0, 0, 1, 0], [0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0]],
    [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]],
    [[-1, 0, 0, 0], [0, 1, 0, 0], [0, 0, -1, 0], [0, 0, 0, 1]],
    [[0, 0, 0, -1], [0, 0, 1, 0], [0, 1, 0, 0], [-1, 0, 0, 0]],
    [[0, 0, 1, 0], [0, 0, 0, -1], [1, 0, 0, 0], [0, -1, 0, 0]],
    [[0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]],
    [[-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
], float).reshape(9, 16)


def body_axes(points: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """(P, K, 3) points -> (P, 3, 3), columns: where the chest faces, the person's left, up the spine; NaN = unknown."""
    left, right = (points[:, skeleton.index(f'{side}_hip')] for side in ('left', 'right'))
    shoulders = [points[:, skeleton.index(f'{side}_shoulder')] for side in ('left', 'right')]
    return axes_along(left - right, (sum(shoulders) - left - right))[:, :, [1, 0, 2]] * [-1, 1, 1]


def axes_along(first: np.ndarray, third: np.ndarray) -> np.ndarray:
    """(..., 3) and (..., 3) -> (..., 3, 3) right-handed axes in columns: x along `first`, z nearest to `third`.

    NaN where one of them is unknown or both are parallel.
    """
    x = _unit(first)
    z = _unit(third - (third * x).sum(axis=-1, keepdims=True) * x)
    return np.stack([x, _cross(z, x), z], axis=-1)


def quaternions(axes: np.ndarray) -> np.ndarray:
    """(..., 3, 3) rotation matrices -> (..., 4) x y z w with w >= 0; NaN stays NaN.

    Four times the outer product of the quaternion with itself is linear in the matrix; its row with the largest
    diagonal is the quaternion but for the length (Shepperd, 1978).
    """
    flat = axes.reshape(-1, 9)
    outer = (flat @ _OUTER + np.eye(4).ravel()).reshape(-1, 4, 4)
    largest = outer.diagonal(axis1=1, axis2=2).argmax(axis=1)
    turned = outer[np.arange(len(outer)), largest]
    turned *= np.where(turned[:, 3:] < 0, -1, 1) / np.linalg.norm(turned, axis=1, keepdims=True)
    return turned.reshape(*axes.shape[:-2], 4)


class _Hinge(NamedTuple):
    """The last hinge axes (H, 3) of one person, in body axes, and when each was seen (H,) [s]."""

    axes: np.ndarray
    seen_s: np.ndarray


class LimbOrientations:
    """Orientations of the limbs of the people of one camera; remembers the hinges of tracks.

    Args:
        memory_s: how long a hinge is remembered that cannot be seen [s].
    """

    def __init__(self, skeleton: Skeleton, memory_s: float = 1.0) -> None:
        self._skeleton, self._memory_s = skeleton, memory_s
        self._bends = np.array([[skeleton.index(f'{side}_{name}') for name in bend] for bend in _BENDS
                                for side in ('left', 'right')])
        self._hints = np.array([self._hint(edge) for edge in skeleton.edges.tolist()])
        self._known: dict[int, _Hinge] = {}

    def of(self, track_ids: Sequence[int], points: np.ndarray, stamp_s: float) -> np.ndarray:
        """(P, K, 3) points -> (P, E, 4) quaternions x y z w, one per edge; NaN = unknown.

        Each turns x onto the limb, from its first to its second keypoint, and z onto the hinge of its elbow or knee:
        the axis about which the limb bends, right-handed. Limbs without one have z as near as can be to where the chest
        faces, those that end at an ear to up the spine.

        Args:
            track_ids: of the people; -1 = unknown, who have no memory.
            points: in one and the same frame for all calls.
            stamp_s: of the points [s]; hinges seen later than that are forgotten (a bag in a loop).
        """
        body = body_axes(points, self._skeleton)
        hinges = self._hinges(track_ids, points, body, stamp_s)
        axes = np.concatenate([hinges, body[:, None, :, 0], body[:, None, :, 2]], axis=1)
        first, second = self._skeleton.edges.T
        return quaternions(axes_along(points[:, second] - points[:, first], axes[:, self._hints]))

    def _hint(self, edge: list[int]) -> int:
        """The row of the axis that a limb's z follows: its hinge, or after the hinges the chest, or the spine."""
        bends = [row for row, bend in enumerate(self._bends.tolist()) if set(edge) <= set(bend)]
        ear = any(self._skeleton.keypoints[end].endswith('ear') for end in edge)
        return bends[0] if bends else len(self._bends) + ear

    def _hinges(self, track_ids: Sequence[int], points: np.ndarray, body: np.ndarray, stamp_s: float) -> np.ndarray:
        seen = self._seen(points)
        local = np.einsum('phi,pij->phj', seen, body)
        for person, track_id in enumerate(track_ids):
            if track_id != _NO_PERSON:
                local[person] = self._remembered(track_id, local[person], stamp_s)
        self._known = {key: one for key, one in self._known.items()
                       if 0 <= stamp_s - one.seen_s.max() <= self._memory_s}
        return np.where(np.isnan(seen), np.einsum('phj,pij->phi', local, body), seen)

    def _seen(self, points: np.ndarray) -> np.ndarray:
        """(P, H, 3) hinges that can be seen now; NaN where a limb is straight or unknown."""
        near, middle, far = np.moveaxis(points[:, self._bends], 2, 0)
        normals = _cross(_unit(middle - near), _unit(far - middle))
        sines = np.linalg.norm(normals, axis=2, keepdims=True)
        return np.where(sines > _STRAIGHT, normals, np.nan) / sines

    def _remembered(self, track_id: int, hinges: np.ndarray, stamp_s: float) -> np.ndarray:
        seen = np.isfinite(hinges).all(axis=1)
        before = self._known.get(track_id, _Hinge(hinges, np.full(len(hinges), -np.inf)))
        seen_s = np.where(seen, stamp_s, before.seen_s)
        fresh = (stamp_s - seen_s >= 0) & (stamp_s - seen_s <= self._memory_s)
        hinges = np.where(seen[:, None], hinges, np.where(fresh[:, None], before.axes, np.nan))
        self._known[track_id] = _Hinge(hinges, np.where(fresh, seen_s, -np.inf))
        return hinges


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.sqrt(np.einsum('...i,...i->...', vectors, vectors))[..., None]
    return vectors / np.where(lengths > 1e-9, lengths, np.nan)


def _cross(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """A quarter of the time that `np.cross` takes for a few vectors."""
    return first[..., _NEXT] * second[..., _LAST] - first[..., _LAST] * second[..., _NEXT]
