"""Bags as they are: rosbag2 (MCAP, sqlite3) and ROS 1, read by `rosbags` where no ROS is running."""
from __future__ import annotations

import logging
import struct
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Any

from rosbags.interfaces import MessageDefinitionFormat
from rosbags.rosbag1 import Reader as Ros1Reader
from rosbags.rosbag2 import Reader as Ros2Reader
from rosbags.typesys import Stores, get_types_from_msg, get_typestore

from pose_ros.errors import SourceError

BAG_SUFFIXES = ('.bag', '.mcap', '.db3')
_MCAP_MAGIC = b'\x89MCAP0\r\n'
# MCAP specification, "Footer": opcode 2, 20 bytes, all zero where there is no summary section.
_MCAP_END = struct.pack('<BQ20x', 2, 20) + _MCAP_MAGIC
_LOG = logging.getLogger(__name__)


def storages_in(folder: Path) -> list[Path]:
    """The files of a bag in a folder, in order."""
    return sorted(path for path in folder.iterdir() if path.suffix in BAG_SUFFIXES)


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


class BagReader:
    """An open bag of either ROS; a recording that was cut off is read as far as it goes.

    Args:
        path: a rosbag2 folder, or an .mcap, .db3 or ROS 1 .bag file.

    Attributes:
        connections: what the bag holds; one topic may have several.

    Raises:
        SourceError: no bag, or damaged beyond reading.
    """

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
        self._learn_types()

    def _learn_types(self) -> None:
        """A bag describes its messages, so those of other packages can be read, too."""
        for connection in self.connections:
            if connection.msgtype not in self._store.types and connection.msgdef.format is MessageDefinitionFormat.MSG:
                types = get_types_from_msg(connection.msgdef.data, connection.msgtype)
                self._store.register({name: kind for name, kind in types.items() if name not in self._store.types})

    def _reader(self, path: Path) -> Ros1Reader | Ros2Reader:
        reader = Ros1Reader(path) if self._is_ros1 else Ros2Reader(path)
        self._stack.enter_context(reader)
        return reader

    def _open(self, path: Path) -> list[Ros1Reader | Ros2Reader]:
        try:
            return [self._reader(path)]
        except Exception as error:  # the parsers raise whatever a damaged file makes them stumble over
            files = storages_in(path) if path.is_dir() else [path]
            if self._is_ros1 or not files:
                raise SourceError(f'{path} is no bag that can be read: {error}') from error
            _LOG.warning('%s is damaged (%s); reading what is left', path, error)
        folder = Path(self._stack.enter_context(TemporaryDirectory(prefix='pose_ros_')))
        try:
            return [self._reader(_mended(file, folder)) for file in files]
        except Exception as error:
            raise SourceError(f'{path} is no bag that can be read: {error}') from error

    def messages(self, topic: str) -> Generator[tuple[int, Any], None, None]:
        """(log time [ns], message) of a topic; ends early, with a warning, where the bag is damaged.

        Messages are those of `rosbags`, of standard types and of those that the bag describes.
        """
        read = self._store.deserialize_ros1 if self._is_ros1 else self._store.deserialize_cdr
        try:
            for reader in self._readers:
                wanted = [connection for connection in reader.connections if connection.topic == topic]
                for connection, stamp_ns, data in reader.messages(wanted) if wanted else ():
                    yield stamp_ns, read(data, connection.msgtype)
        except Exception as error:
            _LOG.warning('%s is damaged; stopped there: %s', topic, error)

    @property
    def duration_s(self) -> float:
        """From the first message to the last, of all topics [s]."""
        return (max(reader.end_time for reader in self._readers) -
                min(reader.start_time for reader in self._readers)) / 1e9

    def close(self) -> None:
        """Closes the bag, and removes what was mended."""
        self._stack.close()
