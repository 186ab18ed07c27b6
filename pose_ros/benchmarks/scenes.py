"""Synthetic scenes for timing decoders: people with known keypoints, and the maps a network would draw of them.

The maps are those on which other decoders were timed, number by number. They are kinder than a network's: they rank
decoders, and say nothing about photos. Upright people stand in rows; some keypoints are hidden, some maxima are false.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.optimize import linear_sum_assignment

from pose_ros.skeletons import OPENPOSE18
from pose_ros.types import Person

STRIDE = 8
_SIGMA_PX = 7.0
_ROWS = {1: (1, 1), 5: (1, 5), 10: (2, 5), 20: (2, 10), 50: (4, 13)}
_HIDDEN = 0.05
# OpenPose's channel of each limb's x (poseParameters.cpp); the noise was drawn in its order.
_OPENPOSE_CHANNELS = (12, 20, 14, 16, 22, 24, 0, 2, 4, 6, 8, 10, 28, 30, 34, 32, 36, 18, 26)


@dataclass(frozen=True, eq=False)
class Scene:
    """People and their maps, in the order of OPENPOSE18.

    Attributes:
        keypoints: (N, 18, 2) float64 [px], NaN = hidden.
        heatmaps: (19, h, w) float32, the background last.
        pafs: (38, h, w) float32.
    """

    keypoints: np.ndarray
    heatmaps: np.ndarray
    pafs: np.ndarray


@dataclass(frozen=True)
class Score:
    """How well people were found.

    Attributes:
        found: people with at least 70 % of their keypoints within 8 px, one to one.
        false: other skeletons.
        wrong: keypoints of the found people that are far from the truth, or hidden.
        error_px: mean distance of their right ones [px]; NaN without any.
    """

    found: int
    false: int
    wrong: int
    error_px: float


def make_scene(people: int, height: int, width: int, seed: int) -> Scene:
    """A scene of 1, 5, 10, 20 or 50 people on maps of height x width cells."""
    rng = np.random.default_rng(1000 * people + seed)
    keypoints = _keypoints(people, height * STRIDE, width * STRIDE, rng)
    x, y = ((np.arange(cells) + 0.5) * STRIDE - 0.5 for cells in (width, height))
    heatmaps = _heatmaps(keypoints, x, y, rng)
    pafs = _pafs(keypoints, x, y[:, None], rng)
    heatmaps[:-1] += rng.normal(0, 0.01, heatmaps[:-1].shape).astype(np.float32)
    noise = rng.normal(0, 0.03, pafs.shape).astype(np.float32)
    pafs += noise[np.add.outer(_OPENPOSE_CHANNELS, (0, 1)).ravel()]
    heatmaps[-1] = 1 - heatmaps[:-1].max(axis=0)
    return Scene(keypoints, heatmaps, pafs)


def score(scene: Scene, persons: list[Person], near_px: float = 8.0, share: float = 0.7) -> Score:
    """Compare found people with the scene's."""
    if not persons:
        return Score(0, 0, 0, float('nan'))
    got = np.stack([person.keypoints for person in persons]).astype(float)
    distance = np.linalg.norm(scene.keypoints[:, None] - got, axis=-1)
    right = distance <= near_px
    truth, mine = linear_sum_assignment(-right.sum(axis=-1))
    visible = np.isfinite(scene.keypoints[truth]).all(axis=-1).sum(axis=-1)
    found = right[truth, mine].sum(axis=-1) >= share * visible
    truth, mine = truth[found], mine[found]
    wrong = np.isfinite(got[mine]).all(axis=-1) & ~right[truth, mine]
    errors = distance[truth, mine][right[truth, mine]]
    error_px = float(errors.mean()) if len(errors) else float('nan')
    return Score(len(truth), len(persons) - len(truth), int(wrong.sum()), error_px)


