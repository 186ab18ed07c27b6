"""People from one colour image: how far off the guessed bodies are, and what they cost.

Random cameras look at people whom the network never saw: stick people who reach, always; and people who were captured
(CMU, subject 131, mocap.cs.cmu.edu), where the folder of the files is there. Distances count without the face, and with
the true height of each person.
"""
from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from pose_ros.benchmarks.row import Row
from pose_ros.camera import Camera
from pose_ros.lifting.lifting_network import LiftingNetwork
from pose_ros.lifting.monocular import MonocularLifter, MonocularSettings, load_monocular
from pose_ros.skeletons import OPENPOSE18
from pose_ros.synthetic.stick_people import reaching, walking
from pose_ros.types import Person, Points
from pose_ros.weights import find_weights

CAPTURED = Path('../shared/data/motion/cmu_bvh11')
CAMERA = Camera(1280, 720, np.array([[900.0, 0, 639.5], [0, 900.0, 359.5], [0, 0, 1]]))
PEOPLE = 300
FACE = ('nose', 'eye', 'ear')
BODY = [index for index, name in enumerate(OPENPOSE18.keypoints) if name.split('_')[-1] not in FACE]


def rows() -> list[Row]:
    """MPJPE, PA-MPJPE, distance error and doubt of each set of people; CPU time at 1, 5 and 20 people."""
    from pose_ros.training.lifting_bodies import captured_people
    rng = np.random.default_rng(5)
    sets = {'stick': np.array([body(rng.uniform(1.55, 1.9), rng) for _ in range(PEOPLE // 2)
                               for body in (reaching, _striding)])}
    if CAPTURED.exists():
        sets['cmu131'] = captured_people(CAPTURED)
    return [*(row for name, bodies in sets.items() for row in _error_rows(name, bodies)), *_cost_rows()]


def _striding(height_m: float, rng: np.random.Generator) -> np.ndarray:
    return walking(height_m, rng.uniform(0, 2 * np.pi))


def _error_rows(name: str, bodies: np.ndarray) -> list[Row]:
    from pose_ros.training.lifting_bodies import heights_m
    from pose_ros.training.lifting_evaluation import mpjpe, pa_mpjpe
    from pose_ros.training.lifting_samples import HIPS, before_cameras
    rng = np.random.default_rng(7)
    truth, heights = before_cameras(bodies, rng, nearest_m=2.0, farthest_m=5.0), heights_m(bodies)
    network, guesses, squares = LiftingNetwork.load(find_weights('lifting')), [], []
    for points, height in zip(truth, heights):
        lifter = MonocularLifter(OPENPOSE18, network, MonocularSettings(body_height_m=float(height)))
        lifted = lifter.lift([_seen(points, rng)], CAMERA, 0.0)[0].points or Points.unknown(len(OPENPOSE18))
        guesses.append(lifted.positions)
        misses = (lifted.positions - points)[BODY]
        squares += np.einsum('ki,kij,kj->k', misses, np.linalg.inv(lifted.covariances[BODY]), misses).tolist()
    found = np.array(guesses)
    roots = [points[:, HIPS].mean(axis=1) for points in (found, truth)]
    relative = [1e3 * (points - root[:, None])[:, BODY] for points, root in zip((found, truth), roots)]
    far = np.linalg.norm(roots[0] - roots[1], axis=1) / np.linalg.norm(roots[1], axis=1)
    return [Row(f'monocular.{name}.mpjpe', float(mpjpe(*relative).mean()), 'mm'),
            Row(f'monocular.{name}.pa_mpjpe', float(pa_mpjpe(*relative).mean()), 'mm'),
            Row(f'monocular.{name}.root_error', float(np.median(far)), ''),
            Row(f'monocular.{name}.chi2_median', float(np.nanmedian(squares)), '')]


def _seen(points: np.ndarray, rng: np.random.Generator, noise: float = 0.008) -> Person:
    """What a detector finds, off by a part of the person's size in the image."""
    pixels = CAMERA.project(points)
    size = (np.nanmax(pixels, axis=0) - np.nanmin(pixels, axis=0)).max()
    pixels = pixels + rng.normal(0, noise * size, pixels.shape)
    found = np.isfinite(pixels).all(axis=1)
    return Person(OPENPOSE18, pixels, found, 1.0)


def _cost_rows(rounds: int = 50) -> list[Row]:
    lifter, rng = load_monocular(OPENPOSE18), np.random.default_rng(0)
    person = _seen(reaching(1.7, rng) @ [[0, 0, 1], [-1, 0, 0], [0, -1, 0]] + [0, 0.9, 3.0], rng)
    found = []
    for people in (1, 5, 20):
        times = []
        for _ in range(rounds):
            start = time.thread_time()
            lifter.lift([person] * people, CAMERA, 0.0)
            times.append(1e3 * (time.thread_time() - start))
        found.append(Row(f'monocular.{people}.cpu_p50_ms', float(np.median(times)), 'ms'))
    return found
