"""Clips of walking stick people with ground truth: what a detector would see of them, and what it would miss."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pose_ros.camera import Camera
from pose_ros.skeletons import OPENPOSE18
from pose_ros.synthetic.stick_people import STEP_M, looking_along_x, placed, transformed, walking
from pose_ros.types import Person

CAMERA = Camera.from_field_of_view(1280, 720, 70)
Path = Callable[[np.ndarray], np.ndarray]  # (T,) seconds -> (T, 2) places on the floor [m]


@dataclass(frozen=True)
class Clip:
    """Frames over time.

    Attributes:
        stamps_s: (T,) of the frames [s].
        truth: per frame, everyone in the image, with the true track_id, hidden or not.
        detections: per frame, what a detector finds, in random order, without identities.
    """

    stamps_s: np.ndarray
    truth: Sequence[Sequence[Person]]
    detections: Sequence[Sequence[Person]]


@dataclass(frozen=True)
class Flaws:
    """What is wrong with the detections, as fractions, or per frame."""

    noise: float = 0.012  # of the height of a person
    missed: float = 0.03
    missed_keypoints: float = 0.05
    ghosts: float = 0.1
    dropped_frames: float = 0.0


def film(paths: Sequence[Path], rate_hz: float, length_s: float, rng: np.random.Generator, flaws: Flaws = Flaws(),
         pillar: tuple[float, float] | None = None) -> Clip:
    """The clip of people on their paths; a pillar hides everyone between two columns [px]."""
    stamps = np.arange(0, length_s, 1 / rate_hz)
    stamps = stamps[rng.random(len(stamps)) >= flaws.dropped_frames]
    walkers = [_walker(path, rng.uniform(1.55, 1.9), stamps) for path in paths]
    truth, detections = [], []
    for points in zip(*walkers):
        people = [_seen(one, index) for index, one in enumerate(points)]
        visible = _visible(people, [one[:, 2].mean() for one in points], pillar)
        truth.append([one for one in people if one.found.sum() >= 5])
        found = [_detected(one, seen, rng, flaws) for one, seen in zip(people, visible)]
        found += [_ghost(rng) for _ in range(rng.poisson(flaws.ghosts))]
        found = [one for one in found if one is not None]
        detections.append([found[i] for i in rng.permutation(len(found))])
    return Clip(stamps, truth, detections)


def straight(start: Sequence[float], velocity: Sequence[float]) -> Path:
    """Walking on a line: from a place [m] with a velocity [m/s]."""
    return lambda stamps: np.asarray(start, float) + np.outer(stamps, velocity)


def wandering(rng: np.random.Generator, width_m: float = 2.2, depth_m: tuple[float, float] = (3.5, 8.0)) -> Path:
    """Walking around smoothly within a room, at 0.5 to 1.3 m/s at most."""
    phases, speeds = rng.uniform(0, 2 * np.pi, 2), rng.uniform(0.5, 1.3) * np.array([1, 0.6])
    middle, half = np.mean(depth_m), np.ptp(depth_m) / 2
    return lambda stamps: np.column_stack([middle + half * np.sin(phases[0] + speeds[1] * stamps / half),
                                           width_m * np.sin(phases[1] + speeds[0] * stamps / width_m)])


def crossing(rate_hz: float, rng: np.random.Generator, flaws: Flaws = Flaws()) -> Clip:
    """Two pairs who walk towards each other and pass, one pair fast."""
    speeds = rng.uniform(0.8, 1.6, 4)
    paths = [straight((4.0, -2.2), (0, speeds[0])), straight((4.8, 2.2), (0, -speeds[1])),
             straight((6.0, -3.0), (0, speeds[2])), straight((6.7, 3.0), (0, -speeds[3]))]
    return film(paths, rate_hz, 4.0, rng, flaws)


def occlusion(rate_hz: float, rng: np.random.Generator, flaws: Flaws = Flaws()) -> Clip:
    """Two people walk behind a pillar, each hidden for about a second, and come out again."""
    speeds = rng.uniform(0.9, 1.2, 2)
    paths = [straight((4.5, -2.0), (0, speeds[0])), straight((5.5, 2.2), (0, -speeds[1]))]
    return film(paths, rate_hz, 4.5, rng, flaws, pillar=(560, 720))


def crowd(rate_hz: float, rng: np.random.Generator, flaws: Flaws = Flaws()) -> Clip:
    """Twelve people wander around in front of each other."""
    return film([wandering(rng) for _ in range(12)], rate_hz, 5.0, rng, flaws)


CLIPS = {'crossing': crossing, 'occlusion': occlusion, 'crowd': crowd}


def _walker(path: Path, height_m: float, stamps: np.ndarray) -> list[np.ndarray]:
    """Per frame, (18, 3) points in the optical frame."""
    places = path(stamps)
    steps = path(stamps + 0.01) - path(stamps - 0.01)
    walked = np.cumsum([0, *np.linalg.norm(np.diff(places, axis=0), axis=1)])
    return [transformed(looking_along_x(), placed(walking(height_m, 2 * np.pi * far / STEP_M), place,
                                                  np.arctan2(step[1], step[0])))
            for far, place, step in zip(walked, places, steps)]


def _seen(points: np.ndarray, track_id: int) -> Person:
    pixels = CAMERA.project(points)
    inside = np.all((pixels >= 0) & (pixels < [CAMERA.width, CAMERA.height]), axis=1)
    return Person(OPENPOSE18, np.where(inside[:, None], pixels, np.nan), inside, 1.0, track_id)


def _visible(people: Sequence[Person], depths: Sequence[float], pillar: tuple[float, float] | None) -> list[np.ndarray]:
    visible = [one.found.copy() for one in people]
    for one, depth, seen in zip(people, depths, visible):
        if pillar:
            seen &= ~((one.keypoints[:, 0] > pillar[0]) & (one.keypoints[:, 0] < pillar[1]))
        for other, other_depth in zip(people, depths):
            if other_depth < depth:
                seen &= ~_behind(one.keypoints, other)
    return visible


def _behind(keypoints: np.ndarray, person: Person) -> np.ndarray:
    """(K,) bool: inside the middle of a nearer person's box, where there is mostly person."""
    x, y, width, height = person.bbox
    off = np.abs(keypoints - [x + width / 2, y + height / 2])
    return (off < [width / 3, height / 2]).all(axis=1)


def _detected(person: Person, visible: np.ndarray, rng: np.random.Generator, flaws: Flaws) -> Person | None:
    if visible.sum() < 5 or rng.random() < flaws.missed:
        return None
    found = visible & (rng.random(len(visible)) >= flaws.missed_keypoints)
    noise = rng.normal(0, flaws.noise * person.bbox[3], person.keypoints.shape)
    score = np.clip(0.5 + 0.5 * found.mean() + rng.normal(0, 0.05), 0.2, 1.0)
    return replace(person, keypoints=np.where(found[:, None], person.keypoints + noise, np.nan),
                   scores=np.where(found, score, 0), score=float(score), track_id=-1)


def _ghost(rng: np.random.Generator) -> Person:
    points = placed(walking(1.7, rng.uniform(0, 6)), np.array([rng.uniform(4, 8), rng.uniform(-2, 2)]), 0.0)
    person = _seen(transformed(looking_along_x(), points), -1)
    return replace(person, score=float(rng.uniform(0.3, 0.7)))
