"""Frames from the image topics of recorded bags."""
from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rosbags.interfaces import Connection

from pose_ros.bridge.bag_reader import BAG_SUFFIXES, BagReader, storages_in
from pose_ros.bridge.cameras import camera_from_msg
from pose_ros.bridge.compressed import compressed_from_msg
from pose_ros.bridge.images import image_from_msg
from pose_ros.camera import Camera
from pose_ros.errors import CameraError, ImageError, SourceError
from pose_ros.sources import Frame, FrameSource, open_source

_DECODERS = {'sensor_msgs/msg/Image': image_from_msg, 'sensor_msgs/msg/CompressedImage': compressed_from_msg}
_CAMERA_TYPE = 'sensor_msgs/msg/CameraInfo'
_LOG = logging.getLogger(__name__)


def is_bag(path: Path) -> bool:
    """Whether a file or folder is named or laid out like a bag."""
    if path.is_dir():
        return (path / 'metadata.yaml').exists() or bool(storages_in(path))
    return path.suffix in BAG_SUFFIXES


def _choose_topic(connections: Sequence[Connection], topic: str, name: str) -> str:
    counts: dict[str, int] = {}
    for connection in connections:
        if connection.msgtype in _DECODERS:
            counts[connection.topic] = counts.get(connection.topic, 0) + connection.msgcount
    if not counts:
        there = ', '.join(sorted({f'{c.topic} [{c.msgtype}]' for c in connections})) or 'nothing'
        raise SourceError(f'{name} has no image topic; it holds {there}')
    if topic and topic not in counts:
        raise SourceError(f'{name} has no image topic {topic!r}; allowed: {", ".join(sorted(counts))}')
    return topic or max(counts, key=lambda found: ('depth' not in found, counts[found]))


class BagSource(FrameSource):
    """The images of one topic of a bag, stamped by their headers; images that cannot be read are skipped.

    What is skipped is named in a warning. A bag whose recording was cut off is read as far as it goes.

    Args:
        path: a rosbag2 folder, or an .mcap, .db3 or ROS 1 .bag file.
        topic: of `Image` or `CompressedImage`; '' = the one with most images that is not called depth.

    Raises:
        SourceError: no bag, damaged beyond reading, or without such a topic.
    """

    def __init__(self, path: Path, topic: str = '') -> None:
        self.name = str(path)
        self._bag = BagReader(path)
        try:
            self.topic = _choose_topic(self._bag.connections, topic, self.name)
        except SourceError:
            self._bag.close()
            raise
        self.length = sum(c.msgcount for c in self._bag.connections if c.topic == self.topic)
        self.rate_hz = max(1.0, (self.length - 1) / self._bag.duration_s) if self.length > 1 else 30.0
        self.camera = self._find_camera()

    def _find_camera(self) -> Camera | None:
        namespace = self.topic.removesuffix('/compressed').rpartition('/')[0]
        topic = f'{namespace}/camera_info'
        if not any(c.topic == topic and c.msgtype == _CAMERA_TYPE for c in self._bag.connections):
            return None
        with closing(self._bag.messages(topic)) as messages:
            for _, message in messages:
                try:
                    # ROS 1 calls the matrices D, K, R, P; ROS 2 calls them d, k, r, p.
                    return camera_from_msg(SimpleNamespace(**{k.lower(): v for k, v in vars(message).items()}))
                except CameraError as error:
                    _LOG.warning('%s of %s: %s', topic, self.name, error)
                    return None
        return None

    def __iter__(self) -> Iterator[Frame]:
        readable = 0
        for number, (log_ns, message) in enumerate(self._bag.messages(self.topic)):
            try:
                image = _DECODERS[message.__msgtype__](message)
            except ImageError as error:
                _LOG.warning('image %d of %s skipped: %s', number, self.topic, error)
                continue
            readable += 1
            yield Frame(_stamp_ns(message) or log_ns, image, f'{number:06d}')
        if not readable:
            raise SourceError(f'none of the {self.length} images of {self.topic} in {self.name} can be read')

    def close(self) -> None:
        """Closes the bag; it cannot be read afterwards."""
        self._bag.close()


def _stamp_ns(message: Any) -> int:
    stamp = message.header.stamp
    return int(stamp.sec) * 10**9 + int(stamp.nanosec)


def open_frames(text: str, topic: str = '') -> FrameSource:
    """Opens a bag, or whatever else `sources.open_source` can: a video, a folder of images, an image, a camera.

    Raises:
        SourceError: nothing is there, it is empty, or it cannot be read.
    """
    path = Path(text).expanduser()
    return BagSource(path, topic) if path.exists() and is_bag(path) else open_source(text)
