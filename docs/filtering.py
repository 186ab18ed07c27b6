"""Draws docs/filtering.png: lag against jitter of the filters, and one reach through two of them.

Run `.venv/bin/python docs/filtering.py`; it needs matplotlib.
"""
from pathlib import Path

import matplotlib
import numpy as np

from pose_ros.benchmarks.filtering import Quality, Signal, one_euro_curve, quality, reaches
from pose_ros.filtering.keypoint_filter import FilterSettings
from pose_ros.filtering.smoother import FILTERS

matplotlib.use('Agg')
from matplotlib import pyplot as plt  # noqa: E402  (the backend has to be chosen first)

# One-Euro with the jitter of the Kalman filter's defaults.
EQUAL = FilterSettings(min_cutoff_hz=1.0, beta=10.0)
# Surprise and wander of Kalman filters from nimble to calm.
NIMBLE_TO_CALM = ((1.2, 0.3), (1.5, 0.1), (2.0, 0.05), (2.0, 0.02), (2.5, 0.01), (3.0, 0.01))


def kalman_curve(name: str, signal: Signal) -> list[Quality]:
    """A Kalman filter with more and less surprise and wander allowed."""
    settings = [FilterSettings(surprise=surprise, wander=wander) for surprise, wander in NIMBLE_TO_CALM]
    return sorted(quality(lambda one=one: FILTERS[name](one), signal) for one in settings)


def draw_curves(axes: plt.Axes, signal: Signal) -> None:
    """Lag over jitter; the stars are the defaults."""
    for index, name in enumerate(FILTERS):
        curve = one_euro_curve(signal) if name == 'one_euro' else kalman_curve(name, signal)
        axes.plot([one.jitter_mm for one in curve], [one.lag_ms for one in curve], 'o-', label=name, color=f'C{index}')
        default = quality(lambda name=name: FILTERS[name](FilterSettings()), signal)
        axes.plot(default.jitter_mm, default.lag_ms, '*', markersize=15, color=f'C{index}')
    axes.set(xlabel='jitter at rest [mm], frame to frame', ylabel='lag in motion [ms]', xlim=(0, 7), ylim=(0, 45),
             title='10 mm noise, 30 Hz; stars: defaults')
    axes.legend()


def draw_reach(axes: plt.Axes, signal: Signal) -> None:
    """One reach of one wrist, raw and through both filters at equal jitter."""
    part = slice(180, 210)
    measured = signal.truth[:, :1] + np.random.default_rng(1).normal(0, 0.01, (len(signal.truth), 1))
    times = np.arange(len(measured)) / signal.rate_hz
    axes.plot(times[part], signal.truth[part, 0], 'k-', linewidth=1, label='truth')
    axes.plot(times[part], measured[part, 0], '.', color='0.6', label='measured')
    for name, settings in (('one_euro', EQUAL), ('kalman_velocity', FilterSettings())):
        one = FILTERS[name](settings)
        values = [one.update(value[None], stamp).values[0, 0] for value, stamp in zip(measured, times)]
        axes.plot(times[part], values[part], label=f'{name}, equal jitter')
    axes.set(xlabel='time [s]', ylabel='wrist [m]', title='one wrist')
    axes.legend()


def main() -> None:
    """Draw both."""
    signal = reaches()
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5))
    draw_curves(left, signal)
    draw_reach(right, signal)
    figure.tight_layout()
    figure.savefig(Path(__file__).with_suffix('.png'), dpi=80)


if __name__ == '__main__':
    main()
