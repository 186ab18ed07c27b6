"""DeepCut's grouping: peaks -> persons by the best joint partition and labelling (Pishchulin et al., 1511.06645)."""
from __future__ import annotations

import numpy as np

from pose_ros.grouping.candidates import Candidates
from pose_ros.grouping.multicut import solve
from pose_ros.grouping.multicut_costs import Regressions
from pose_ros.grouping.paf import person_scores
from pose_ros.grouping.peaks import Peaks
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.grouping.subset_partition import Problem, Solution
from pose_ros.skeletons import Skeleton
from pose_ros.types import Person

# DeeperCut's order, from the keypoints that are found most surely.
_STAGES = {'elbow': 1, 'wrist': 1, 'hip': 2, 'knee': 2, 'ankle': 2}


class DeepCut:
    """Groups peaks by regressions learned for the skeleton.

    Attributes:
        solution: of the last image: its objective, and the gap to the best one possible.
    """

    def __init__(self, regressions: Regressions) -> None:
        self.solution = Solution(np.zeros(0, np.int64), 0.0, 0.0)
        self._regressions = regressions

    @property
    def figures(self) -> dict[str, float]:
        """How well the last image was solved, by name."""
        last = self.solution
        return {'deepcut_objective': last.objective, 'deepcut_gap': last.gap, 'deepcut_parts': last.parts,
                'deepcut_parts_proven': last.proven}

    def group(self, peaks: Peaks, candidates: Candidates, skeleton: Skeleton, settings: GroupingSettings,
              stride: int) -> list[Person]:
        """Peaks and supported pairs -> persons in network px, best first; scores as in `paf.group`.

        Several peaks of one keypoint in one person give their mean, weighed by their probabilities.
        """
        problem = self._regressions.problem(peaks, candidates, skeleton, settings.missed_cost)
        self.solution = solve(problem, settings, keypoint_stages(skeleton))
        rows = _best_peaks(self.solution.labels, problem, len(skeleton))
        kept = np.flatnonzero((rows >= 0).sum(axis=1) >= settings.min_keypoints)
        scores = np.append(peaks.score.clip(0, 1), np.float32(0))[rows[kept]]
        keypoints = (_mean_positions(self.solution.labels, problem, peaks, rows.shape)[kept] + 0.5) * stride - 0.5
        person = person_scores(rows[kept], scores, candidates, len(peaks.score)).clip(0, 1)
        return [Person(skeleton, keypoints[i], scores[i], float(person[i]))
                for i in np.argsort(-person, kind='stable')]


def keypoint_stages(skeleton: Skeleton) -> np.ndarray:
    """(K,) in which of DeeperCut's stages each keypoint joins in: head and shoulders, arms, legs."""
    return np.array([_STAGES.get(name.split('_')[-1], 0) for name in skeleton.keypoints])


def _best_peaks(labels: np.ndarray, problem: Problem, keypoints: int) -> np.ndarray:
    """(F, K) the most probable peak of each keypoint of each cluster; -1 for none."""
    rows = np.full((labels.max(initial=-1) + 1, keypoints), -1)
    order = np.argsort(-problem.unary, kind='stable')
    order = order[labels[order] >= 0]
    # Of repeated indices numpy keeps the last value, which is the most probable.
    rows[labels[order], problem.kind[order]] = order
    return rows


def _mean_positions(labels: np.ndarray, problem: Problem, peaks: Peaks, shape: tuple[int, ...]) -> np.ndarray:
    """(F, K, 2) [cells]; NaN where a cluster has no peak of a keypoint."""
    chosen = np.flatnonzero(labels >= 0)
    cell = labels[chosen] * shape[1] + problem.kind[chosen]
    weight = 1 / (1 + np.exp(problem.unary[chosen]))
    total = np.bincount(cell, weight, shape[0] * shape[1])
    sums = [np.bincount(cell, weight * line[chosen], len(total)) for line in peaks.position]
    return (np.stack(sums, axis=1) / np.where(total > 0, total, np.nan)[:, None]).reshape(*shape, 2)
