"""A person who gestures in front of a robot, as a node: what a pose_node with depth would say of one."""
from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pose_ros.benchmarks.motions import ARMS, RATE_HZ, Motion, add_noise, move
from pose_ros.skeletons import COCO17
from pose_ros.types import Person, Points, PointSource

if TYPE_CHECKING:
    from rclpy.node import Node

FRAMES = 3600
# In front of the robot [m].
PLACE = np.array([2.5, 0.0, 0.0])


def person_at(motion: Motion, frame: int, track_id: int = 1) -> Person:
    """The person of one frame, with points in the robot's base frame and without pixels."""
    points = motion.points[frame % len(motion.points)] + PLACE
    count = len(ARMS)
    person = Person(ARMS, np.full((count, 2), np.nan), np.full(count, 0.9), 0.9, track_id,
                    Points(points, np.full((count, 3, 3), np.nan), np.full(count, PointSource.SENSOR)))
    return person.as_skeleton(COCO17)


def person_node() -> Node:
    """A node that publishes the person on `persons` 30 times a second, with 5 mm of noise."""
    import rclpy
    from std_msgs.msg import Header

    from pose_ros.bridge.convert import PersonPoseArray, persons_to_msg
    from pose_ros.bridge.qos import result_qos
    node, motion, frames = rclpy.create_node('person_show'), add_noise(move(FRAMES), sigma_m=0.005), iter(range(10**9))
    publisher = node.create_publisher(PersonPoseArray, 'persons', result_qos())

    def show() -> None:
        header = Header(stamp=node.get_clock().now().to_msg(), frame_id='base')
        publisher.publish(persons_to_msg([person_at(motion, next(frames))], header=header, camera_name='show',
                                         image_size=(0, 0), skeleton=COCO17, model='show', processing_ms=0.0,
                                         dropped_frames=0))

    node.create_timer(1 / RATE_HZ, show)
    return node


def main(args: Sequence[str] | None = None) -> int:
    """Runs the node; returns its exit status."""
    from pose_ros.nodes.running import run
    return run(person_node, args)


if __name__ == '__main__':
    sys.exit(main())
