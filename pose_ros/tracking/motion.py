"""Where tracked people will be: constant velocity of the whole person, and limb swings that die away.

All N people are moved at once. Keypoint k of a person moves with the person's velocity v and with its own swing u_k
relative to it; v is a Kalman state that random accelerations disturb, u_k an exponentially decaying one. The unit
"size" is the square root of a person's area in the image, about 0.45 heights of someone standing.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pose_ros.settings import Settings, setting
from pose_ros.tracking.similarity import size_px

_MIN_SIZE_PX = 8.0
_NOISE_S = 0.1


@dataclass(frozen=True)
class MotionSettings(Settings):
    """How people move."""

    start_speed: float = setting(2.5, 'Standard deviation of the unknown speed of a new person [sizes/s]',
                                 low=0.0, high=100.0)
    wander: float = setting(1.0, 'Random change of velocity [sizes/s per square root of a second]', low=0.0, high=100.0)
    noise: float = setting(0.04, 'Standard deviation of a measured person [sizes]', low=0.001, high=1.0)
    swing_s: float = setting(0.25, 'Time in which the own motion of a limb is learned, and dies away [s]',
                             low=0.01, high=10.0)
    shrink_s: float = setting(2.0, 'Time in which the size of a person that looks smaller is believed [s]',
                              low=0.01, high=60.0)


class Motion:
    """The moving keypoints of N people, as arrays over all of them.

    Attributes:
        keypoints: (N, K, 2) [px] at the newest stamp; NaN = never seen.
        velocities: (N, 2) [px/s] of the whole person.
        sizes: (N,) square root of the person's area [px].
        ages_s: (N, K) since each keypoint was seen [s].
    """

    def __init__(self, count: int, settings: MotionSettings) -> None:
        self._settings = settings
        self.keypoints = np.empty((0, count, 2))
        self.velocities = np.empty((0, 2))
        self.sizes = np.empty(0)
        self.ages_s = np.empty((0, count))
        self._swings = np.empty((0, count, 2))
        # Keypoints go where they are measured; the person's filtered place lags behind them by this much [px].
        self._lags = np.empty((0, 2))
        # Variances of the place and of the velocity, and the covariance between them; the same in x and y.
        self._place, self._speed, self._mixed = np.empty((3, 0))

    @property
    def spreads(self) -> np.ndarray:
        """(N,) variance of where each person is [px^2]."""
        return self._place

    def predict(self, step_s: float) -> None:
        """Move everyone on by a time [s]."""
        settings = self._settings
        left = np.exp(-step_s / settings.swing_s)
        self.keypoints = (self.keypoints + step_s * self.velocities[:, None]
                          + settings.swing_s * (1 - left) * self._swings)
        self._swings = left * self._swings
        push = np.square(settings.wander * self.sizes)
        self._place = self._place + step_s * (2 * self._mixed + step_s * self._speed) + push * step_s ** 3 / 3
        self._mixed = self._mixed + step_s * self._speed + push * step_s ** 2 / 2
        self._speed = self._speed + push * step_s
        self.ages_s = self.ages_s + step_s

    def correct(self, rows: np.ndarray, measured: np.ndarray, step_s: float) -> None:
        """Pull people (R,) to their measured keypoints (R, K, 2) [px], `step_s` after the last prediction."""
        before = self.keypoints[rows]
        misses = measured - before
        known = np.isfinite(misses[:, :, 0])
        shift = np.where(known[:, :, None], misses, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)[:, None]
        place_gain, speed_gain = self._correct_spreads(rows, self._noise(rows, known, step_s))
        innovations = shift + self._lags[rows]
        self.velocities[rows] += speed_gain[:, None] * innovations
        self._lags[rows] = (1 - place_gain)[:, None] * innovations
        if step_s > 0:
            gain = (1 - np.exp(-step_s / self._settings.swing_s)) / step_s
            self._swings[rows] += np.where(known[:, :, None], gain * (misses - shift[:, None]), 0)
        found = np.isfinite(measured[:, :, 0])
        self.keypoints[rows] = np.where(found[:, :, None], measured, before + shift[:, None])
        self.ages_s[rows] = np.where(found, 0.0, self.ages_s[rows])
        self._resize(rows, measured, step_s)

    def add(self, measured: np.ndarray) -> None:
        """New people at (M, K, 2) keypoints [px], with unknown velocity."""
        sizes = np.maximum(size_px(measured), _MIN_SIZE_PX)
        zeros = np.zeros(len(measured))
        self.keypoints = np.concatenate([self.keypoints, measured])
        self.velocities = np.concatenate([self.velocities, np.zeros((len(measured), 2))])
        self._lags = np.concatenate([self._lags, np.zeros((len(measured), 2))])
        self.sizes = np.concatenate([self.sizes, sizes])
        self.ages_s = np.concatenate([self.ages_s, np.where(np.isfinite(measured[:, :, 0]), 0, np.inf)])
        self._swings = np.concatenate([self._swings, np.zeros_like(measured)])
        self._place = np.concatenate([self._place, np.square(self._settings.noise * sizes)])
        self._speed = np.concatenate([self._speed, np.square(self._settings.start_speed * sizes)])
        self._mixed = np.concatenate([self._mixed, zeros])

    def keep(self, kept: np.ndarray) -> None:
        """Forget everyone but these rows."""
        for name in ('keypoints', 'velocities', 'sizes', 'ages_s', '_swings', '_lags', '_place', '_speed', '_mixed'):
            setattr(self, name, getattr(self, name)[kept])

    def _noise(self, rows: np.ndarray, known: np.ndarray, step_s: float) -> np.ndarray:
        """(R,) variance [px^2] of a measured shift. Swings last, so fast frames and few keypoints tell less."""
        rate = max(_NOISE_S / max(step_s, 1e-3), 1.0)
        share = known.shape[1] / np.maximum(known.sum(axis=1), 1)
        return np.square(self._settings.noise * self.sizes[rows]) * rate * share

    def _correct_spreads(self, rows: np.ndarray, noise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        place, mixed = self._place[rows], self._mixed[rows]
        total = place + noise
        self._place[rows] = place - place * place / total
        self._mixed[rows] = mixed - place * mixed / total
        self._speed[rows] -= mixed * mixed / total
        return place / total, mixed / total

    def _resize(self, rows: np.ndarray, measured: np.ndarray, step_s: float) -> None:
        # Someone half hidden has a small box but is no smaller: growth is believed at once, shrinking slowly.
        faded = self.sizes[rows] * np.exp(-step_s / self._settings.shrink_s)
        self.sizes[rows] = np.maximum(np.maximum(size_px(measured), faded), _MIN_SIZE_PX)
