"""People found without a running ROS, as a bag of the same messages that pose_node publishes."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from std_msgs.msg import Header

from pose_ros.bridge.bag_writer import BagWriter
from pose_ros.bridge.convert import persons_to_msg
from pose_ros.bridge.markers import MarkerBoard
from pose_ros.camera import Camera
from pose_ros.estimators.estimator import Estimator
from pose_ros.sources import Frame, FrameSource
from pose_ros.types import Person


class PersonsBag:
    """Writes `/pose_node/persons` and `/pose_node/markers`, stamped like the frames.

    Args:
        path: of the .mcap file to write.
        source: of the frames; its camera, or one with a field of view of 60 degrees, places the markers.
        estimator: that finds the people.
    """

    def __init__(self, path: Path, source: FrameSource, estimator: Estimator) -> None:
        self._bag = BagWriter(path)
        self._source, self._estimator, self._board = source, estimator, MarkerBoard()

    def write(self, frame: Frame, persons: Sequence[Person], processing_ms: float) -> None:
        """Append the people of one frame."""
        height, width = frame.image.shape[:2]
        header = Header(frame_id='camera_optical_frame')
        header.stamp.sec, header.stamp.nanosec = divmod(frame.stamp_ns, 10**9)
        camera = self._source.camera or Camera.from_field_of_view(width, height)
        self._bag.write('/pose_node/persons', persons_to_msg(
            persons, header=header, camera_name=self._source.name, image_size=(width, height),
            skeleton=self._estimator.skeleton, model=self._estimator.model, processing_ms=processing_ms,
            dropped_frames=0), frame.stamp_ns)
        self._bag.write('/pose_node/markers', self._board.draw(persons, header, camera), frame.stamp_ns)

    def close(self) -> None:
        """Complete the file."""
        self._bag.close()
