"""What runs in pose_node while it is active: images in, one worker, results out, diagnostics."""
from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.lifecycle import LifecycleNode
from rclpy.time import Time

from pose_ros.bridge.compressed import compressed_from_msg
from pose_ros.bridge.converter import converter
from pose_ros.bridge.mailbox import Mailbox
from pose_ros.bridge.params import Parameters
from pose_ros.bridge.receiver import Receiver
from pose_ros.errors import ImageError, PoseRosError
from pose_ros.estimators.estimator import Estimator, EstimatorSettings
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.nodes.image_input import ImageInput
from pose_ros.nodes.monitor import Monitor
from pose_ros.nodes.pose_outputs import PoseOutputs
from pose_ros.nodes.settings import InputSettings, OutputSettings
from pose_ros.nodes.space import Space
from pose_ros.nodes.throttled_log import ThrottledLog
from pose_ros.nodes.worker import Result, Worker


class Pipeline:
    """Subscribes when it is made, until it is closed.

    Args:
        node: that subscribes, logs and tells the time.
        settings: where the images come from.
        parameters: of the node, read again for each image.
        estimator: used by the worker only.
        outputs: where results go.

    Attributes:
        enabled: False pauses the work; images that come meanwhile are not kept.
    """

    def __init__(self, node: LifecycleNode, settings: InputSettings, parameters: Parameters, estimator: Estimator,
                 outputs: PoseOutputs) -> None:
        self.enabled = True
        self._node, self._params, self._estimator, self._outputs = node, parameters, estimator, outputs
        self._to_rgb = compressed_from_msg if settings.image_transport == 'compressed' else converter()
        self._log = ThrottledLog(node.get_logger())
        self._mailbox: Mailbox[Any] = Mailbox()
        self._monitor = Monitor(node.get_name(), settings.cameras(node.resolve_topic_name))
        self.tune()
        with ExitStack() as undo:
            self._receiver = Receiver(node)
            undo.callback(self._receiver.close)
            inputs = [ImageInput(self._receiver, topic, settings, self._log, self._take)
                      for topic in settings.image_topics]
            self._inputs = {one.topic: one for one in inputs}
            self._space = Space(self._receiver, parameters, estimator.skeleton, self._inputs, self._log)
            undo.callback(self._space.close)
            self._worker = Worker(estimator, self._mailbox, self._read, self._publish, self._lose)
            undo.callback(self._worker.stop)
            self._receiver.start()
            self.close = undo.pop_all().close

    @property
    def idle(self) -> str:
        """Why nothing is done, or '' while images are wanted."""
        return 'disabled' if not self.enabled else '' if self._outputs.wanted else 'no subscriber'

    def tune(self) -> None:
        """Hands the thresholds among the parameters to the estimator."""
        self._estimator.tune(self._params.of(EstimatorSettings), self._params.of(GroupingSettings))

    def statuses(self) -> list[DiagnosticStatus]:
        """The DiagnosticStatus of each camera, of its people in space, and of the network.

        Raises whatever has ended the worker.
        """
        self._worker.check()
        self._receiver.check()
        for source in self._inputs.values():
            source.check_publishers()
        idle, timeout_s = self.idle, self._params.of(OutputSettings).timeout_s
        cameras = self._monitor.statuses(idle, timeout_s)
        for status in cameras:
            if status.level == DiagnosticStatus.ERROR:
                self._log.error(('silent', status.hardware_id), f'{status.hardware_id}: {status.message}')
        return [*cameras, *self._space.statuses(), self._monitor.network(self._estimator, self._mailbox.counts, idle)]

    def _take(self, camera: str, msg: Any) -> None:
        self._monitor.received(camera)
        if not self.idle:
            self._mailbox.put(msg, camera)

    def _age_s(self, header: Any) -> float:
        return (self._node.get_clock().now() - Time.from_msg(header.stamp)).nanoseconds * 1e-9

    def _read(self, camera: str, msg: Any) -> np.ndarray:
        limit_s = self._params.of(OutputSettings).max_age_s
        if 0 < limit_s < (age_s := self._age_s(msg.header)):
            raise ImageError(f'the image is {age_s:.3f} s old; allowed: max_age_s = {limit_s:g}')
        return self._to_rgb(msg)

    def _publish(self, result: Result) -> None:
        seen, settings = self._space.follow(result), self._params.of(OutputSettings)
        self._outputs.publish(result, seen)
        if self._outputs.markers_wanted:
            height, width = result.image.shape[:2]
            camera = self._inputs[result.camera].camera(width, height, settings.field_of_view_deg)
            self._outputs.publish_markers(result, seen, camera, settings)
        for moment in self._space.fuse(result, seen):
            self._outputs.publish_fused(moment, settings)
        self._monitor.published(result.camera, self._age_s(result.header), result.dropped)

    def _lose(self, camera: str, error: PoseRosError) -> None:
        self._log.error((camera, type(error)), f'{camera}: {error}')
        self._monitor.failed(camera, str(error))
