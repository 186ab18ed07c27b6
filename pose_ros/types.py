"""What flows through the pipeline: people, points and tracks, as frozen dataclasses over read-only numpy arrays."""
from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from pose_ros.errors import SkeletonError
from pose_ros.skeletons import Skeleton


def _is_frozen(array: np.ndarray) -> bool:
    owner = array if array.base is None else array.base
    return isinstance(owner, np.ndarray) and owner.base is None and not (array.flags.writeable or owner.flags.writeable)


def _frozen(array: np.ndarray, dtype: type) -> np.ndarray:
    # One that was frozen here, or a row of it, stays as it is.
    if isinstance(array, np.ndarray) and array.dtype == dtype and _is_frozen(array):
        return array
    frozen: np.ndarray = np.array(array, dtype)
    frozen.flags.writeable = False
    return frozen


class PointSource(IntEnum):
    """Where a point comes from; the values of `Keypoint.depth_source`."""

    NONE = 0
    SENSOR = 1
    LIFTED = 2
    TRIANGULATED = 3
    PREDICTED = 4


class TrackState(IntEnum):
    """What a tracker knows of a person; the values of `PersonPose.track_state`."""

    NEW = 0
    TRACKED = 1
    PREDICTED = 2
    LOST = 3


@dataclass(frozen=True, eq=False)
class Points:
    """The K keypoints of one person in space.

    Attributes:
        positions: (K, 3) float64 [m], in the frame their maker names; NaN = unknown.
        covariances: (K, 3, 3) float64 [m^2] of the positions; NaN = unknown.
        sources: (K,) uint8, a `PointSource` each; NONE where the position is unknown.

    Raises:
        SkeletonError: the three do not fit together.
    """

    positions: np.ndarray
    covariances: np.ndarray
    sources: np.ndarray

    def __post_init__(self) -> None:
        positions = _frozen(self.positions, np.float64)
        covariances, sources = _frozen(self.covariances, np.float64), _frozen(self.sources, np.uint8)
        count = len(positions)
        if (positions.shape, covariances.shape, sources.shape) != ((count, 3), (count, 3, 3), (count,)):
            raise SkeletonError(f'points need positions (K, 3), covariances (K, 3, 3) and sources (K,), got '
                                f'{(positions.shape, covariances.shape, sources.shape)}')
        object.__setattr__(self, 'positions', positions)
        object.__setattr__(self, 'covariances', covariances)
        object.__setattr__(self, 'sources', sources)

    @classmethod
    def of_each(cls, positions: np.ndarray, covariances: np.ndarray, sources: np.ndarray) -> list[Points]:
        """P people at once, from (P, K, 3), (P, K, 3, 3) and (P, K), which are copied once."""
        parts = _frozen(positions, np.float64), _frozen(covariances, np.float64), _frozen(sources, np.uint8)
        return [cls(*part) for part in zip(*parts)]

    @classmethod
    def unknown(cls, count: int) -> Points:
        """K points of which nothing is known."""
        return cls(np.full((count, 3), np.nan), np.full((count, 3, 3), np.nan), np.zeros(count))

    @property
    def known(self) -> np.ndarray:
        """(K,) bool: which keypoints have a position in space."""
        return np.isfinite(self.positions).all(axis=1)

    def taken(self, indices: np.ndarray) -> Points:
        """Other keypoints' points: (N,) indices into these; -1 gives an unknown point."""
        absent = np.asarray(indices) < 0
        return Points(np.where(absent[:, None], np.nan, self.positions[indices]),
                      np.where(absent[:, None, None], np.nan, self.covariances[indices]),
                      np.where(absent, PointSource.NONE, self.sources[indices]))


