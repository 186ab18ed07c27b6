"""The network that ships: its size, and the time for a frame of 256x320 px on one CPU thread and on a GPU."""
from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from pose_ros.benchmarks.row import Row
from pose_ros.errors import SettingError
from pose_ros.estimators.estimator import EstimatorSettings, load
from pose_ros.sources import open_source
from pose_ros.weights import find_weights

CLIP = Path(__file__).parents[1] / 'demo_data' / 'people.mp4'
WIDTH, HEIGHT = 320, 256
BATCHES = (1, 4, 8)


def rows(repeats: int = 15) -> list[Row]:
    """Median times per frame, from the image to the people in it.

    CPU: CPU time of the process, at the frame's own size alone and with its half-size copy, and with the default
    settings. GPU: time on the clock, fp16, per frame of a batch at its own size; no rows without CUDA.

    Args:
        repeats: timings per row.
    """
    with open_source(str(CLIP)) as clip:
        frame = cv2.resize(next(iter(clip)).image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    size = Row('network.size', find_weights('openpose').stat().st_size / 1e6, 'MB')
    return [size, *_cpu_rows(frame, repeats), *_gpu_rows(frame, repeats)]


def _cpu_rows(frame: np.ndarray, repeats: int) -> list[Row]:
    default = EstimatorSettings(device='cpu', threads=1)
    ways = {'one_scale': replace(default, input_size=WIDTH, half_scale=False),
            'half_scale': replace(default, input_size=WIDTH, half_scale=True), 'default': default}
    return [Row(f'network.{HEIGHT}x{WIDTH}.cpu1.{name}.ms', _ms(way, [frame], repeats, time.process_time), 'ms')
            for name, way in ways.items()]


def _gpu_rows(frame: np.ndarray, repeats: int) -> list[Row]:
    settings = EstimatorSettings(device='cuda', precision='fp16', input_size=WIDTH, half_scale=False)
    try:
        return [Row(f'network.{HEIGHT}x{WIDTH}.cuda_fp16.batch{batch}.ms',
                    _ms(settings, [frame] * batch, repeats, time.perf_counter), 'ms') for batch in BATCHES]
    except SettingError:
        return []


def _ms(settings: EstimatorSettings, frames: Sequence[np.ndarray], repeats: int, clock: Callable[[], float]) -> float:
    """Per frame, after three calls to warm up."""
    times = []
    with closing(load(settings)) as estimator:
        for _ in range(3 + repeats):
            begin = clock()
            estimator.estimate(frames)
            times.append(clock() - begin)
    return 1e3 * float(np.median(times[3:])) / len(frames)
