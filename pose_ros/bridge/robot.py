"""Robots in messages: joint states, trajectories for a JointTrajectoryController, the status of retarget_node."""
from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticStatus, KeyValue
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import Header
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from pose_ros.bridge.stamps import duration_of, seconds_of, time_of
from pose_ros.msg import RetargetStatus
from pose_ros.retargeting.drive import Step
from pose_ros.retargeting.safety import State
from pose_ros.retargeting.session import Session
from pose_ros.retargeting.sim_controller import JointPath
from pose_ros.srv import Replay, SelectPerson

__all__ = ['JointState', 'JointTrajectory', 'Replay', 'RetargetStatus', 'SelectPerson', 'description_qos',
           'joint_path_from_msg', 'joint_state_to_msg', 'retarget_diagnostics', 'status_to_msg',
           'step_to_msg']

_LEVELS = {State.HOLDING: DiagnosticStatus.WARN, State.FAULT: DiagnosticStatus.ERROR}


def description_qos() -> QoSProfile:
    """Of robot_description: the newest is kept for those who come late."""
    return QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


def joint_state_to_msg(joints: Sequence[str], positions: np.ndarray, velocities: np.ndarray, stamp: Time) -> JointState:
    """Joints (n,) [rad], [rad/s] -> sensor_msgs/JointState."""
    return JointState(header=Header(stamp=stamp), name=list(joints), position=positions.tolist(),
                      velocity=velocities.tolist())


def step_to_msg(step: Step, joints: Sequence[str], tick_s: float, stamped: bool) -> JointTrajectory:
    """A path -> trajectory_msgs/JointTrajectory, positions and velocities at every tick, at rest at the end.

    Args:
        step: what the joints have to do.
        joints: n names.
        tick_s: time between the motions of the path [s].
        stamped: True = the header says when the path begins, and it begins with what was decided before, so that it
            does not matter when it arrives; False = stamp 0, it begins on arrival.
    """
    path = step.path if stamped else step.path.after(step.decided)
    points = [JointTrajectoryPoint(positions=position, velocities=velocity,
                                   time_from_start=duration_of(tick_s * (tick + (not stamped))))
              for tick, (position, velocity) in enumerate(zip(path.positions.tolist(), path.velocities.tolist()))]
    header = Header(stamp=time_of(step.begins)) if stamped else Header()
    return JointTrajectory(header=header, joint_names=list(joints), points=points)


def joint_path_from_msg(msg: JointTrajectory) -> JointPath:
    """trajectory_msgs/JointTrajectory -> what `SimController` takes; ragged points give arrays that it refuses."""
    times = np.array([seconds_of(point.time_from_start) for point in msg.points])
    columns = [_rows([getattr(point, name) for point in msg.points])
               for name in ('positions', 'velocities', 'accelerations')]
    return JointPath(tuple(msg.joint_names), seconds_of(msg.header.stamp), times, *columns)


def _rows(values: Sequence[Sequence[float]]) -> np.ndarray:
    lengths = {len(row) for row in values}
    return np.array(values, float).reshape(len(values), -1) if len(lengths) == 1 and values else np.zeros((0, 1))


def _clipped(session: Session) -> list[str]:
    at_limit = session.robot.limits.touched(session.position)
    return [name for name, touched in zip(session.robot.joints, at_limit) if touched]


def status_to_msg(session: Session, stamp: Time) -> RetargetStatus:
    """What a session does -> pose_ros/RetargetStatus."""
    verdict, retargeter, solution = session.verdict, session.retargeter, session.solution
    return RetargetStatus(
        header=Header(stamp=stamp, frame_id=session.robot.root), state=getattr(RetargetStatus, verdict.state.name),
        reason=verdict.reason, robot=session.robot.config.name, track_id=session.safety.track_id,
        speed_scale=verdict.scale, error_deg=solution.error_deg if solution else math.nan,
        clearance_m=retargeter.clearance_m if retargeter else math.nan, clipped_joints=_clipped(session))


def retarget_diagnostics(name: str, status: RetargetStatus, counts: dict[str, int]) -> DiagnosticStatus:
    """The status for /diagnostics.

    Args:
        name: of the node.
        status: of its session.
        counts: what it has counted.
    """
    state = next(state for state in State if getattr(RetargetStatus, state.name) == status.state)
    values = {'track_id': status.track_id, 'speed_scale': f'{status.speed_scale:.2f}',
              'error_deg': f'{status.error_deg:.1f}', 'clearance_m': f'{status.clearance_m:.3f}',
              'clipped_joints': ' '.join(status.clipped_joints), **counts}
    return DiagnosticStatus(level=_LEVELS.get(state, DiagnosticStatus.OK), name=f'{name}: {status.robot}',
                            message=f'{state.value}: {status.reason}' if status.reason else state.value,
                            hardware_id=status.robot,
                            values=[KeyValue(key=key, value=str(value)) for key, value in values.items()])
