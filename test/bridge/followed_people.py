"""People in space for tests of messages: followed, with everything known."""
from __future__ import annotations

import numpy as np

from pose_ros.skeletons import OPENPOSE18
from pose_ros.space.followed import Followed, Root
from pose_ros.types import Person, Points, PointSource, TrackState


def someone(track_id: int = 3, seed: int = 0, state: TrackState = TrackState.TRACKED, place: float = 0.0) -> Followed:
    """Someone 3 m away, `place` m to the right, who walks to the right at 1 m/s."""
    rng = np.random.default_rng(seed)
    positions = rng.normal(0, 0.4, (18, 3)) + [place, 0, 3]
    spreads = rng.normal(0, 0.02, (18, 3, 3))
    covariances = spreads @ np.swapaxes(spreads, 1, 2) + 1e-6 * np.eye(3)
    points = Points(positions, covariances, np.full(18, PointSource.SENSOR))
    person = Person(OPENPOSE18, rng.uniform((100, 80), (540, 400), (18, 2)), np.full(18, 0.8), 0.75, track_id, points)
    root = Root(np.array([place, 0.0, 3.0]), 1e-4 * np.eye(3), np.array([1.0, 0, 0]), np.array([0, 0, 0, 1.0]))
    turns = rng.normal(size=(len(OPENPOSE18.edges), 4))
    return Followed(person, person, state, 7, np.zeros(18, bool), root,
                    turns / np.linalg.norm(turns, axis=1, keepdims=True))
