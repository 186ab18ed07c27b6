"""Parametric pose NMS in its box-normalised form (Fang et al., 1612.00137, section 3.3), over all pairs at once.

Several boxes of one person give several poses. The best pose stays, those too similar to it go, and so on (eq. 5).
Similarity counts the keypoints that agree, weighted by their scores (eq. 6), and how near they are (eq. 7). Distances
are in tenths of the better pose's box, so that nothing depends on the size of the image.
"""
from __future__ import annotations

import numpy as np

from pose_ros.errors import EstimatorError
from pose_ros.grouping.settings import PoseNmsSettings

NEAR = 0.1  # share of the box


def pose_nms(keypoints: np.ndarray, scores: np.ndarray, ranks: np.ndarray,
             settings: PoseNmsSettings) -> tuple[np.ndarray, np.ndarray]:
    """Which poses stay, and whom they stand for.

    Args:
        keypoints: (P, K, 2) [px]; NaN = not found.
        scores: (P, K) of the keypoints, 0..1.
        ranks: (P,) of the poses; the highest is the best.

    Returns:
        (M,) indices of the poses that stay, best first, and (P,) the pose that stands for each, itself if it stays.

    Raises:
        EstimatorError: the arrays do not fit together.
    """
    if keypoints.shape != (*scores.shape, 2) or ranks.shape != scores.shape[:1]:
        raise EstimatorError(f'poses need keypoints (P, K, 2), scores (P, K) and ranks (P,), got {keypoints.shape}, '
                             f'{scores.shape} and {ranks.shape}')
    order = np.argsort(-ranks, kind='stable')
    same = similarity(keypoints[order], scores[order], settings) >= settings.nms_threshold
    leader, kept = np.full(len(order), -1), []
    for i in range(len(order)):
        if leader[i] < 0:
            kept.append(i)
            leader[i:][(leader[i:] < 0) & same[i, i:]] = i
            leader[i] = i
    stands_for = np.empty(len(order), int)
    stands_for[order] = order[leader]
    return order[kept], stands_for


def similarity(keypoints: np.ndarray, scores: np.ndarray, settings: PoseNmsSettings) -> np.ndarray:
    """(P, P) float32 similarity of pose j to pose i, in i's box: eq. 6 + lambda * eq. 7."""
    points = np.nan_to_num(keypoints, nan=1e6).astype(np.float32)
    found = np.isfinite(keypoints).all(2)
    reach = np.float32(NEAR) * _extents(keypoints)[:, None, None]
    x, y = points[..., 0], points[..., 1]
    distance = np.hypot(x[:, None] - x, y[:, None] - y) / reach
    sure = np.tanh(np.where(found, scores, 0).astype(np.float32) / np.float32(settings.nms_score_scale))
    agree = np.einsum('ik,jk,ijk->ij', sure, sure, (distance < 1).astype(np.float32))
    both = (found[:, None] & found).astype(np.float32)
    near = np.einsum('ijk,ijk->ij', np.exp(-distance / np.float32(settings.nms_distance_scale)), both)
    total: np.ndarray = agree + np.float32(settings.nms_weight) * near
    return total / len(keypoints[0]) if len(keypoints) else total


def _extents(keypoints: np.ndarray) -> np.ndarray:
    """(P,) float32 longer side of the box round each pose [px], at least 1."""
    found = np.isfinite(keypoints)
    low = np.where(found, keypoints, np.inf).min(1, initial=np.inf)
    high = np.where(found, keypoints, -np.inf).max(1, initial=-np.inf)
    return np.maximum((high - low).max(1, initial=1), 1).astype(np.float32)


def merge(keypoints: np.ndarray, scores: np.ndarray, kept: np.ndarray, stands_for: np.ndarray) -> np.ndarray:
    """(M, K, 2) the poses that stay, each keypoint the mean of those it stands for, by score, where they agree.

    Args:
        keypoints, scores: as of `pose_nms`. kept, stands_for: its answer.
    """
    leaders = keypoints[stands_for]
    reach = NEAR * _extents(keypoints)[stands_for][:, None]
    with np.errstate(invalid='ignore'):
        agree = np.linalg.norm(keypoints - leaders, axis=2) < reach
    weight = np.where(agree, scores, 0)[..., None]
    total, sums = np.zeros((*scores.shape, 1)), np.zeros(keypoints.shape)
    np.add.at(total, stands_for, weight)
    np.add.at(sums, stands_for, weight * np.nan_to_num(keypoints))
    return np.where(total > 0, sums / np.maximum(total, 1e-9), keypoints)[kept]
