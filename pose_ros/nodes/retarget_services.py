"""The services of retarget_node: requests become calls of its session, errors become answers."""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from rclpy.node import Node
from std_srvs.srv import SetBool, Trigger

from pose_ros.bridge.robot import Replay, SelectPerson
from pose_ros.bridge.stamps import seconds_of
from pose_ros.demonstrations.demonstration import MARK_BEGIN, MARK_END
from pose_ros.errors import PoseRosError, RobotError
from pose_ros.nodes.camera_recording import CameraRecording, images_topic
from pose_ros.nodes.retarget_settings import RetargetSettings
from pose_ros.retargeting.recording import NoRecorder, Recorder
from pose_ros.retargeting.robot import Robot
from pose_ros.retargeting.session import Session
from pose_ros.retargeting.trajectory import Trajectory

Record = Callable[[Path, Session], Recorder]
Plan = Callable[[Path, Robot, int, float], tuple[Trajectory, str]]


def record_demonstration(path: Path, session: Session) -> Recorder:
    """A recorder of demonstrations into a new folder."""
    from pose_ros.bridge.demonstration_recorder import DemonstrationRecorder
    return DemonstrationRecorder(path, session.robot, session.skeleton, session.model)


def plan_demonstration(path: Path, robot: Robot, segment: int, stretch: float) -> tuple[Trajectory, str]:
    """A recorded demonstration as a trajectory of a robot, and what had to be changed for it in words."""
    from pose_ros.bridge.demonstration_bag import read_demonstration
    from pose_ros.demonstrations.replay import plan_replay
    trajectory, feasibility = plan_replay(read_demonstration(path), robot, segment, stretch)
    return trajectory, str(feasibility)


class RetargetServices:
    """See RetargetNode; answers `not active` unless there is a session.

    Args:
        node: that serves.
        record, plan: what ~/record and ~/replay use.
    """

    def __init__(self, node: Node, record: Record, plan: Plan) -> None:
        self._node, self._record_to, self._plan = node, record, plan
        self._session: Session | None = None
        self._settings = RetargetSettings()
        self._in_segment = False
        self._camera: CameraRecording | None = None
        serve = node.create_service
        self._services = [
            serve(SetBool, '~/enable', self._answering(self._enable)),
            serve(Trigger, '~/stop', self._answering(self._stop)),
            serve(Trigger, '~/reset', self._answering(self._reset)),
            serve(Trigger, '~/home', self._answering(self._home)),
            serve(SetBool, '~/clutch', self._answering(self._clutch)),
            serve(SetBool, '~/record', self._answering(self._record)),
            serve(Trigger, '~/mark', self._answering(self._mark)),
            serve(Replay, '~/replay', self._answering(self._replay)),
            serve(SelectPerson, '~/select_person', self._answering(self._select))]

    def open(self, session: Session, settings: RetargetSettings) -> None:
        """From now on the services do something."""
        self._session, self._settings = session, settings

    def close(self) -> None:
        """From now on they refuse; a recording is completed."""
        if self._session:
            self._session.safety.disable('deactivated')
            self._end_recording(self._session)
        self._session = None

    def _answering(self, act: Callable[[Session, Any], str]) -> Callable[[Any, Any], Any]:
        def answer(request: Any, response: Any) -> Any:
            try:
                if self._session is None:
                    raise RobotError('retarget_node is not active')
                response.success, response.message = True, act(self._session, request)
            except (PoseRosError, OSError) as error:
                response.success, response.message = False, str(error)
                self._node.get_logger().warning(str(error))
            return response

        return answer

    def _enable(self, session: Session, request: SetBool.Request) -> str:
        if request.data:
            return session.enable()
        session.safety.disable()
        return 'disabled'

    def _stop(self, session: Session, _: Trigger.Request) -> str:
        session.safety.stop('stopped on request')
        return 'stopped; ~/reset before it can be enabled again'

    def _reset(self, session: Session, _: Trigger.Request) -> str:
        session.safety.reset()
        return session.safety.state.value

    def _home(self, session: Session, _: Trigger.Request) -> str:
        return f'home in {session.perform(Trajectory.to(session.robot.home))}'

    def _clutch(self, session: Session, request: SetBool.Request) -> str:
        session.hold(request.data)
        return 'the robot stands until the clutch is let go' if request.data else 'let go'

    def _select(self, session: Session, request: SelectPerson.Request) -> str:
        return session.select(request.track_id)

    def _replay(self, session: Session, request: Replay.Request) -> str:
        trajectory, report = self._plan(Path(request.path).expanduser(), session.robot, request.segment,
                                        request.stretch or 1.0)
        return f'{session.perform(trajectory)}; {report}'

    def _end_recording(self, session: Session) -> str:
        camera, self._camera = self._camera, None
        if camera:
            camera.close()
        session.recorder.close()
        session.recorder = NoRecorder()
        return f'recording ended; {camera.count} images came on {camera.topic}' if camera else 'recording ended'

    def _record(self, session: Session, request: SetBool.Request) -> str:
        ended = self._end_recording(session)
        if not request.data:
            return ended
        topic = images_topic(self._node, self._settings.record_images)
        name = f'{datetime.now():%Y%m%d_%H%M%S_%f}_{session.robot.config.name}'
        path = Path(self._settings.record_folder).expanduser() / name
        session.recorder, self._in_segment = self._record_to(path, session), False
        if topic:
            self._camera = CameraRecording(self._node, topic, self._settings.record_image_width, session.recorder)
        return f'recording to {path}, with {topic}' if topic else f'recording to {path}'

    def _mark(self, session: Session, _: Trigger.Request) -> str:
        if isinstance(session.recorder, NoRecorder):
            raise RobotError('nothing is being recorded; ~/record first')
        self._in_segment = not self._in_segment
        label = MARK_BEGIN if self._in_segment else MARK_END
        session.recorder.add_mark(seconds_of(self._node.get_clock().now().to_msg()), label)
        return label