@dataclass(frozen=True, eq=False)
class Person:
    """One detected human in one image.

    Attributes:
        skeleton: gives the K keypoints their names and order.
        keypoints: (K, 2) float32, x and y [px] of the original image, pixel centres at integers; NaN = not found.
        scores: (K,) float32, confidence 0..1 of each keypoint; 0 = not found.
        score: confidence 0..1 of the person.
        track_id: identity over time; -1 = not tracked.
        points: the keypoints in space, once lifted; None before.
    """

    skeleton: Skeleton
    keypoints: np.ndarray
    scores: np.ndarray
    score: float
    track_id: int = -1
    points: Points | None = None

    def __post_init__(self) -> None:
        count = len(self.skeleton.keypoints)
        if self.points is not None and len(self.points.positions) != count:
            raise SkeletonError(f'{self.skeleton.name} needs {count} points, got {len(self.points.positions)}')
        keypoints, scores = _frozen(self.keypoints, np.float32), _frozen(self.scores, np.float32)
        if keypoints.shape != (count, 2) or scores.shape != (count,):
            raise SkeletonError(f'{self.skeleton.name} needs keypoints ({count}, 2) and scores ({count},), '
                                f'got {keypoints.shape} and {scores.shape}')
        object.__setattr__(self, 'keypoints', keypoints)
        object.__setattr__(self, 'scores', scores)

    @property
    def found(self) -> np.ndarray:
        """(K,) bool: which keypoints have a position."""
        return np.isfinite(self.keypoints).all(axis=1)

    @property
    def bbox(self) -> np.ndarray:
        """(4,) float32: x, y, width, height [px] of the box around the found keypoints; NaN without any."""
        found = self.keypoints[self.found]
        if not len(found):
            return np.full(4, np.nan, np.float32)
        low, high = found.min(0), found.max(0)
        return np.concatenate([low, high - low])

    def with_track_id(self, track_id: int) -> Person:
        """The same person with another identity; for every person of every image, so without `dataclasses.replace`."""
        return Person(self.skeleton, self.keypoints, self.scores, self.score, track_id, self.points)

    def with_points(self, points: Points | None) -> Person:
        """The same person with other points."""
        return Person(self.skeleton, self.keypoints, self.scores, self.score, self.track_id, points)

    def moved(self, scale: np.ndarray, offset: np.ndarray) -> Person:
        """The same person in another image: keypoints * scale + offset, both (2,) as x, y."""
        return replace(self, keypoints=self.keypoints * np.asarray(scale) + np.asarray(offset))

    def as_skeleton(self, skeleton: Skeleton) -> Person:
        """The same person with another skeleton's keypoints, matched by name; absent ones are NaN, score 0."""
        source = skeleton.indices_in(self.skeleton)
        keypoints = np.where(source[:, None] >= 0, self.keypoints[source], np.nan)
        return replace(self, skeleton=skeleton, keypoints=keypoints,
                       scores=np.where(source >= 0, self.scores[source], 0),
                       points=self.points and self.points.taken(source))


@dataclass(frozen=True, eq=False)
class Track:
    """One person over time, at the newest stamp.

    Attributes:
        person: with its track_id. As detected if NEW or TRACKED; extrapolated, scores 0, if PREDICTED; NaN if LOST.
        state: NEW until confirmed; PREDICTED shortly after the person was last seen; LOST while remembered after that.
        frames: in which the person was seen.
        age_s: since the track began [s].
        unseen_s: since the person was last seen [s]; 0 = seen now.
        velocity: (2,) float32 [px/s] of the whole person.
    """

    person: Person
    state: TrackState
    frames: int
    age_s: float
    unseen_s: float
    velocity: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, 'velocity', _frozen(self.velocity, np.float32))

    @property
    def seen(self) -> bool:
        """The person was detected at the newest stamp."""
        return self.unseen_s == 0

    @property
    def measured(self) -> Person:
        """The person as detected at the newest stamp: without any keypoint if it was not."""
        return self.person if self.seen else replace(
            self.person, keypoints=np.full_like(self.person.keypoints, np.nan), points=None)
