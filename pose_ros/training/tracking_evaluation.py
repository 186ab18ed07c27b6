"""How well identities are kept: MOTA (CLEAR MOT, Bernardin 2008) and IDF1 (Ristani 2016), as TrackEval defines them.

A person of the truth and one of a tracker may match in a frame if their keypoint similarity reaches a threshold; the
similarity is the OKS over the keypoints that both have.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from pose_ros.tracking.similarity import keypoints_of, oks, size_px
from pose_ros.types import Person


@dataclass(frozen=True)
class TrackingScores:
    """Counts over all frames, and what follows from them.

    Attributes:
        found, missed, false, switches: true positives, false negatives, false positives and identity switches.
        id_found: detections with the right identity under the best one-to-one map of identities.
        truths, outputs: persons in all frames of the truth and of the tracker.
    """

    found: int
    missed: int
    false: int
    switches: int
    id_found: int
    truths: int
    outputs: int

    @property
    def mota(self) -> float:
        """1 - (misses + false positives + switches) / persons in the truth."""
        return 1 - (self.missed + self.false + self.switches) / max(1, self.truths)

    @property
    def idf1(self) -> float:
        """Persons with the right identity, relative to the mean of truth and output."""
        return 2 * self.id_found / max(1, self.truths + self.outputs)


def evaluate_tracks(truth: Sequence[Sequence[Person]], tracks: Sequence[Sequence[Person]],
                    min_similarity: float = 0.5) -> TrackingScores:
    """Scores of a tracker on one clip.

    Args:
        truth: per frame, the real people with their track_id.
        tracks: per frame, the tracker's, the same number of frames.
        min_similarity: least OKS of a match.
    """
    alike = [_similarities(real, got) for real, got in zip(truth, tracks, strict=True)]
    ids = [([one.track_id for one in real], [one.track_id for one in got]) for real, got in zip(truth, tracks)]
    found, switches = _clear(alike, ids, min_similarity)
    truths, outputs = sum(len(real) for real, _ in ids), sum(len(got) for _, got in ids)
    return TrackingScores(found, truths - found, outputs - found, switches, _id_found(alike, ids, min_similarity),
                          truths, outputs)


def _similarities(real: Sequence[Person], got: Sequence[Person]) -> np.ndarray:
    if not real or not got:
        return np.zeros((len(real), len(got)))
    skeleton = real[0].skeleton
    first, second = keypoints_of(real, len(skeleton)), keypoints_of(got, len(skeleton))
    return oks(first, second, size_px(first), skeleton.sigmas)


def _clear(alike: Sequence[np.ndarray], ids: Sequence[tuple[list[int], list[int]]], least: float) -> tuple[int, int]:
    last: dict[int, int] = {}  # truth -> the identity it was last matched with
    before: dict[int, int] = {}  # the same, of the previous frame only
    found = switches = 0
    for similarity, (real, got) in zip(alike, ids):
        stays = np.array([[before.get(r) == g for g in got] for r in real], float).reshape(similarity.shape)
        rows, columns = _assigned(np.where(similarity >= least, 1000 * stays + similarity, 0))
        before = {real[r]: got[c] for r, c in zip(rows, columns)}
        switches += sum(last.get(r, g) != g for r, g in before.items())
        last.update(before)
        found += len(before)
    return found, switches


def _id_found(alike: Sequence[np.ndarray], ids: Sequence[tuple[list[int], list[int]]], least: float) -> int:
    real_ids = {name: i for i, name in enumerate(sorted({r for real, _ in ids for r in real}))}
    got_ids = {name: i for i, name in enumerate(sorted({g for _, got in ids for g in got}))}
    together = np.zeros((len(real_ids), len(got_ids)))
    for similarity, (real, got) in zip(alike, ids):
        for r, c in zip(*np.nonzero(similarity >= least)):
            together[real_ids[real[r]], got_ids[got[c]]] += 1
    rows, columns = linear_sum_assignment(together, maximize=True)
    return int(together[rows, columns].sum())


def _assigned(gain: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = linear_sum_assignment(gain, maximize=True)
    real = gain[rows, columns] > 0
    return rows[real], columns[real]
