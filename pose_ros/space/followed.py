"""What is known of one person after an image."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pose_ros.types import Person, TrackState


@dataclass(frozen=True, eq=False)
class Root:
    """The mid-hip of a person, in the frame of its points; NaN = unknown.

    Attributes:
        position: (3,) [m].
        covariance: (3, 3) of the position [m^2].
        velocity: (3,) [m/s].
        orientation: (4,) quaternion x y z w: turns x to where the chest faces, y to the person's left, z up the
            spine.
    """

    position: np.ndarray
    covariance: np.ndarray
    velocity: np.ndarray
    orientation: np.ndarray


@dataclass(frozen=True, eq=False)
class Followed:
    """One person at the stamp of an image, and at the moment of publishing.

    Attributes:
        raw: as detected and lifted, with its track_id; extrapolated, scores 0 and no points, if the state is PREDICTED.
        smooth: filtered and predicted to the moment of publishing; as raw without an identity.
        state: NEW (no identity yet), TRACKED or PREDICTED.
        frames: in which the person was seen.
        predicted: (K,) bool, keypoints of `smooth` that were not measured in this image.
        root: of `smooth`.
        limb_orientations: (E, 4) quaternions x y z w of `smooth`, one per edge of the skeleton; (0, 4) if not asked
            for.
    """

    raw: Person
    smooth: Person
    state: TrackState
    frames: int
    predicted: np.ndarray
    root: Root
    limb_orientations: np.ndarray
