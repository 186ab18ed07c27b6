"""Demonstrations as rosbag2 recordings (MCAP): written piece by piece, read back as far as they go, without a ROS.

`ros2 bag play` and Foxglove read them, and retarget_node follows the person of one that is played.
"""
from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np
from rosbags.interfaces import Connection
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer
from rosbags.rosbag2.errors import WriterError
from rosbags.rosbag2.storage_mcap import McapWriter

from pose_ros.bridge.bag_reader import BagReader
from pose_ros.bridge.definitions import typestore
from pose_ros.bridge.demonstration_messages import MessageMaker, joints_from_msgs, sightings_from_msgs
from pose_ros.bridge.stamps import seconds_of
from pose_ros.demonstrations.camera_images import CameraImages
from pose_ros.demonstrations.demonstration import About, Demonstration, Mark
from pose_ros.errors import DatasetError, SourceError
from pose_ros.skeletons import Skeleton

ABOUT, PERSONS, COMMAND = '/demonstration/about', '/demonstration/persons', '/demonstration/command'
MEASURED, MARKS = '/demonstration/measured', '/demonstration/marks'
# The name tells image_transport what it is.
IMAGES = '/demonstration/image/compressed'
TOPICS = {ABOUT: 'std_msgs/msg/String', PERSONS: 'pose_ros/msg/PersonPoseArray', COMMAND: 'sensor_msgs/msg/JointState',
          MEASURED: 'sensor_msgs/msg/JointState', MARKS: 'rcl_interfaces/msg/Log',
          IMAGES: 'sensor_msgs/msg/CompressedImage'}
# A chunk of a recording ends after so much of its time: what may be lost when the process is killed [ns].
CHUNK_NS = 500_000_000


class DemonstrationWriter:
    """Writes one demonstration; a process that is killed loses half a second of it at most.

    Args:
        folder: of the rosbag2 recording to make.
        about: what is recorded.

    Raises:
        SourceError: the folder is there already.
        OSError: it cannot be made.
    """

    def __init__(self, folder: Path, about: About) -> None:
        self._store = typestore()
        self._make = MessageMaker(self._store.types, about)
        try:
            self._writer = Writer(folder, version=9, storage_plugin=StoragePlugin.MCAP)
            self._writer.set_compression(CompressionMode.STORAGE, CompressionFormat.ZSTD)
            self._writer.open()
        except WriterError as error:
            raise SourceError(f'cannot record into {folder}: {error}') from error
        self._connections = {topic: self._writer.add_connection(topic, kind, typestore=self._store)
                             for topic, kind in TOPICS.items()}
        self._about: str | None = json.dumps({**asdict(about), 'digests': about.digests})
        self._newest_ns = self._flushed_ns = 0

    def write_person(self, stamp_s: float, points: np.ndarray, scores: np.ndarray, track_id: int) -> None:
        """Appends the person: points (K, 3) in the base frame [m], scores (K,)."""
        self._write(PERSONS, stamp_s, self._make.persons(stamp_s, points, scores, track_id))

    def write_command(self, stamp_s: float, positions: np.ndarray, velocities: np.ndarray) -> None:
        """Appends what the joints (n,) are told [rad], [rad/s]."""
        self._write(COMMAND, stamp_s, self._make.joints(stamp_s, positions, velocities))

    def write_measured(self, stamp_s: float, positions: np.ndarray, velocities: np.ndarray) -> None:
        """Appends where the joints (n,) are [rad], [rad/s]."""
        self._write(MEASURED, stamp_s, self._make.joints(stamp_s, positions, velocities))

    def write_mark(self, stamp_s: float, label: str) -> None:
        """Appends a mark."""
        self._write(MARKS, stamp_s, self._make.mark(stamp_s, label))

    def write_image(self, heard_s: float, stamp_s: float, jpeg: bytes) -> None:
        """Appends an image of the camera: when it came and its stamp [s], a JPEG file."""
        self._write(IMAGES, heard_s, self._make.image(stamp_s, jpeg))

    def _write(self, topic: str, stamp_s: float, message: Any) -> None:
        # A reader of a file without index needs log times that never go back.
        self._newest_ns = max(self._newest_ns, round(stamp_s * 1e9))
        if self._about is not None:
            self._append(ABOUT, self._make.text(self._about))
            self._about = None
        self._append(topic, message)
        if self._newest_ns - self._flushed_ns >= CHUNK_NS:
            self.flush()

    def _append(self, topic: str, message: Any) -> None:
        connection: Connection = self._connections[topic]
        self._writer.write(connection, self._newest_ns, self._store.serialize_cdr(message, connection.msgtype))

    def flush(self) -> None:
        """Ends a chunk and hands it to the operating system.

        Raises:
            OSError: the disk is full or gone.
        """
        storage = cast(McapWriter, self._writer.storage)
        if storage.chunk.bio.tell():
            storage.close_chunk()
            storage.bio.flush()
        self._flushed_ns = self._newest_ns

    def close(self) -> None:
        """Completes the recording.

        Raises:
            OSError: the disk is full or gone.
        """
        if self._writer.storage is not None:
            self._writer.close()

    def abort(self) -> None:
        """Leaves the recording as it was last flushed."""
        # Closing the file tries to write again what the disk has refused.
        with suppress(OSError):
            self._writer.abort()


