"""Filters of keypoints: how much they shake at rest, how late they are in motion, and what they cost.

Wrists reach 15 to 70 cm far in 0.4 to 1 s with minimum jerk (Flash and Hogan 1985) and rest between, measured with
10 mm noise. Jitter: RMS of the change from frame to frame at rest. Lag: the delay of the truth that fits the output
best in motion. One-Euro is swept over its settings, and the best of them compared where it shakes as much.
"""
from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar

from pose_ros.benchmarks.row import Row
from pose_ros.filtering.keypoint_filter import FilterSettings, KeypointFilter
from pose_ros.filtering.smoother import FILTERS

MIN_CUTOFFS_HZ = (0.1, 0.2, 0.3, 0.5, 1.0)
BETAS = (1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 40.0)
SETTLED_S = 0.3


class Signal(NamedTuple):
    """Wrists over time: (T, N) positions [m], (T, N) bool in motion, and frames per second."""

    truth: np.ndarray
    moving: np.ndarray
    rate_hz: float


class Quality(NamedTuple):
    """What a filter makes of a signal; errors are RMS."""

    jitter_mm: float
    lag_ms: float
    error_in_motion_mm: float
    error_at_rest_mm: float


def reaches(count: int = 12, rate_hz: float = 30.0, length_s: float = 30.0, seed: int = 0) -> Signal:
    """N wrists that reach and rest at random."""
    rng = np.random.default_rng(seed)
    wrists = [_wrist(rng, rate_hz, int(length_s * rate_hz)) for _ in range(count)]
    truth, moving = (np.column_stack(parts) for parts in zip(*wrists))
    return Signal(truth, moving.astype(bool), rate_hz)


def quality(make: Callable[[], KeypointFilter], signal: Signal, noise_m: float = 0.01, ahead_s: float = 0.0) -> Quality:
    """What a filter makes of a noisy signal; `ahead_s`: predicted so much ahead, and judged at that later time."""
    rng = np.random.default_rng(1)
    measured = signal.truth + rng.normal(0, noise_m, signal.truth.shape)
    one, outputs = make(), []
    for frame, values in enumerate(measured):
        one.update(values[:, None], frame / signal.rate_hz)
        outputs.append(one.predict(frame / signal.rate_hz + ahead_s).values[:, 0])
    return _judged(np.array(outputs), signal, ahead_s * signal.rate_hz)


def one_euro_curve(signal: Signal, cutoffs_hz: Sequence[float] = MIN_CUTOFFS_HZ,
                   betas: Sequence[float] = BETAS) -> list[Quality]:
    """One-Euro with every setting, by jitter, only those that no calmer one beats in lag."""
    settings = [FilterSettings(min_cutoff_hz=cutoff, beta=beta) for cutoff, beta in product(cutoffs_hz, betas)]
    every = sorted(quality(lambda one=one: FILTERS['one_euro'](one), signal) for one in settings)  # type: ignore[misc]
    return [one for i, one in enumerate(every) if all(one.lag_ms < calmer.lag_ms for calmer in every[:i])]


def lag_at(jitter_mm: float, curve: list[Quality]) -> float:
    """The lag [ms] of a curve at a jitter, between its points; beyond its ends, of its end."""
    return float(np.interp(jitter_mm, [one.jitter_mm for one in curve], [one.lag_ms for one in curve]))


def rows() -> list[Row]:
    """Jitter, lag, error and CPU time of every filter; One-Euro's lag at the jitter of each Kalman filter."""
    signal, found = reaches(), []
    curve = one_euro_curve(signal)
    for name in FILTERS:
        got = quality(lambda name=name: FILTERS[name](FilterSettings()), signal)  # type: ignore[misc]
        found += [Row(f'filtering.{name}.{part.rpartition("_")[0]}', value, part.rpartition('_')[2])
                  for part, value in got._asdict().items()]
        found += [Row(f'filtering.{name}.one_euro_lag_at_that_jitter', lag_at(got.jitter_mm, curve), 'ms'),
                  Row(f'filtering.{name}.cpu_18_points', _cost_us(name), 'us')]
    return found


def _wrist(rng: np.random.Generator, rate_hz: float, frames: int) -> tuple[np.ndarray, np.ndarray]:
    places: list[float] = []
    moving: list[bool] = []
    place = 0.0
    while len(places) < frames:
        rest = int(rng.uniform(0.4, 1.2) * rate_hz)
        frames_long = int(rng.uniform(0.4, 1.0) * rate_hz)
        share = np.arange(1, frames_long + 1) / frames_long
        reach = rng.uniform(0.15, 0.7) * (-np.sign(place) if abs(place) > 0.6 else rng.choice([-1, 1]))
        places += [place] * rest + list(place + reach * share ** 3 * (10 - 15 * share + 6 * share ** 2))
        moving += [False] * rest + [True] * len(share)
        place += reach
    return np.array(places[:frames]), np.array(moving[:frames])


def _judged(outputs: np.ndarray, signal: Signal, ahead: float) -> Quality:
    frames = np.arange(len(outputs))
    resting = ~signal.moving
    for back in range(1, int(SETTLED_S * signal.rate_hz) + 1):
        resting[back:] &= ~signal.moving[:-back]
    still = resting[1:] & resting[:-1]
    jitter = np.sqrt(np.mean(np.diff(outputs, axis=0)[still] ** 2))

    def mismatch(delay: float) -> float:
        return float(np.mean((outputs - _delayed(signal.truth, frames, delay - ahead))[signal.moving] ** 2))
    fit = minimize_scalar(mismatch, bounds=(-4, 8), method='bounded', options={'xatol': 0.01})
    misses = outputs - _delayed(signal.truth, frames, -ahead)
    return Quality(1e3 * float(jitter), 1e3 * float(fit.x) / signal.rate_hz,
                   1e3 * float(np.sqrt(np.mean(misses[signal.moving] ** 2))),
                   1e3 * float(np.sqrt(np.mean(misses[resting] ** 2))))


def _delayed(truth: np.ndarray, frames: np.ndarray, delay: float) -> np.ndarray:
    return np.column_stack([np.interp(frames - delay, frames, one) for one in truth.T])


def _cost_us(name: str, frames: int = 200) -> float:
    values = np.random.default_rng(0).normal(0, 0.01, (frames, 18, 3))
    one = FILTERS[name](FilterSettings())
    start = time.thread_time()
    for frame in range(frames):
        one.update(values[frame], frame / 30)
    return 1e6 * (time.thread_time() - start) / frames
