"""How well people are followed in space: identities and places against the truth of a clip with depth."""
from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from pose_ros.demo.floor_plan import FloorPlan
from pose_ros.demo.ground_truth import frame_digest
from pose_ros.skeletons import OPENPOSE18
from pose_ros.synthetic.depth_clip import DepthShot
from pose_ros.tracking.similarity import keypoints_of, oks, size_px
from pose_ros.training.tracking_evaluation import evaluate_tracks
from pose_ros.types import Person

_LEAST_VISIBLE = 5
_LEAST_OKS = 0.5


class SpaceTruth:
    """Gathers the people published for the frames of such a clip.

    Args:
        shots: of the clip; people of whom fewer than five keypoints can be seen do not count.
    """

    def __init__(self, shots: Iterable[DepthShot]) -> None:
        self._truth = {frame_digest(shot.image): [one for one in shot.persons if one.scores.sum() >= _LEAST_VISIBLE]
                       for shot in shots}
        self._seen: list[tuple[Sequence[Person], Sequence[Person]]] = []
        self.plan = FloorPlan()

    def add(self, image: np.ndarray, persons: Sequence[Person]) -> None:
        """The people of one image; images that are not of the clip are passed over."""
        truth = self._truth.get(frame_digest(image))
        if truth is not None:
            self._seen.append((truth, persons))
            self.plan.add(truth, persons)

    def score(self) -> dict[str, float]:
        """How well the people of the frames that were seen are followed.

        Returns:
            `frames`, `people` of the truth, `idf1`, `switches`, and how far visible keypoints are from where they
            should be: `median_error_m` and `p95_error_m` of so many `points`.
        """
        truth = [real for real, _ in self._seen]
        # Who is new has no identity yet, so claims none.
        found = [[one for one in persons if one.track_id >= 0] for _, persons in self._seen]
        tracks = evaluate_tracks(truth, found, _LEAST_OKS)
        errors = np.concatenate([np.zeros(0), *(_errors_m(*both) for both in self._seen)])
        median, p95 = np.percentile(errors, (50, 95)) if len(errors) else (np.nan, np.nan)
        return {'frames': len(truth), 'people': tracks.truths, 'idf1': tracks.idf1, 'switches': tracks.switches,
                'points': len(errors), 'median_error_m': float(median), 'p95_error_m': float(p95)}


def _errors_m(truth: Sequence[Person], persons: Sequence[Person]) -> np.ndarray:
    """Of everyone found, the distances of visible keypoints from those of the most alike person of the truth [m]."""
    if not truth or not persons:
        return np.zeros(0)
    real, found = keypoints_of(truth, len(OPENPOSE18)), keypoints_of(persons, len(OPENPOSE18))
    alike = oks(real, found, size_px(real), OPENPOSE18.sigmas)
    pairs = [(truth[row], one) for one, row, best in zip(persons, alike.argmax(axis=0), alike.max(axis=0))
             if best >= _LEAST_OKS]
    return np.concatenate([np.zeros(0), *(_distances_m(one, other) for one, other in pairs)])


def _distances_m(real: Person, found: Person) -> np.ndarray:
    if real.points is None or found.points is None:
        return np.zeros(0)
    distances = np.linalg.norm(real.points.positions - found.points.positions, axis=1)
    return distances[np.isfinite(distances) & (real.scores > 0)]
