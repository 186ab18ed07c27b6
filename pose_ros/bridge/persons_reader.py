"""People from recorded bags."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pose_ros.bridge.bag_reader import BagReader
from pose_ros.bridge.convert import persons_from_msg
from pose_ros.bridge.stamps import seconds_of
from pose_ros.errors import SourceError
from pose_ros.types import Person

PERSONS_TYPE = 'pose_ros/msg/PersonPoseArray'


@dataclass(frozen=True)
class Seen:
    """The people of one image.

    Attributes:
        stamp_s: of the image [s].
        camera: name or topic of the camera.
        image_size: width and height of the image [px].
        optical: True if points are in the camera's optical frame; False: in one with z up (REP-103).
        persons: in px of the image.
    """

    stamp_s: float
    camera: str
    image_size: tuple[int, int]
    optical: bool
    persons: list[Person]


def persons_topics(path: Path) -> dict[str, int]:
    """The topics of people in a bag, with the number of their messages.

    Raises:
        SourceError: no bag, or damaged beyond reading.
    """
    counts: dict[str, int] = {}
    with closing(BagReader(path)) as bag:
        for connection in bag.connections:
            if connection.msgtype == PERSONS_TYPE:
                counts[connection.topic] = counts.get(connection.topic, 0) + connection.msgcount
    return counts


def read_persons(path: Path, topic: str = '') -> Iterator[Seen]:
    """The people of a topic of a bag, image by image.

    Args:
        path: of the bag.
        topic: of PersonPoseArray; '' = the one with most messages, rather one that is not raw.

    Raises:
        SourceError: no bag, or without such a topic.
        SkeletonError: a message contradicts itself.
    """
    counts = persons_topics(path)
    if not counts or (topic and topic not in counts):
        there = f'it has {", ".join(sorted(counts))}' if counts else 'make one with `pose-ros run ... -o people.mcap`'
        raise SourceError(f'{path} has no people{f" on {topic}" if topic else ""}; {there}')
    topic = topic or max(counts, key=lambda name: ('raw' not in name, counts[name]))
    with closing(BagReader(path)) as bag:
        for _, msg in bag.messages(topic):
            yield Seen(seconds_of(msg.header.stamp), msg.camera, (msg.image_width, msg.image_height),
                       msg.header.frame_id == msg.source_frame, persons_from_msg(msg))