def write_demonstration(folder: Path, demonstration: Demonstration) -> None:
    """Writes a demonstration that is in memory, its samples in the order of their stamps.

    Raises:
        SourceError: the folder is there already.
        OSError: it cannot be written.
    """
    writer, persons = DemonstrationWriter(folder, demonstration.about), demonstration.persons
    writes: list[tuple[float, Any, Sequence[Any]]] = [
        (stamp, writer.write_person, rest)
        for stamp, *rest in zip(persons.stamps, persons.points, persons.scores, persons.track_ids)]
    for samples, write in ((demonstration.commands, writer.write_command),
                           (demonstration.measured, writer.write_measured)):
        writes += [(stamp, write, rest) for stamp, *rest in zip(samples.stamps, samples.positions, samples.velocities)]
    writes += [(mark.stamp, writer.write_mark, (mark.label,)) for mark in demonstration.marks]
    writes += [(stamp, writer.write_image, (stamp, jpeg))
               for stamp, jpeg in zip(demonstration.images.stamps, demonstration.images.jpegs)]
    for stamp, write, rest in sorted(writes, key=lambda item: item[0]):
        write(stamp, *rest)
    writer.close()


def read_demonstration(path: Path, images: bool = False) -> Demonstration:
    """Reads a recording, a cut-off one as far as it goes.

    Args:
        path: the folder, or the .mcap file in it.
        images: with those of the camera, if it holds any.

    Raises:
        SourceError: no bag, or damaged beyond reading.
        DatasetError: a bag of something else, or without any sample.
    """
    if not path.exists():
        raise SourceError(f'there is no recording {path}')
    with closing(BagReader(path)) as bag:
        found = {topic: [message for _, message in bag.messages(topic)]
                 for topic in TOPICS if images or topic != IMAGES}
        there = ', '.join(sorted({connection.topic for connection in bag.connections})) or 'nothing'
    if not found[ABOUT]:
        raise DatasetError(f'{path} is no demonstration, or ended before its first sample; it holds {there}')
    about = _about_from_json(found[ABOUT][0].data, path)
    marks = tuple(Mark(seconds_of(mark.stamp), mark.msg) for mark in found[MARKS])
    seen = CameraImages.of((seconds_of(message.header.stamp), bytes(message.data)) for message in found.get(IMAGES, ()))
    demonstration = Demonstration(about, sightings_from_msgs(found[PERSONS], len(about.skeleton)),
                                  joints_from_msgs(found[COMMAND], about.joints),
                                  joints_from_msgs(found[MEASURED], about.joints), marks, seen)
    if not len(demonstration.persons.stamps) + len(demonstration.commands):
        raise DatasetError(f'{path} holds neither a person nor commands')
    return demonstration


def _about_from_json(text: str, path: Path) -> About:
    try:
        values = json.loads(text)
        skeleton = values['skeleton']
        return About(values['robot'], tuple(values['joints']),
                     Skeleton(skeleton['name'], tuple(skeleton['keypoints']),
                              tuple((first, second) for first, second in skeleton['limbs'])),
                     values['model'], values['config'], values['urdf'])
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f'{path}: {ABOUT} is damaged: {error!r}') from error
