"""Peaks of synthetic people and whose they are, for learning DeepCut's probabilities.

Peaks are found on two kinds of maps, of which a user's network may give either: those that the shipped network makes
of rendered scenes, and those that a perfect network would make of crowds of the same people, with noise.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.estimators.openpose import load_bottom_up
from pose_ros.grouping.candidates import Candidates
from pose_ros.grouping.paf import find_pairs
from pose_ros.grouping.peaks import Peaks
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.skeletons import OPENPOSE18, Skeleton
from pose_ros.synthetic.scene import Scene
from pose_ros.training.targets import STRIDE, draw_targets
from pose_ros.types import Person

_NEAR = 0.08            # a peak is a keypoint's within this share of its person's extent,
_NEAREST_CELLS = 1.0    # or within this
_NOISE = 0.06           # the most, of a drawn map
_CANVAS_PX = 656, 368


@dataclass(frozen=True, eq=False)
class Sample:
    """The peaks of one image and whose they are: (P,) person, -1 for nobody's; persons' extents are in cells."""

    peaks: Peaks
    candidates: Candidates
    owner: np.ndarray


def owners_of(peaks: Peaks, persons: np.ndarray) -> np.ndarray:
    """(P,) int64: the person whose keypoint each peak is; -1 for none.

    Args:
        persons: (N, K, 3) x and y [cells] and visibility, 0 for unlabelled.
    """
    owner, nearest = np.full(len(peaks.score), -1), np.full(len(peaks.score), np.inf)
    for number, person in enumerate(persons):
        labelled = person[:, 2] > 0
        if not labelled.any():
            continue
        reach = max(_NEAREST_CELLS, _NEAR * np.ptp(person[labelled, :2], axis=0).max())
        distance = np.linalg.norm(peaks.position.T - person[peaks.keypoint, :2], axis=1)
        mine = labelled[peaks.keypoint] & (distance <= reach) & (distance < nearest)
        owner[mine], nearest[mine] = number, distance[mine]
    return owner


def drawn_samples(scenes: Sequence[Scene], count: int, seed: int) -> Iterator[Sample]:
    """Crowds: the people of several scenes side by side and over one another, on noisy perfect maps."""
    rng = np.random.default_rng(seed)
    settings = GroupingSettings()
    for _ in range(count):
        persons = _crowd(scenes, rng)
        maps = draw_targets(persons, *_CANVAS_PX).maps
        maps += rng.normal(0, rng.uniform(0, _NOISE), maps.shape).astype(np.float32)
        maps[:18] *= rng.uniform(0.5, 1)
        maps[19:] *= rng.uniform(0.5, 1)
        yield _sample(*find_pairs(maps[:18], maps[19:], OPENPOSE18, settings), persons)


def network_samples(scenes: Sequence[Scene], settings: EstimatorSettings) -> Iterator[Sample]:
    """What the shipped network sees in the scenes, at the size they were rendered in."""
    found: list[tuple[Peaks, Candidates]] = []

    def keep(peaks: Peaks, candidates: Candidates, *rest: object) -> list[Person]:
        found.append((peaks, candidates))
        return []

    estimator = load_bottom_up('openpose', settings, GroupingSettings(), keep)
    for scene in scenes:
        estimator.tune(settings.changed(input_size=max(scene.image.shape)), GroupingSettings())
        estimator.estimate([scene.image])
        yield _sample(*found.pop(), scene.persons)


def _crowd(scenes: Sequence[Scene], rng: np.random.Generator) -> np.ndarray:
    """(N, 18, 3) people of 1 to 8 scenes [px], of all sizes, some keypoints hidden."""
    chosen = rng.integers(len(scenes), size=rng.integers(1, 9))
    people = [scenes[i].persons for i in chosen if len(scenes[i].persons)]
    placed = []
    for persons in people:
        persons = persons.copy()
        persons[..., :2] *= rng.uniform(0.3, 1.1) * 320 / max(scenes[0].image.shape)
        persons[..., :2] += rng.uniform(-60, np.array(_CANVAS_PX) - 100)
        placed.append(persons)
    if not placed:
        return np.zeros((0, 18, 3), np.float32)
    crowd = np.concatenate(placed)
    inside = ((crowd[..., :2] > 0) & (crowd[..., :2] < np.array(_CANVAS_PX) - 1)).all(axis=-1)
    crowd[~inside | (rng.random(inside.shape) < 0.05)] = 0
    return crowd


def _sample(peaks: Peaks, candidates: Candidates, persons: np.ndarray) -> Sample:
    cells = persons.astype(float).copy()
    cells[..., :2] = (cells[..., :2] + 0.5) / STRIDE - 0.5
    return Sample(peaks, candidates, owners_of(peaks, cells))


def limb_sizes(scenes: Sequence[Scene], skeleton: Skeleton) -> np.ndarray:
    """(L,) usual length of each limb in body sizes: the larger side of the box round a person seen whole."""
    persons = np.concatenate([scene.persons for scene in scenes])
    whole = persons[(persons[..., 2] > 0).sum(axis=1) >= 14].astype(float)
    points = np.where(whole[..., 2:] > 0, whole[..., :2], np.nan)
    extent = (np.nanmax(points, axis=1) - np.nanmin(points, axis=1)).max(axis=1)
    ends = points[:, skeleton.limb_indices]
    length = np.linalg.norm(ends[:, :, 0] - ends[:, :, 1], axis=-1)
    return np.exp(np.nanmedian(np.log(np.maximum(length, 0.5) / extent[:, None]), axis=0))
