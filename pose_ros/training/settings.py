"""The settings of a training run."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.errors import SettingError
from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class TrainSettings(Settings):
    """What `pose-ros train` does. Paths are relative to where it runs, the repository's root."""

    samples: int = setting(500_000, 'Pictures to learn from; at the last the learning rate is 0', low=1, high=10 ** 9)
    scenes: int = setting(12_000, 'Synthetic scenes to render', low=1, high=10 ** 7)
    scenes_to_start: int = setting(10_000, 'Scenes rendered before training; the others are rendered beside it',
                                   low=1, high=10 ** 7)
    batch: int = setting(16, 'Pictures per step', low=1, high=4096)
    sizes_px: list[int] = setting([160, 192, 224, 256], 'Sides of the pictures, one per step; multiples of 32',
                                  low=32, high=1024)
    learning_rate: float = setting(2e-3, 'Peak learning rate of AdamW', low=1e-6, high=1.0)
    decay_share: float = setting(0.35, 'Last share of the run, in which the learning rate falls', low=0.0, high=1.0)
    photo_share: float = setting(0.5, 'Share of photos with people', low=0.0, high=1.0)
    cutout_share: float = setting(0.15, 'Share of views with people cut out of photos', low=0.0, high=1.0)
    empty_share: float = setting(0.13, 'Share of photos without people', low=0.0, high=1.0)
    hint_share: float = setting(0.1, 'Share of pictures with hints from the teacher', low=0.0, high=1.0)
    hint_weight: float = setting(0.4, 'Weight of the hints in the loss', low=0.0, high=100.0)
    seed: int = setting(0, 'Seed of all randomness', low=0, high=2 ** 31)
    workers: int = setting(1, 'Processes that prepare batches, for each of them', low=0, high=256)
    processes: int = setting(1, 'Processes that share the training; on CPUs better than threads', low=1, high=64)
    threads: int = setting(0, 'CPU threads of each; 0: all', low=0, high=1024)
    renderers: int = setting(1, 'Processes that render scenes', low=1, high=256)
    device: str = setting('auto', 'Where to train', choices=('auto', 'cpu', 'cuda'))
    minutes_between_saves: float = setting(3.0, 'Time between checkpoints [min]', low=0.0, high=1000.0)
    held_out_scenes: int = setting(200, 'Held-out scenes to measure the result on; 0: no measuring', low=0,
                                   high=10 ** 5)
    folder: str = setting('out/train', 'Where scenes and the state of the run lie')
    photos: str = setting('../shared/data/training_photos', 'Training photos')
    further_photos: str = setting('out/train/photos', 'More of them, in the same form; may be absent')
    labels: str = setting('../shared/data/labels/coco2017_keypoints_train.npz',
                          'Label sets whose layouts the scenes take; empty: none')
    motion: str = setting('../shared/data/motion', 'Folder of motion capture for poses; empty: none')
    teacher: str = setting('../shared/data/weights/posenet_coral/posenet_075_s16_float_dynamic.onnx',
                           'Network that gives hints')
    output: str = setting('pose_ros/checkpoints/openpose.safetensors', 'The checkpoint to write')

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.sizes_px or any(size % 32 for size in self.sizes_px):
            raise SettingError(f'sizes_px = {self.sizes_px} is not allowed; allowed: multiples of 32')
        if self.batch % self.processes:
            raise SettingError(f'batch = {self.batch} is not allowed; allowed: multiples of {self.processes} processes')
        if (real := self.photo_share + self.cutout_share + self.empty_share) > 1:
            raise SettingError(f'photo_share + cutout_share + empty_share = {real:g} is not allowed; '
                               'allowed: at most 1')
