"""The settings of a calibration."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.estimators.estimator import ESTIMATORS
from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class CalibrationSettings(Settings):
    """What `pose-ros calibrate` does. Paths are relative to where it runs, the repository's root."""

    estimators: list[str] = setting(['openpose', 'deepcut', 'rmpe', 'mask_rcnn'],
                                    'Estimators to calibrate; each gets numbers of its own', choices=tuple(ESTIMATORS))
    checkpoint: str = setting('', 'Checkpoint that they all use; empty: that of each in pose_ros/checkpoints')
    scenes: int = setting(200, 'Held-out synthetic scenes', low=1, high=100_000)
    folder: str = setting('out/train/calibration', 'Where these scenes lie; rendered on first use')
    photos: str = setting('../shared/data/training_photos', 'Training photos; a seventh of their scenes is held out')
    further: str = setting('out/train/photos', 'Further photos; may be absent')
    picture: str = setting('docs/reliability.png', 'Reliability diagram to draw, a row for each estimator')
