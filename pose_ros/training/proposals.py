"""Pose-guided proposals generator (PGPG; Fang et al., 1612.00137, section 3.4): P(box offset | atom of the pose).

A detector's boxes are off by amounts that depend on the pose. Poses, aligned to their box, are clustered into atoms;
a Gaussian mixture per atom describes how the detector's boxes differ from the true ones, in shares of the box's sides.
Training boxes are drawn from there: as many as one likes, as wrong as the detector's own.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.cluster.vq import kmeans2
from scipy.special import logsumexp

SMALLEST_SPREAD = 0.02  # standard deviation of a component, share of the box
MOST_OFFSET = 0.5       # a larger one is no box of this person


@dataclass(frozen=True, eq=False)
class Mixtures:
    """Gaussians with diagonal covariance, C per atom.

    Attributes:
        weights: (A, C). means, spreads: (A, C, 4) of the offsets of left, top, right and bottom.
    """

    weights: np.ndarray
    means: np.ndarray
    spreads: np.ndarray


@dataclass(frozen=True, eq=False)
class ProposalGenerator:
    """Draws boxes as a detector would.

    Attributes:
        atoms: (A, K, 2) typical poses, 0..1 over their box.
        mixtures: of box offsets.
    """

    atoms: np.ndarray
    mixtures: Mixtures

    def propose(self, random: np.random.Generator, pose: np.ndarray, box: np.ndarray) -> np.ndarray:
        """(4,) a box that a detector might give.

        Args:
            pose: (K, 2) [px]; NaN = unknown.
            box: (4,) the true left, top, right, bottom [px].
        """
        atom = int(nearest_atom(align(pose[None], box[None]), self.atoms)[0])
        mixtures = self.mixtures
        weights = mixtures.weights[atom]
        component = random.choice(len(weights), p=weights / weights.sum())
        offset = random.normal(mixtures.means[atom, component], mixtures.spreads[atom, component])
        return box + np.clip(offset, -MOST_OFFSET, MOST_OFFSET) * np.tile(box[2:] - box[:2], 2)

    def to_json(self) -> dict[str, Any]:
        """Numbers for a file."""
        arrays = {'atoms': self.atoms, 'weights': self.mixtures.weights, 'means': self.mixtures.means,
                  'spreads': self.mixtures.spreads}
        return {name: array.tolist() for name, array in arrays.items()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ProposalGenerator:
        """The way back."""
        mixtures = Mixtures(*(np.array(values[name]) for name in ('weights', 'means', 'spreads')))
        return cls(np.array(values['atoms']), mixtures)


def fit_generator(poses: np.ndarray, truth: np.ndarray, found: np.ndarray, atoms: int = 8, components: int = 3,
                  seed: int = 0) -> ProposalGenerator:
    """Learn from a detector's boxes.

    Args:
        poses: (N, K, 2) [px]; NaN = unknown.
        truth, found: (N, 4) the true boxes and the detector's [px].
        atoms: at most so many. components: Gaussians per atom.
    """
    aligned = align(poses, truth)
    atoms = max(1, min(atoms, len(aligned) // (10 * components)))
    centres, labels = kmeans2(aligned.reshape(len(aligned), -1), atoms, minit='++', seed=seed)
    offsets = (found - truth) / np.tile(truth[:, 2:] - truth[:, :2], (1, 2))
    fitted = [fit_mixture(offsets[labels == atom], components) for atom in range(atoms)]
    mixtures = Mixtures(*(np.stack(values) for values in zip(*fitted)))
    return ProposalGenerator(centres.reshape(atoms, -1, 2), mixtures)


def align(poses: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """(N, K, 2) poses, 0..1 over their (N, 4) boxes; unknown keypoints lie in the middle."""
    sides = np.maximum(boxes[:, None, 2:] - boxes[:, None, :2], 1e-3)
    return np.nan_to_num((poses - boxes[:, None, :2]) / sides, nan=0.5)


def nearest_atom(aligned: np.ndarray, atoms: np.ndarray) -> np.ndarray:
    """(N,) number of the atom most like each of (N, K, 2) aligned poses."""
    nearest: np.ndarray = ((aligned[:, None] - atoms) ** 2).sum((2, 3)).argmin(1)
    return nearest


def fit_mixture(offsets: np.ndarray, components: int, rounds: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights (C,), means (C, 4) and spreads (C, 4) of (N, 4) offsets, by expectation and maximisation.

    Starts from equal parts along the direction in which the offsets vary most, so that it is the same each time.
    """
    if len(offsets) < components:
        return np.full(components, 1 / components), np.zeros((components, 4)), np.full((components, 4), SMALLEST_SPREAD)
    direction = np.linalg.svd(offsets - offsets.mean(0), full_matrices=False)[2][0]
    order = np.argsort(offsets @ direction, kind='stable')
    share = np.zeros((len(offsets), components))
    for component, part in enumerate(np.array_split(order, components)):
        share[part, component] = 1
    for _ in range(rounds):
        weights, means, spreads = _maximise(offsets, share)
        distance = ((offsets[:, None] - means) / spreads) ** 2
        logarithm = np.log(weights + 1e-12) - np.log(spreads).sum(1) - distance.sum(2) / 2
        share = np.exp(logarithm - logsumexp(logarithm, axis=1, keepdims=True))
    return weights, means, spreads


def _maximise(offsets: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    total = share.sum(0)
    mean = share.T @ offsets / np.maximum(total, 1e-9)[:, None]
    variance = np.einsum('nc,ncd->cd', share, (offsets[:, None] - mean) ** 2) / np.maximum(total, 1e-9)[:, None]
    return total / total.sum(), mean, np.sqrt(variance + SMALLEST_SPREAD ** 2)
