"""Every error that pose_ros raises on purpose. Catch `PoseRosError` to catch them all.

    PoseRosError
    |-- SettingError      a parameter out of its range, of the wrong type, or unknown
    |-- SkeletonError     two skeletons that do not fit, a keypoint that does not exist
    |-- ImageError        an image that cannot be read: step, encoding, size, truncated or corrupt data
    |-- CameraError       a camera calibration that cannot be used
    |-- WeightsError      weights that are missing, damaged, or made for another network
    |-- EstimatorError    a network that failed on a frame (out of memory, NaN)
    |-- SourceError       a video, folder, bag or device that cannot be opened or read
    |-- TransformError    a frame that nothing connects, or that is not known at that time
    |-- StampError        a time stamp that is not finite, or goes backwards where time must not
    |-- GraphError        a node process that died, or did not answer in time
    |-- RobotError        a robot file, description or state that cannot be used
    |-- RuleError         a rule or a recorded gesture that cannot be used
    |-- MotionError       a motion that cannot be captured or written
    `-- DatasetError      training or evaluation data that is missing or malformed

Every message says what was wrong, what was got and what is allowed.
"""
from __future__ import annotations


class PoseRosError(Exception):
    """Base of all expected errors of this package."""


class SettingError(PoseRosError, ValueError):
    """A setting has a value that is not allowed."""


class SkeletonError(PoseRosError, ValueError):
    """Skeletons do not fit together, or a keypoint name does not exist."""


class ImageError(PoseRosError, ValueError):
    """An image cannot be used."""


class CameraError(PoseRosError, ValueError):
    """A camera calibration cannot be used."""


class WeightsError(PoseRosError, RuntimeError):
    """Weights are missing, damaged or do not fit the network."""


class EstimatorError(PoseRosError, RuntimeError):
    """A network failed on a frame; the next frame may succeed."""


class SourceError(PoseRosError, RuntimeError):
    """A source of images cannot be opened or read."""


class RobotError(PoseRosError, ValueError):
    """A robot file, a robot description or a robot's state cannot be used."""


class RuleError(PoseRosError, ValueError):
    """A rule of an activity, or a recorded gesture, cannot be used."""


class MotionError(PoseRosError, ValueError):
    """A motion cannot be captured, or not be written as asked."""


class DatasetError(PoseRosError, ValueError):
    """Training or evaluation data is missing or malformed."""


class StampError(PoseRosError, ValueError):
    """A time stamp cannot be used."""


class TransformError(PoseRosError, ValueError):
    """A transform between two frames cannot be used, or is not known at that time.

    Attributes:
        may_come: it is newer than all that is known, so waiting a little may help.
    """

    def __init__(self, message: str, may_come: bool = False) -> None:
        super().__init__(message)
        self.may_come = may_come


class GraphError(PoseRosError, RuntimeError):
    """A node process died, or did not answer in time."""
