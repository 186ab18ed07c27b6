"""The settings of training the networks of the top-down systems."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.settings import Settings, setting

NETWORKS = ('mask_rcnn', 'rmpe')


@dataclass(frozen=True)
class TopDownTraining(Settings):
    """What `pose-ros train-top-down` does. Paths are relative to where it runs, the repository's root.

    Both begin with the weights of the OpenPose network; RMPE also needs the boxes of a trained Mask R-CNN.
    """

    network: str = setting('mask_rcnn', 'Which network to train', choices=NETWORKS)
    samples: int = setting(10_000, 'Pictures (mask_rcnn) or people (rmpe) to learn from', low=1, high=10 ** 9)
    batch: int = setting(8, 'Pictures or people per step', low=1, high=4096)
    learning_rate: float = setting(1e-3, 'Peak learning rate of AdamW', low=1e-6, high=1.0)
    start_rate: float = setting(0.2, 'Share of it for the layers that OpenPose brings', low=0.0, high=1.0)
    frozen_share: float = setting(0.4, 'First share of the run in which those layers rest', low=0.0, high=1.0)
    decay_share: float = setting(0.5, 'Last share of the run, in which the learning rate falls', low=0.0, high=1.0)
    transformer: bool = setting(True, 'rmpe: learn a spatial transformer')
    proposals: bool = setting(True, 'rmpe: learn from boxes that a pose-guided generator proposes')
    seed: int = setting(0, 'Seed of all randomness', low=0, high=2 ** 31)
    threads: int = setting(1, 'CPU threads', low=1, high=1024)
    minutes_between_saves: float = setting(3.0, 'Time between states to go on from [min]', low=0.0, high=1000.0)
    folder: str = setting('out/train', 'Where the scenes of `pose-ros train` and the states of the runs lie')
    start: str = setting('pose_ros/checkpoints/openpose.safetensors', 'The OpenPose network to begin with')
    detector: str = setting('pose_ros/checkpoints/mask_rcnn.safetensors', 'rmpe: the network that gives the boxes')
    output: str = setting('', 'The checkpoint to write; empty: pose_ros/checkpoints/NETWORK.safetensors')
