"""The settings of the demo."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class DemoSettings(Settings):
    """How long the demo runs, and how patient it is."""

    bag_topic: str = setting('', 'Image topic to take from a bag; empty takes the one with most images')
    rate: float = setting(0.0, 'Images per second [Hz]; 0 is the rate of the source', low=0.0, high=1000.0)
    duration: float = setting(0.0, 'Stop after so long [s]; 0 is the end of the source, and 10 s of a camera', low=0.0)
    depth_noise: float = setting(0.01, 'Noise of the depth camera, where the source has depth, as part of the depth',
                                 low=0.0, high=0.2)
    start_timeout: float = setting(120.0, 'Longest time for the nodes to start [s]', low=1.0)
    stall_timeout: float = setting(20.0, 'Longest time without a new image [s]', low=1.0)
