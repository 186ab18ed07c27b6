"""People as REP-155 says, for those who use ROS4HRI: /humans/bodies/... and tf frames `body_<id>`.

hri_msgs is found where ROS provides it, or built by the set-up (`.ci/interfaces`).
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rclpy.node import Node
from rclpy.publisher import Publisher

from pose_ros.bridge.qos import result_qos
from pose_ros.bridge.transform_msgs import matrix_to_msg
from pose_ros.bridge.transforms import broadcaster, tf_type
from pose_ros.errors import TransformError
from pose_ros.space.followed import Followed
from pose_ros.transforms import matrix_of
from pose_ros.types import Person

_ALL = '/humans/bodies/tracked'


def body_ids(followed: Sequence[Followed], prefix: str = 'p') -> list[str]:
    """Names of the people who have an identity; a name in a topic cannot begin with a digit."""
    return [f'{prefix}{one.smooth.track_id}' for one in followed]


class Humans:
    """The publishers of the bodies that one camera sees; those of a body vanish with it.

    Publishes:
        /humans/bodies/tracked (hri_msgs/IdsList): who is there.
        /humans/bodies/<id>/roi (hri_msgs/NormalizedRegionOfInterest2D), /humans/bodies/<id>/skeleton2d
            (hri_msgs/Skeleton2D): in 0..1 of the image.
        /tf (tf2_msgs/TFMessage): body_<id>, the mid-hip, where its place and its orientation are known.

    Args:
        node: that publishes.

    Raises:
        TransformError: hri_msgs or tf2_msgs is not installed.
    """

    def __init__(self, node: Node) -> None:
        try:
            import hri_msgs.msg as messages
        except ImportError as error:
            raise TransformError('the parameter humans needs the package hri_msgs, which is not installed here; '
                                 'allowed: `make setup`, or ROS with hri_msgs') from error
        self._node, self._messages = node, messages
        self._tf_message, self._frames = tf_type(), broadcaster(node)
        self._tracked = node.create_publisher(messages.IdsList, _ALL, result_qos())
        self._bodies: dict[str, tuple[Publisher, Publisher]] = {}
        self._seen: dict[str, list[str]] = {}

    @property
    def wanted(self) -> bool:
        """Whether anybody subscribes to any of it."""
        publishers = [self._tracked, self._frames, *(one for body in self._bodies.values() for one in body)]
        return any(publisher.get_subscription_count() for publisher in publishers)

    def publish(self, followed: Sequence[Followed], header: Any, image_size: tuple[int, int], frame_header: Any,
                prefix: str = 'p') -> None:
        """Publishes who is in one image; people without an identity are left out.

        Args:
            followed: everyone.
            header: of the image.
            image_size: (width, height) [px].
            frame_header: with the frame of the points.
            prefix: of the ids of this camera.
        """
        followed = [one for one in followed if one.smooth.track_id >= 0]
        self._seen[prefix] = body_ids(followed, prefix)
        everyone = [name for names in self._seen.values() for name in names]
        self._forget(set(self._bodies) - set(everyone))
        self._tracked.publish(self._messages.IdsList(header=header, ids=everyone))
        for name, one in zip(self._seen[prefix], followed):
            region, skeleton = self._publishers(name)
            region.publish(self._region(one.smooth, header, image_size))
            skeleton.publish(self._skeleton(one.smooth, header, image_size))
        frames = [frame for name, one in zip(self._seen[prefix], followed)
                  if (frame := _frame(one, frame_header, f'body_{name}'))]
        if frames:
            self._frames.publish(self._tf_message(transforms=frames))

    def close(self) -> None:
        """Stops publishing."""
        self._forget(set(self._bodies))
        for publisher in (self._tracked, self._frames):
            self._node.destroy_publisher(publisher)

    def _publishers(self, name: str) -> tuple[Publisher, Publisher]:
        if name not in self._bodies:
            kinds = {'roi': self._messages.NormalizedRegionOfInterest2D, 'skeleton2d': self._messages.Skeleton2D}
            made = [self._node.create_publisher(kind, f'/humans/bodies/{name}/{topic}', result_qos())
                    for topic, kind in kinds.items()]
            self._bodies[name] = made[0], made[1]
        return self._bodies[name]

    def _forget(self, names: set[str]) -> None:
        for publisher in [one for name in names for one in self._bodies.pop(name)]:
            self._node.destroy_publisher(publisher)

    def _region(self, person: Person, header: Any, image_size: tuple[int, int]) -> Any:
        box = np.nan_to_num(person.bbox)
        low, high = (np.clip(corner / image_size, 0, 1).tolist() for corner in (box[:2], box[:2] + box[2:]))
        return self._messages.NormalizedRegionOfInterest2D(header=header, xmin=low[0], ymin=low[1], xmax=high[0],
                                                           ymax=high[1], c=float(person.score))

    def _skeleton(self, person: Person, header: Any, image_size: tuple[int, int]) -> Any:
        """By name: REP-155 has the eyes and ears the other way round than OpenPose."""
        msg = self._messages.Skeleton2D(header=header)
        for name, place, score in zip(person.skeleton.keypoints, person.keypoints / image_size, person.scores):
            if (number := getattr(msg, name.upper(), None)) is not None:
                known = bool(np.isfinite(place).all() and (place >= 0).all() and (place <= 1).all())
                x, y, c = (*place.tolist(), float(score)) if known else (0.0, 0.0, 0.0)
                msg.skeleton[number] = self._messages.NormalizedPointOfInterest2D(x=x, y=y, c=c)
        return msg


def _frame(one: Followed, header: Any, name: str) -> Any:
    root = one.root
    if not (np.isfinite(root.position).all() and np.isfinite(root.orientation).all()):
        return None
    return matrix_to_msg(matrix_of(root.position.tolist(), root.orientation.tolist()), header, name)
