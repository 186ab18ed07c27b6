"""What the network shall answer: heatmaps and part affinity fields drawn from labels (1611.08050, 2.2 and 2.3)."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pose_ros.skeletons import OPENPOSE18

STRIDE = 8
SIGMA_PX = 7.0          # of a heatmap's bell
HALF_WIDTH_PX = 7.0     # of a limb in the PAFs
SMALLEST_PX = 26.0      # people smaller than this on the network's input are neither asked for nor punished
FEWEST_VISIBLE = 2
UNSURE = 3              # a visibility: the keypoint is about there, so nothing is learnt from there
UNKNOWN = -1            # a visibility: nobody knows if and where it is, so nothing is learnt near the person
NEAR = 0.8              # how far that is, as a share of the person's extent

_LEFT, _RIGHT = OPENPOSE18.limb_indices.T


@dataclass(frozen=True)
class Targets:
    """Maps at stride 8, float32.

    Attributes:
        maps: (19 + 38, h, w): heatmaps with the background last, then PAFs as limb x, limb y.
        weights: (19 + 38, h, w): 0 where nothing is known, else 1.
    """

    maps: np.ndarray
    weights: np.ndarray


def draw_targets(persons: np.ndarray, width: int, height: int, ignored: np.ndarray | None = None) -> Targets:
    """The targets of one image.

    Args:
        persons: (P, 18, 3) x, y [px] and visibility (0 not there, 1 hidden, 2 visible, or UNSURE or UNKNOWN), in the
            order of OPENPOSE18.
        width, height: of the network's input [px], multiples of the stride.
        ignored: (height / 8, width / 8) bool, cells of which nothing is known.
    """
    xs, ys = ((np.arange(length // STRIDE, dtype=np.float32) + .5) * STRIDE - .5 for length in (width, height))
    heatmaps, pafs = np.zeros((18, len(ys), len(xs)), np.float32), np.zeros((19, 2, len(ys), len(xs)), np.float32)
    weights = np.ones((57, len(ys), len(xs)), np.float32)
    cover = np.zeros((19, len(ys), len(xs)), np.float32)
    for person in persons:
        if _is_too_small(person):
            weights[:, _inside(person, xs, ys, 8)] = 0
            continue
        _forget(weights, person, xs, ys)
        bells = _bells(person, xs, ys)
        along, mask, unsure = _limbs(person, xs, ys)
        known = (person[:, 2] == 1) | (person[:, 2] == 2)
        np.maximum(heatmaps, bells * known[:, None, None], out=heatmaps)
        weights[:18][(bells > .05) & (person[:, 2] == UNSURE)[:, None, None]] = 0
        weights[19:].reshape(19, 2, *mask.shape[1:])[np.broadcast_to((mask & unsure)[:, None], pafs.shape)] = 0
        mask &= ~unsure
        pafs += along[:, :, None, None] * mask[:, None]
        cover += mask
    pafs /= np.maximum(cover, 1)[:, None]
    if ignored is not None:
        weights[:, ignored] = 0
    weights[18] = weights[:18].min(0)
    background = 1 - heatmaps.max(0, keepdims=True)
    return Targets(np.concatenate([heatmaps, background, pafs.reshape(38, len(ys), len(xs))]), weights)


def _is_too_small(person: np.ndarray) -> bool:
    labelled = person[person[:, 2] > 0]
    if (labelled[:, 2] >= 2).sum() < FEWEST_VISIBLE:
        return True
    return bool(len(labelled) >= 4 and np.ptp(labelled[:, :2], axis=0).max() < SMALLEST_PX)


def _forget(weights: np.ndarray, person: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> None:
    """Learn nothing of a person's unknown keypoints, and the limbs to them, near that person."""
    unknown = person[:, 2] == UNKNOWN
    if unknown.any():
        near = _inside(person, xs, ys, NEAR * np.ptp(person[person[:, 2] > 0, :2], axis=0).max())
        limbs = np.repeat(unknown[_LEFT] | unknown[_RIGHT], 2)
        weights[np.ix_(np.concatenate([unknown, [False], limbs]), *map(np.flatnonzero, (near.any(1), near.any(0))))] = 0


def _inside(person: np.ndarray, xs: np.ndarray, ys: np.ndarray, margin: float) -> np.ndarray:
    """(h, w) bool: the cells in the box of a person's keypoints, enlarged by a margin [px]."""
    points = person[person[:, 2] > 0, :2]
    if not len(points):
        return np.zeros((len(ys), len(xs)), bool)
    (left, top), (right, bottom) = points.min(0) - margin, points.max(0) + margin
    return ((ys >= top) & (ys <= bottom))[:, None] & ((xs >= left) & (xs <= right))


def _bells(person: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """(18, h, w): a Gaussian at each labelled keypoint (eq. 6; separable)."""
    x, y = (np.exp(-(grid - centre[:, None]) ** 2 / (2 * SIGMA_PX ** 2)) for grid, centre in zip((xs, ys), person.T))
    return y[:, :, None] * (x * (person[:, 2:] > 0))[:, None, :]


def _limbs(person: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Limbs (eq. 8, 9): unit vectors (19, 2), cells (19, h, w) they cover, and (19, 1, 1) whether an end is unsure."""
    start, end = person[_LEFT], person[_RIGHT]
    vector = end[:, :2] - start[:, :2]
    length = np.linalg.norm(vector, axis=1)
    along = vector / np.maximum(length, 1e-3)[:, None]
    x, y = xs - start[:, :1], ys - start[:, 1:2]
    forward = x[:, None, :] * along[:, 0, None, None] + y[:, :, None] * along[:, 1, None, None]
    sideways = x[:, None, :] * along[:, 1, None, None] - y[:, :, None] * along[:, 0, None, None]
    both = (start[:, 2] > 0) & (end[:, 2] > 0) & (length > 1)
    inside = (forward > -STRIDE / 2) & (forward < length[:, None, None] + STRIDE / 2) & (abs(sideways) < HALF_WIDTH_PX)
    unsure = (start[:, 2] == UNSURE) | (end[:, 2] == UNSURE)
    return along, inside & both[:, None, None], unsure[:, None, None]
