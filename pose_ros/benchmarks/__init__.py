"""Speed and quality that can be measured anywhere: each file offers `rows() -> list[Row]`."""
from pose_ros.benchmarks.row import Row

__all__ = ['Row']
