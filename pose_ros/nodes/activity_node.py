"""Tells what tracked people do."""
from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.lifecycle import LifecycleState, TransitionCallbackReturn
from std_srvs.srv import SetBool
from visualization_msgs.msg import MarkerArray

from pose_ros.bridge.activities import CaptionBoard, PersonActivityArray, activities_to_msg
from pose_ros.bridge.convert import PersonPoseArray
from pose_ros.bridge.diagnostics import diagnostics_to_msg
from pose_ros.bridge.params import Parameters
from pose_ros.bridge.qos import result_qos
from pose_ros.errors import PoseRosError, RuleError, SkeletonError
from pose_ros.nodes.activity_parts import ACTIVITY_PARTS
from pose_ros.nodes.activity_settings import ActivityNodeSettings
from pose_ros.nodes.activity_stage import ActivityStage
from pose_ros.nodes.lifecycle import StagedNode, explained
from pose_ros.nodes.running import run
from pose_ros.nodes.throttled_log import ThrottledLog


class ActivityNode(StagedNode):
    """Tracked people with points in; what each of them does out. Needs neither torch nor a camera.

    Subscribes:
        persons (pose_ros/PersonPoseArray): such as ~/persons of pose_node, of one or several cameras.

    Publishes:
        ~/activities (pose_ros/PersonActivityArray): one message for each of `persons`, with its header.
        ~/markers (visualization_msgs/MarkerArray): what they do as text over their heads, in the frame of `persons`.
        /diagnostics (diagnostic_msgs/DiagnosticArray): rate of `persons`, and how many people are watched.

    Services:
        ~/record_gesture (std_srvs/SetBool): true begins to watch the nearest person show the gesture `gesture_name` a
            few times, with a rest before and after each; false ends, stores and knows it.

    Raises:
        SettingError: a parameter that is not allowed.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__('activity_node', **options)
        self._params = Parameters(self, [(prefix, part()) for prefix, part in ACTIVITY_PARTS])
        self._log = ThrottledLog(self.get_logger())
        self._stage: ActivityStage | None = None
        self._diagnostics = self.create_publisher(DiagnosticArray, '/diagnostics', result_qos())
        self._activities = self.create_lifecycle_publisher(PersonActivityArray, '~/activities', result_qos())
        self._markers = self.create_lifecycle_publisher(MarkerArray, '~/markers', result_qos())
        self._board = CaptionBoard()
        self.create_service(SetBool, '~/record_gesture', self._record)
        if self._params.of(ActivityNodeSettings).autostart:
            self._start_by_itself()

    @explained
    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Reads rules and gestures."""
        self._stage = ActivityStage.of(self._params)
        return super().on_configure(state)

    @explained
    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Subscribes to the people."""
        people = self.create_subscription(PersonPoseArray, 'persons', self._take, result_qos())
        self._active.callback(self.destroy_subscription, people)
        self._active.callback(self.destroy_timer, self.create_timer(1.0, self._diagnose))
        return super().on_activate(state)

    def _take(self, msg: PersonPoseArray) -> None:
        assert self._stage is not None  # on_configure has made it
        try:
            persons, found, up = self._stage.watch(msg)
        except (SkeletonError, RuleError) as error:
            self._log.error(type(error).__name__, f'{msg.camera}: {error}')
            return
        self._activities.publish(activities_to_msg(found, msg.header, msg.camera))
        if self._markers.get_subscription_count():
            self._markers.publish(self._board.draw(persons, found, msg.header, up))

    def _record(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        try:
            if self._stage is None:
                raise RuleError('the node is not configured; configure it first')
            name = self._params.of(ActivityNodeSettings).gesture_name
            response.message = self._stage.begin_lesson(name) if request.data else self._stage.end_lesson()
            response.success = True
        except (PoseRosError, OSError) as error:
            response.message = str(error)
        return response

    def _diagnose(self) -> None:
        assert self._stage is not None
        now = self.get_clock().now().to_msg()
        self._diagnostics.publish(diagnostics_to_msg([self._stage.status(self.get_name())], now))


def main(args: Sequence[str] | None = None) -> int:
    """Runs activity_node; returns its exit status."""
    return run(ActivityNode, args)


if __name__ == '__main__':
    sys.exit(main())
