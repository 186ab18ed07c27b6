"""People as the bytes of a PersonPoseArray: what `persons_to_msg` says, without a message object per keypoint."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from rclpy.serialization import serialize_message

from pose_ros.bridge.cdr import CdrLayout
from pose_ros.bridge.convert import UPPER, unknown_points
from pose_ros.msg import PersonPose, PersonPoseArray
from pose_ros.space.followed import Followed
from pose_ros.types import Person

_ENCAPSULATION = 4  # bytes before the message that say how it is written; alignment does not count them
_COUNT = 4  # bytes of the number of people, the last in a message without any


def persons_to_cdr(empty: PersonPoseArray, persons: Sequence[Person], followed: Sequence[Followed]) -> bytes:
    """What serialising the message of `persons_to_msg` gives; a publisher takes it in the place of the message.

    Args:
        empty: `persons_to_msg` of nobody, for all that is said of the image.
        persons: of its skeleton.
        followed: what is known of each over time.
    """
    head = serialize_message(empty)
    if not persons:
        return bytes(head)
    limbs = len(followed[0].limb_orientations)
    layout = _layout(len(persons), len(persons[0].skeleton), limbs, len(head) - _ENCAPSULATION)
    count = np.array(len(persons), np.uint32).tobytes()
    return bytes(head[:-_COUNT]) + count + layout.written({**_seen(persons), **_in_space(persons, followed)})


@lru_cache(maxsize=64)
def _layout(people: int, keypoints: int, limbs: int, start: int) -> CdrLayout:
    return CdrLayout(PersonPose, people, {'keypoints': keypoints, 'limb_orientations': limbs}, start)


def _seen(persons: Sequence[Person]) -> dict[str, np.ndarray]:
    """What is known of (P,) people in the image."""
    keypoints = np.array([one.keypoints for one in persons])
    return {'track_id': np.array([one.track_id for one in persons]), 'bbox': _boxes(keypoints),
            'score': np.array([one.score for one in persons]),
            'keypoints.score': np.array([one.scores for one in persons]), **_split('keypoints', keypoints)}


def _in_space(persons: Sequence[Person], followed: Sequence[Followed]) -> dict[str, np.ndarray]:
    points = [one.points or unknown_points(len(one.skeleton)) for one in persons]
    positions = np.array([one.positions for one in points])
    covariances = np.array([one.covariances for one in points], np.float32)[:, :, UPPER[0], UPPER[1]]
    in_metres = np.isfinite(positions).all(axis=2).any(axis=1)
    return {'track_state': np.array([one.state for one in followed]), 'has_3d': in_metres,
            'track_age': np.array([one.frames for one in followed]), 'keypoints.covariance': covariances,
            'keypoints.depth_source': np.array([one.sources for one in points]),
            **_split('keypoints.position', positions), **_roots(persons, positions, in_metres, followed),
            **_split('limb_orientations', np.array([one.limb_orientations for one in followed]))}


def _roots(persons: Sequence[Person], positions: np.ndarray, in_metres: np.ndarray,
           followed: Sequence[Followed]) -> dict[str, np.ndarray]:
    roots = [one.root for one in followed]
    orientations = np.array([root.orientation for root in roots])
    turned = in_metres & np.isfinite(orientations).all(axis=1)
    covariances = np.zeros((len(roots), 6, 6))
    covariances[in_metres, :3, :3] = np.array([root.covariance for root in roots])[in_metres]
    covariances[~in_metres, 0, 0] = np.nan
    return {**_split('root.pose.position', _middles(persons, positions)), 'root.covariance': covariances,
            **_split('root.pose.orientation', np.where(turned[:, None], orientations, [0.0, 0, 0, 1])),
            'root_orientation_valid': turned, **_split('velocity', np.array([root.velocity for root in roots]))}


def _middles(persons: Sequence[Person], positions: np.ndarray) -> np.ndarray:
    skeleton = persons[0].skeleton
    names = [name for name in ('left_hip', 'right_hip') if name in skeleton.keypoints]
    if len(names) < 2:
        return np.full((len(persons), 3), np.nan)
    return np.asarray(positions[:, [skeleton.index(name) for name in names]].mean(axis=1))


def _boxes(keypoints: np.ndarray) -> np.ndarray:
    """(P, K, 2) -> (P, 4), see `Person.bbox`."""
    found = np.isfinite(keypoints).all(axis=2, keepdims=True)
    low = np.where(found, keypoints, np.inf).min(axis=1)
    high = np.where(found, keypoints, -np.inf).max(axis=1)
    return np.where(found.any(axis=1), np.concatenate([low, high - low], axis=1), np.nan)


def _split(path: str, vectors: np.ndarray) -> Mapping[str, np.ndarray]:
    """(..., 2), (..., 3) or (..., 4) as the fields x, y, z and w."""
    return {f'{path}.{axis}': vectors[..., place] for axis, place in zip('xyzw', range(vectors.shape[-1]))}
