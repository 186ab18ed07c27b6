"""Limbs keep their length: it is learned for every track, and corrects depths along the rays of the keypoints."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pose_ros.errors import StampError

_PRIOR_SHARE = 0.2  # people differ from the average by about this part of a length
_MEASURED_M = 0.04
_FLOOR_M = 0.01
_MAX_STEP_M = 0.2


class LimbLengths:
    """Lengths of the E limbs of everyone tracked, from the average body to their own within about two seconds.

    Args:
        usual_m: (E,) lengths of the average body [m].
        forget_s: someone unseen for longer is average again [s].
    """

    def __init__(self, usual_m: np.ndarray, forget_s: float) -> None:
        self._usual = np.array([usual_m, np.square(_PRIOR_SHARE * usual_m)])
        self._forget_s = forget_s
        self._learned: dict[int, np.ndarray] = {}
        self._seen_s: dict[int, float] = {}
        self._stamp_s = -np.inf

    def of(self, track_ids: Sequence[int], stamp_s: float) -> tuple[np.ndarray, np.ndarray]:
        """(P, E) lengths [m] and their variances [m^2]; the average body's for -1 and for strangers.

        Going back in time forgets everyone (a bag in a loop).

        Raises:
            StampError: the stamp is not finite.
        """
        if not np.isfinite(stamp_s):
            raise StampError(f'image stamp {stamp_s} s; allowed: a finite time in seconds')
        if stamp_s < self._stamp_s:
            self._learned.clear()
            self._seen_s.clear()
        self._stamp_s = stamp_s
        both = np.array([self._learned.get(one, self._usual) for one in track_ids]).reshape(-1, *self._usual.shape)
        return both[:, 0], both[:, 1]

    def learn(self, track_ids: Sequence[int], measured: np.ndarray) -> None:
        """Take in (P, E) lengths [m] measured at the newest stamp; NaN = unknown."""
        learned = _updated(*self.of(track_ids, self._stamp_s), measured)
        for one, lengths in zip(track_ids, learned):
            if one >= 0:
                self._learned[one], self._seen_s[one] = lengths, self._stamp_s
        for one in [key for key, seen in self._seen_s.items() if self._stamp_s - seen > self._forget_s]:
            del self._learned[one], self._seen_s[one]


def _updated(means: np.ndarray, variances: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """(P, 2, E) means and variances after (P, E) measured lengths."""
    misses = lengths - means
    likely = np.square(misses) < 9 * (variances + _MEASURED_M ** 2)
    gains = np.where(likely, variances / (variances + _MEASURED_M ** 2), 0)
    return np.stack([means + gains * np.where(likely, misses, 0),
                     np.maximum((1 - gains) * variances, np.minimum(variances, _FLOOR_M ** 2))], axis=1)


def measured_lengths(points: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """(P, K, 3) points -> (P, E) distances between the ends of the edges [m]; NaN = unknown."""
    return _lengths(points[:, edges[:, 0]] - points[:, edges[:, 1]])


def _lengths(vectors: np.ndarray) -> np.ndarray:
    """Half the time that `np.linalg.norm` takes for a few vectors."""
    return np.sqrt(np.einsum('pei,pei->pe', vectors, vectors))


def refine(points: np.ndarray, rays: np.ndarray, variances: np.ndarray, edges: np.ndarray, lengths: np.ndarray,
           length_variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Move points along their rays so that limbs get their length: a Gauss-Newton step with Cauchy weights.

    More steps bring points no nearer to the truth: depths are good enough for the first to be nearly straight.

    Args:
        points: (P, K, 3) [m] = depth times ray; NaN = unknown.
        rays: (P, K, 3) with z = 1.
        variances: (P, K) of the depths [m^2].
        edges: (E, 2).
        lengths, length_variances: (P, E) [m] and [m^2].

    Returns:
        The new points, and the variances of their depths.
    """
    known = np.isfinite(points).all(axis=2)
    certainty = np.where(known, 1 / np.where(known, variances, 1), 1.0)
    depths, rays = np.where(known, points[:, :, 2], 0), np.where(known[:, :, None], rays, 0)
    both = known[:, edges[:, 0]] & known[:, edges[:, 1]]
    slopes, misses = _limb_equations(depths[:, :, None] * rays, rays, edges, lengths)
    expected = length_variances + (slopes ** 2 @ (1 / certainty)[:, :, None])[:, :, 0]
    weights = both / length_variances / (1 + misses ** 2 / (4 * expected))
    weighted = np.swapaxes(slopes * weights[:, :, None], 1, 2)
    normal, diagonal = weighted @ slopes, np.arange(rays.shape[1])
    normal[:, diagonal, diagonal] += certainty
    inverse = np.linalg.inv(normal)
    steps = (inverse @ (weighted @ misses[:, :, None]))[:, :, 0]
    depths -= np.clip(steps, -_MAX_STEP_M, _MAX_STEP_M)
    spread = np.diagonal(inverse, axis1=1, axis2=2)
    return (np.where(known[:, :, None], depths[:, :, None] * rays, np.nan), np.where(known, spread, np.inf))


def _limb_equations(points: np.ndarray, rays: np.ndarray, edges: np.ndarray,
                    lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(P, E, K) slopes of each length over each depth, and (P, E) how much too long each limb is [m]."""
    first, second = edges.T
    apart = points[:, first] - points[:, second]
    distances = np.maximum(_lengths(apart), 1e-6)
    directions = apart / distances[:, :, None]
    slopes = np.zeros((len(points), len(edges), points.shape[1]))
    limbs = np.arange(len(edges))
    slopes[:, limbs, first] = np.einsum('pec,pec->pe', directions, rays[:, first])
    slopes[:, limbs, second] = -np.einsum('pec,pec->pe', directions, rays[:, second])
    return slopes, distances - lengths