def _keypoints(people: int, height: int, width: int, rng: Generator) -> np.ndarray:
    rows, columns = _ROWS[people]
    cell_width, cell_height = width / columns, height / rows
    keypoints = np.empty((people, len(OPENPOSE18), 2))
    for i in range(people):
        row, column = divmod(i, columns)
        size = min(0.92 * cell_height, 2.6 * cell_width) * rng.uniform(0.88, 1.0)
        x = (column + 0.5 + rng.uniform(-0.15, 0.15)) * cell_width
        y = row * cell_height + rng.uniform(0.0, max(cell_height - size, 1e-6))
        keypoints[i] = _person(rng) * size + (x, y)
        hidden = rng.random(len(OPENPOSE18)) <= _HIDDEN
        inside = (keypoints[i] > 4).all(axis=1) & (keypoints[i] < (width - 5, height - 5)).all(axis=1)
        keypoints[i, hidden | ~inside] = np.nan
    return keypoints


def _person(rng: Generator) -> np.ndarray:
    """(18, 2) an upright person of height 1, the middle of its head's top at the origin."""
    place = {'nose': np.array([rng.uniform(-0.02, 0.02), 0.085]), 'neck': np.array([0.0, 0.19])}
    for side, sign in (('right', -1), ('left', 1)):
        place[f'{side}_eye'] = place['nose'] + (sign * 0.028, -0.022)
        place[f'{side}_ear'] = place['nose'] + (sign * 0.06, -0.005)
        place[f'{side}_shoulder'] = place['neck'] + (sign * 0.115, 0.01)
        place[f'{side}_hip'] = place['neck'] + (sign * 0.07, 0.33)
        for chain, lengths, bends in ((('shoulder', 'elbow', 'wrist'), (0.17, 0.15), ((-0.25, 0.9), (-0.2, 0.9))),
                                      (('hip', 'knee', 'ankle'), (0.22, 0.21), ((-0.1, 0.35), (-0.3, 0.1)))):
            angle = 0.0
            for begin, end, length, bend in zip(chain, chain[1:], lengths, bends):
                angle += rng.uniform(*bend) * sign
                step = np.array([np.sin(angle), np.cos(angle)])
                place[f'{side}_{end}'] = place[f'{side}_{begin}'] + length * step
    return np.stack([place[name] for name in OPENPOSE18.keypoints])


def _heatmaps(keypoints: np.ndarray, x: np.ndarray, y: np.ndarray, rng: Generator) -> np.ndarray:
    heatmaps = np.zeros((len(OPENPOSE18) + 1, len(y), len(x)), np.float32)
    for person in keypoints:
        for k in np.flatnonzero(np.isfinite(person).all(axis=1)):
            _blob(heatmaps[k], x - person[k, 0], y - person[k, 1], rng.uniform(0.6, 1.0))
    for _ in range(2 + len(keypoints) // 5):
        k = rng.integers(len(OPENPOSE18))
        at_x, at_y = rng.uniform(0, len(x) * STRIDE), rng.uniform(0, len(y) * STRIDE)
        _blob(heatmaps[k], x - at_x, y - at_y, rng.uniform(0.15, 0.4))
    return heatmaps


def _blob(heatmap: np.ndarray, dx: np.ndarray, dy: np.ndarray, height: float) -> None:
    gauss_x, gauss_y = (np.exp(-d ** 2 / (2 * _SIGMA_PX ** 2)) for d in (dx, dy))
    np.maximum(heatmap, height * np.outer(gauss_y, gauss_x), out=heatmap, casting='same_kind')


def _pafs(keypoints: np.ndarray, x: np.ndarray, y: np.ndarray, rng: Generator) -> np.ndarray:
    pafs = np.zeros((len(OPENPOSE18.limbs), 2, y.size, x.size), np.float32)
    for field, ends in zip(pafs, OPENPOSE18.limb_indices):
        limbs = [person[ends] for person in keypoints]
        people = np.zeros(field.shape[1:])
        for start, end in (limb for limb in limbs if np.isfinite(limb).all()):
            length = np.hypot(*(end - start))
            way = (end - start) / length
            along = (x - start[0]) * way[0] + (y - start[1]) * way[1]
            beside = (x - start[0]) * way[1] - (y - start[1]) * way[0]
            near = (along >= -STRIDE / 2) & (along <= length + STRIDE / 2) & (np.abs(beside) <= STRIDE)
            field[:, near] += (way * rng.uniform(0.7, 1.0))[:, None]
            people += near
        field /= np.maximum(people, 1)
    return pafs.reshape(-1, y.size, x.size)
