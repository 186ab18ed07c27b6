"""OpenPose's grouping: maps -> persons by part affinity fields (Cao et al., 1611.08050 section 2.4, our own code)."""
from __future__ import annotations

import numpy as np

from pose_ros.errors import EstimatorError
from pose_ros.grouping.assembly import assemble, owners
from pose_ros.grouping.candidates import Candidates, find_candidates
from pose_ros.grouping.matching import match
from pose_ros.grouping.peaks import Peaks, find_peaks
from pose_ros.grouping.settings import PafSettings
from pose_ros.skeletons import Skeleton
from pose_ros.types import Person


def group_maps(heatmaps: np.ndarray, pafs: np.ndarray, skeleton: Skeleton, settings: PafSettings,
               stride: int) -> list[Person]:
    """Maps of one image -> its persons, best first.

    Args:
        heatmaps: (K, h, w) float32, in the order of the skeleton's keypoints; a background channel may follow.
        pafs: (2L, h, w) float32, x and y of limb l of the skeleton in channels 2l and 2l + 1.
        stride: network px per cell.

    Returns:
        Persons in network px; see `group` for their scores.

    Raises:
        EstimatorError: the maps are not finite or have the wrong shape.
    """
    return group(*find_pairs(heatmaps, pafs, skeleton, settings), skeleton, settings, stride)


def find_pairs(heatmaps: np.ndarray, pafs: np.ndarray, skeleton: Skeleton,
               settings: PafSettings) -> tuple[Peaks, Candidates]:
    """The peaks of maps, and the pairs of them that the PAFs support; see `group_maps`."""
    _check(heatmaps, pafs, skeleton)
    peaks = find_peaks(heatmaps[:len(skeleton)], settings.peak_threshold, settings.max_peaks)
    return peaks, find_candidates(peaks, pafs, skeleton.limb_indices, settings)


def group(peaks: Peaks, candidates: Candidates, skeleton: Skeleton, settings: PafSettings,
          stride: int) -> list[Person]:
    """Scored pairs of peaks -> persons in network px, best first.

    A person's score is the mean of its keypoints' heatmap values and its limbs' PAF scores, times the root of the
    share of the skeleton's keypoints that were found; in 0..1.
    """
    connections = match(candidates, len(peaks.score))
    rows = assemble(peaks, connections, skeleton)
    rows = rows[(rows >= 0).sum(axis=1) >= settings.min_keypoints]
    # A last, empty peak is what -1 means.
    scores = np.append(peaks.score.clip(0, 1), np.float32(0))[rows]
    pixels = np.full((len(peaks.score) + 1, 2), np.nan, np.float32)
    pixels[:-1] = (peaks.position.T + 0.5) * stride - 0.5
    keypoints = pixels[rows]
    person = person_scores(rows, scores, connections, len(peaks.score))
    return [Person(skeleton, keypoints[i], scores[i], float(person[i])) for i in np.argsort(-person, kind='stable')]


def person_scores(rows: np.ndarray, scores: np.ndarray, connections: Candidates, peaks: int) -> np.ndarray:
    """(F,) scores of persons from their (F, K) peaks, those peaks' scores, and the connections of the P peaks."""
    owner = owners(rows, peaks)
    row = owner[connections.first]
    own = (row >= 0) & (row == owner[connections.second])
    limbs = np.bincount(row[own], minlength=len(rows))
    total = np.bincount(row[own], np.clip(connections.score[own], 0, 1), len(rows))
    found = (rows >= 0).sum(axis=1)
    return (scores.sum(axis=1) + total) / np.maximum(found + limbs, 1) * np.sqrt(found / rows.shape[1])


def _check(heatmaps: np.ndarray, pafs: np.ndarray, skeleton: Skeleton) -> None:
    keypoints, limbs = len(skeleton), len(skeleton.limbs)
    if heatmaps.ndim != 3 or heatmaps.shape[0] < keypoints or pafs.shape != (2 * limbs, *heatmaps.shape[1:]):
        raise EstimatorError(f'maps do not fit {skeleton.name}: got heatmaps {heatmaps.shape} and PAFs {pafs.shape}; '
                             f'allowed: ({keypoints} or more, h, w) and ({2 * limbs}, h, w)')
    if not np.isfinite(np.vdot(heatmaps, heatmaps) + np.vdot(pafs, pafs)):
        raise EstimatorError('the network gave maps with NaN or infinite values; allowed: finite values')
