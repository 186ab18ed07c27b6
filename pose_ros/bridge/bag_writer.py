"""Messages into a rosbag2 file (MCAP), written by `rosbags`: `ros2 bag play poses.mcap` and Foxglove read it."""
from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from types import TracebackType
from typing import Any

from rclpy.serialization import serialize_message
from rosbags.interfaces import Connection
from rosbags.rosbag2 import StoragePlugin, Writer

from pose_ros.bridge.definitions import typestore
from pose_ros.errors import SourceError


def type_name(message: Any) -> str:
    """The ROS name of a generated message's type: 'sensor_msgs/msg/Image'."""
    kind = type(message)
    return f'{kind.__module__.partition(".")[0]}/msg/{kind.__name__}'


class BagWriter(AbstractContextManager['BagWriter']):
    """Writes generated ROS messages to one MCAP file, which appears, complete, when the writer is closed.

        with BagWriter(Path('poses.mcap')) as bag:
            bag.write('/pose_node/persons', message, stamp_ns)

    An exception inside the block still completes the file. A process that is killed leaves what it had in a folder
    `.recording-*` beside it, which `BagSource` reads.

    Args:
        path: of the file to write, replaced if it exists.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._folder = Path(mkdtemp(prefix='.recording-', dir=path.parent))
        self._store = typestore()
        # The writer names the file within its folder like the folder.
        self._writer: Writer | None = Writer(self._folder / path.stem, version=9, storage_plugin=StoragePlugin.MCAP)
        self._writer.open()
        self._connections: dict[str, Connection] = {}

    def write(self, topic: str, message: Any, stamp_ns: int) -> None:
        """Append a message.

        Args:
            message: an instance of a generated message class, always of the same type for one topic.
            stamp_ns: time at which players replay it [ns].

        Raises:
            SourceError: the bag is closed, or the topic has another type.
        """
        if self._writer is None:
            raise SourceError(f'{self._path} is closed; messages can only be written before')
        name = type_name(message)
        if topic not in self._connections:
            self._connections[topic] = self._writer.add_connection(topic, name, typestore=self._store)
        connection = self._connections[topic]
        if connection.msgtype != name:
            raise SourceError(f'{topic} holds {connection.msgtype}, got a {name}')
        self._writer.write(connection, stamp_ns, serialize_message(message))

    def close(self) -> None:
        """Complete the file; twice is no error."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        writer.close()
        (self._folder / self._path.stem / f'{self._path.stem}.mcap').replace(self._path)
        rmtree(self._folder)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()
