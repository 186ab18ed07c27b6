"""Frames from recorded bags: rosbag2 (MCAP, sqlite3) and ROS 1, read by `rosbags` where no ROS is running."""
from __future__ import annotations

import logging
import struct
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from rosbags.interfaces import Connection
from rosbags.rosbag1 import Reader as Ros1Reader
from rosbags.rosbag2 import Reader as Ros2Reader
from rosbags.typesys import Stores, get_typestore

from pose_ros.bridge.cameras import camera_from_msg
from pose_ros.bridge.compressed import compressed_from_msg
from pose_ros.bridge.images import image_from_msg
from pose_ros.camera import Camera
from pose_ros.errors import CameraError, ImageError, SourceError
from pose_ros.sources import Frame, FrameSource, open_source

BAG_SUFFIXES = ('.bag', '.mcap', '.db3')
_DECODERS = {'sensor_msgs/msg/Image': image_from_msg, 'sensor_msgs/msg/CompressedImage': compressed_from_msg}
_CAMERA_TYPE = 'sensor_msgs/msg/CameraInfo'
_MCAP_MAGIC = b'\x89MCAP0\r\n'
# MCAP specification, "Footer": opcode 2, 20 bytes, all zero where there is no summary section.
_MCAP_END = struct.pack('<BQ20x', 2, 20) + _MCAP_MAGIC
_LOG = logging.getLogger(__name__)


def _storages(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in BAG_SUFFIXES)


def is_bag(path: Path) -> bool:
    """Whether a file or folder is named or laid out like a bag."""
    if path.is_dir():
        return (path / 'metadata.yaml').exists() or bool(_storages(path))
    return path.suffix in BAG_SUFFIXES


def _end_of_records(file: Any) -> int:
    """Where the complete data records of an MCAP file end [bytes]."""
    size, end = file.seek(0, 2), len(_MCAP_MAGIC)
    while end + 9 <= size:
        file.seek(end)
        opcode, length = struct.unpack('<BQ', file.read(9))
        if opcode in (0x02, 0x0F) or end + 9 + length > size:
            break
        end += 9 + length
    return end


def _mended(path: Path, folder: Path) -> Path:
    """A copy of an MCAP file whose recording was cut off, ended properly after its last complete record."""
    copy = folder / path.name
    with path.open('rb') as source, copy.open('w+b') as target:
        copyfileobj(source, target)
        if path.suffix == '.mcap':
            target.truncate(_end_of_records(target))
            target.seek(0, 2)
            target.write(_MCAP_END)
    return copy


class _Bag:
    """An open bag of either ROS: its connections, and its messages deserialised with the standard types."""

    def __init__(self, path: Path) -> None:
        self._stack = ExitStack()
        self._is_ros1 = path.suffix == '.bag' and path.is_file()
        self._store = get_typestore(Stores.ROS1_NOETIC if self._is_ros1 else Stores.ROS2_JAZZY)
        try:
            self._readers = self._open(path)
        except BaseException:
            self._stack.close()
            raise
        self.connections = [connection for reader in self._readers for connection in reader.connections]

    def _reader(self, path: Path) -> Ros1Reader | Ros2Reader:
        reader = Ros1Reader(path) if self._is_ros1 else Ros2Reader(path)
        self._stack.enter_context(reader)
        return reader

    def _open(self, path: Path) -> list[Ros1Reader | Ros2Reader]:
        try:
            return [self._reader(path)]
        except Exception as error:  # the parsers raise whatever a damaged file makes them stumble over
            files = _storages(path) if path.is_dir() else [path]
            if self._is_ros1 or not files:
                raise SourceError(f'{path} is no bag that can be read: {error}') from error
            _LOG.warning('%s is damaged (%s); reading what is left', path, error)
        folder = Path(self._stack.enter_context(TemporaryDirectory(prefix='pose_ros_')))
        try:
            return [self._reader(_mended(file, folder)) for file in files]
        except Exception as error:
            raise SourceError(f'{path} is no bag that can be read: {error}') from error

    def messages(self, topic: str) -> Generator[tuple[int, Any], None, None]:
        """(log time [ns], message) of a topic; ends early, with a warning, where the bag is damaged."""
        read = self._store.deserialize_ros1 if self._is_ros1 else self._store.deserialize_cdr
        try:
            for reader in self._readers:
                wanted = [connection for connection in reader.connections if connection.topic == topic]
                for connection, stamp_ns, data in reader.messages(wanted) if wanted else ():
                    yield stamp_ns, read(data, connection.msgtype)
        except Exception as error:
            _LOG.warning('%s is damaged; stopped there: %s', topic, error)

    def seconds(self) -> float:
        return (max(reader.end_time for reader in self._readers) -
                min(reader.start_time for reader in self._readers)) / 1e9

    def close(self) -> None:
        self._stack.close()


def _choose_topic(connections: list[Connection], topic: str, name: str) -> str:
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
        self._bag = _Bag(path)
        try:
            self.topic = _choose_topic(self._bag.connections, topic, self.name)
        except SourceError:
            self._bag.close()
            raise
        self.length = sum(c.msgcount for c in self._bag.connections if c.topic == self.topic)
        self.rate_hz = max(1.0, (self.length - 1) / self._bag.seconds()) if self.length > 1 else 30.0
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
