"""What pose_node publishes about the people in an image."""
from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rclpy.lifecycle import LifecycleNode, LifecyclePublisher
from rclpy.qos import QoSProfile
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from visualization_msgs.msg import MarkerArray

from pose_ros.bridge.convert import PersonPoseArray, persons_to_msg
from pose_ros.bridge.images import image_to_msg
from pose_ros.bridge.markers import MarkerBoard
from pose_ros.bridge.persons_cdr import persons_to_cdr
from pose_ros.bridge.qos import image_qos, result_qos, silent_events
from pose_ros.bridge.rep155 import Humans
from pose_ros.bridge.space_markers import SpaceBoard
from pose_ros.bridge.stamps import seconds_of
from pose_ros.camera import Camera
from pose_ros.drawing import draw_persons
from pose_ros.estimators.estimator import Estimator
from pose_ros.nodes.fusion import Moment
from pose_ros.nodes.settings import FrameSettings, OutputSettings
from pose_ros.nodes.space_camera import Seen
from pose_ros.nodes.worker import Result
from pose_ros.space.followed import Followed
from pose_ros.types import Person, TrackState

_FUSED = 'fused'


class PoseOutputs:
    """The publishers of results. Each message is made only while somebody subscribes to its topic.

    Publishes: see PoseNode.

    Args:
        node: that publishes.
        cameras: image topics; one gets `~/overlay`, several get `~/overlay_0`, `~/overlay_1` ... in this order.
        estimator: names the keypoints and itself in messages.
        frames: whether people of several cameras are fused, and published as REP-155 says, too.

    Raises:
        TransformError: that needs messages that are not installed.
    """

    def __init__(self, node: LifecycleNode, cameras: Sequence[str], estimator: Estimator,
                 frames: FrameSettings) -> None:
        self._node, self._skeleton, self._model = node, estimator.skeleton, estimator.model
        self._humans = Humans(node) if frames.humans else None
        self._persons = self._offer(PersonPoseArray, '~/persons')
        self._raw = self._offer(PersonPoseArray, '~/persons_raw')
        self._fused = [self._offer(PersonPoseArray, '~/persons_fused')] if frames.fuse else []
        self._markers = self._offer(MarkerArray, '~/markers')
        names = ['~/overlay'] if len(cameras) == 1 else [f'~/overlay_{number}' for number in range(len(cameras))]
        self._overlays = {camera: self._offer(Image, name, image_qos('reliable'))
                          for camera, name in zip(cameras, names)}
        self._boards = {camera: (MarkerBoard(camera), SpaceBoard(camera)) for camera in (*cameras, _FUSED)}
        # Ids of REP-155 must differ between cameras.
        self._prefixes = {camera: 'p' if len(cameras) == 1 else f'c{number}p' for number, camera in enumerate(cameras)}

    @property
    def wanted(self) -> bool:
        """Whether anybody subscribes to any of it."""
        heard = any(publisher.get_subscription_count() for publisher in self._all())
        return heard or (self._humans is not None and self._humans.wanted)

    @property
    def markers_wanted(self) -> bool:
        """Whether anybody subscribes to the markers, which need a calibrated camera."""
        return bool(self._markers.get_subscription_count())

    def publish(self, result: Result, seen: Seen) -> None:
        """Publishes `~/persons`, `~/persons_raw`, the overlay and the bodies of one image."""
        measured = [one for one in seen.followed if one.state is not TrackState.PREDICTED]
        self._send(self._persons, result, seen, seen.followed, [one.smooth for one in seen.followed])
        self._send(self._raw, result, replace(seen, predicted_s=0.0), measured, [one.raw for one in measured])
        if self._overlays[result.camera].get_subscription_count():
            # What is predicted to now does not lie on an image of a moment ago.
            drawn = [one.raw if seen.predicted_s else one.smooth for one in seen.followed]
            self._overlays[result.camera].publish(image_to_msg(draw_persons(result.image, drawn), result.header))
        if self._humans and self._humans.wanted:
            self._humans.publish(seen.followed, result.header, _size(result), _space_header(result, seen),
                                 self._prefixes[result.camera])

    def publish_markers(self, result: Result, seen: Seen, camera: Camera, settings: OutputSettings) -> None:
        """Publishes `~/markers` of one image; those without points on a plane in front of its camera."""
        self._draw(result.camera, seen.followed, result.header, camera, _space_header(result, seen), settings)

    def publish_fused(self, moment: Moment, settings: OutputSettings) -> None:
        """Publishes `~/persons_fused` of one moment, with the pixels of no image, and their markers."""
        for publisher in self._fused:
            if publisher.get_subscription_count():
                empty = persons_to_msg(
                    [], header=moment.header, camera_name=' '.join(moment.cameras), image_size=(0, 0),
                    skeleton=self._skeleton, model=self._model, dropped_frames=0, processing_ms=0.0,
                    predicted_s=moment.predicted_s)
                persons = [one.smooth for one in moment.followed]
                publisher.publish(persons_to_cdr(empty, persons, moment.followed))
        if self.markers_wanted:
            nowhere = Camera.from_field_of_view(1, 1)
            self._draw(_FUSED, moment.followed, moment.header, nowhere, moment.header, settings)

    def _draw(self, name: str, followed: Sequence[Followed], header: Any, camera: Camera, space_header: Any,
              settings: OutputSettings) -> None:
        flat, space = self._boards[name]
        flat.distance_m = settings.marker_distance_m
        space.trail_s, space.covariances = settings.marker_trail_s, settings.marker_covariance
        more = space.draw(followed, seconds_of(header.stamp))
        self._markers.publish(flat.draw([one.smooth for one in followed], header, camera, space_header, more))

    def _send(self, publisher: LifecyclePublisher, result: Result, seen: Seen, followed: Sequence[Followed],
              persons: Sequence[Person]) -> None:
        if not publisher.get_subscription_count():
            return
        empty = persons_to_msg(
            [], header=_space_header(result, seen), camera_name=result.camera, image_size=_size(result),
            skeleton=self._skeleton, model=self._model, dropped_frames=result.dropped,
            processing_ms=(time.perf_counter() - result.taken_s) * 1e3, source_frame=result.header.frame_id,
            predicted_s=seen.predicted_s)
        publisher.publish(persons_to_cdr(empty, persons, followed))

    def close(self) -> None:
        """Removes the publishers from the graph."""
        if self._humans:
            self._humans.close()
        for publisher in self._all():
            self._node.destroy_lifecycle_publisher(publisher)

    def _offer(self, kind: Any, topic: str, qos: QoSProfile | None = None) -> LifecyclePublisher:
        return self._node.create_lifecycle_publisher(kind, topic, qos or result_qos(), event_callbacks=silent_events())

    def _all(self) -> list[LifecyclePublisher]:
        return [self._persons, self._raw, *self._fused, self._markers, *self._overlays.values()]


def _space_header(result: Result, seen: Seen) -> Header:
    return Header(stamp=result.header.stamp, frame_id=seen.frame_id)


def _size(result: Result) -> tuple[int, int]:
    height, width = result.image.shape[:2]
    return width, height
