"""Finds the people in the images of one or several cameras."""
from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.lifecycle import LifecycleState, TransitionCallbackReturn
from std_srvs.srv import SetBool

from pose_ros.bridge.diagnostics import diagnostics_to_msg
from pose_ros.bridge.params import Parameters
from pose_ros.bridge.qos import result_qos, silent_events
from pose_ros.estimators import load
from pose_ros.estimators.estimator import Estimator, EstimatorSettings
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.nodes.image_input import full_name
from pose_ros.nodes.lifecycle import StagedNode, explained
from pose_ros.nodes.pipeline import Pipeline
from pose_ros.nodes.pose_outputs import PoseOutputs
from pose_ros.nodes.pose_parts import POSE_PARTS
from pose_ros.nodes.running import run
from pose_ros.nodes.settings import FrameSettings, InputSettings, OutputSettings
from pose_ros.settings import Settings


class PoseNode(StagedNode):
    """Images in, people out; the stamp of every result is that of its image.

    Subscribes:
        image (sensor_msgs/Image), or the names in `image_topics`; sensor_msgs/CompressedImage if that is asked for.
        camera_info (sensor_msgs/CameraInfo), beside each image topic, and each depth topic.
        depth (sensor_msgs/Image), the names in the parameter `depth_topics`: 16UC1 [mm] or 32FC1 [m].
        /tf (tf2_msgs/TFMessage), /tf_static (tf2_msgs/TFMessage): for `target_frame`, and depth that is not aligned.

    Publishes:
        ~/persons (pose_ros/PersonPoseArray): people followed and smoothed; px of the image, m in the header's frame.
        ~/persons_raw (pose_ros/PersonPoseArray): the same people as measured in this image.
        ~/persons_fused (pose_ros/PersonPoseArray): with `fuse`, people seen by several cameras, in `target_frame`.
        ~/markers (visualization_msgs/MarkerArray): bones, trails, velocities [m]; who has no depth lies on a plane.
        ~/overlay (sensor_msgs/Image): the image with people drawn; of several cameras ~/overlay_0, ~/overlay_1 ...
        /diagnostics (diagnostic_msgs/DiagnosticArray): rates, drops, latency, age and 3D per camera, and the network.
        /humans/bodies/tracked (hri_msgs/IdsList): with `humans`; its bodies, as REP-155 says, and tf body_<id>.

    Services:
        ~/enable (std_srvs/SetBool): pauses and resumes the work.

    Args:
        load: makes the estimator, each time the node is configured.
        options: of rclpy's Node.

    Raises:
        SettingError: a parameter that is not allowed.
    """

    def __init__(self, load: Callable[[EstimatorSettings, GroupingSettings], Estimator] = load, **options: Any) -> None:
        super().__init__('pose_node', **options)
        self._load, self._enabled = load, True
        self._pipeline: Pipeline | None = None
        self._params = Parameters(self, [(prefix, part()) for prefix, part in POSE_PARTS], self._on_change)
        self._diagnostics = self.create_publisher(DiagnosticArray, '/diagnostics', result_qos(),
                                                   event_callbacks=silent_events())
        self.create_service(SetBool, '~/enable', self._enable)
        if self._params.of(InputSettings).autostart:
            self._start_by_itself()

    @explained
    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Loads the network and offers the results."""
        self._input = self._params.of(InputSettings)
        cameras = self._input.cameras(partial(full_name, self))
        with ExitStack() as undo:
            settings, grouping = self._params.of(EstimatorSettings), self._params.of(GroupingSettings)
            self._estimator = estimator = self._load(settings, grouping)
            undo.callback(estimator.close)
            self._outputs = PoseOutputs(self, cameras, estimator, self._params.of(FrameSettings))
            undo.callback(self._outputs.close)
            self._configured = undo.pop_all()
        self.get_logger().info(f'{estimator.model} on {estimator.device} for {", ".join(cameras)}')
        return super().on_configure(state)

    @explained
    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Subscribes to the images and starts to work."""
        with ExitStack() as undo:
            self._pipeline = Pipeline(self, self._input, self._params, self._estimator, self._outputs)
            self._pipeline.enabled = self._enabled
            undo.callback(self._pipeline.close)
            period_s = self._params.of(OutputSettings).diagnostics_period_s
            timer = self.create_timer(period_s, partial(self._diagnose, self._pipeline))
            undo.callback(self.destroy_timer, timer)
            self._active = undo.pop_all()
        return super().on_activate(state)

    def _on_change(self, settings: Settings) -> None:
        if self._pipeline and isinstance(settings, (EstimatorSettings, GroupingSettings)):
            self._pipeline.tune()
        if not isinstance(settings, (OutputSettings, GroupingSettings)):
            self.get_logger().info('topics, frames, device, weights, and how people are followed are read by configure')

    def _enable(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        self._enabled = request.data
        if self._pipeline:
            self._pipeline.enabled = request.data
        response.success, response.message = True, 'enabled' if request.data else 'disabled'
        return response

    def _diagnose(self, pipeline: Pipeline) -> None:
        self._diagnostics.publish(diagnostics_to_msg(pipeline.statuses(), self.get_clock().now().to_msg()))


def main(args: Sequence[str] | None = None) -> int:
    """Runs pose_node; returns its exit status."""
    return run(PoseNode, args)


if __name__ == '__main__':
    sys.exit(main())
