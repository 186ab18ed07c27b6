"""Joints with masses, moved by limited torques: what a simulated controller tells, MuJoCo carries out."""
from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from pose_ros.errors import RobotError
from pose_ros.retargeting.description import Description
from pose_ros.retargeting.robot import Robot
from pose_ros.retargeting.sim_controller import SimController

STEP_S = 0.002
GRAVITY = (0.0, 0.0, -9.81)
# Natural frequency of a joint that is off its target, critically damped [1/s].
STIFFNESS = 50.0
# After a longer pause of the clock what was between is not simulated [s].
LONGEST_S = 5.0


class SimPhysics:
    """A robot under gravity whose drives try to be where the controller tells.

    The drives know the masses (inverse dynamics control; Siciliano et al., Robotics, 2009, section 8.5.2), so that only
    accelerations, and torques beyond the efforts of the URDF, leave errors. Joints that the robot file does not command
    are locked at 0. Nothing touches anything: a URDF's geometry is not used.

    Args:
        robot: its URDF needs the inertia of every link that moves.
        controller: tells where the joints have to be.

    Raises:
        RobotError: there is no MuJoCo, or it cannot use the URDF.

    Attributes:
        position, velocity: (n,) at the last `update` [rad], [rad/s].
    """

    def __init__(self, robot: Robot, controller: SimController) -> None:
        self._mujoco, self._controller = _library(), controller
        self._model = _compiled(self._mujoco, robot)
        self._data = self._mujoco.MjData(self._model)
        self._places = np.array([self._model.joint(name).qposadr[0] for name in robot.joints])
        self._data.qpos[self._places] = controller.position
        self._time: float | None = None

    @property
    def position(self) -> np.ndarray:
        """See the class."""
        return np.array(self._data.qpos[self._places])

    @property
    def velocity(self) -> np.ndarray:
        """See the class."""
        return np.array(self._data.qvel[self._places])

    @property
    def torque(self) -> np.ndarray:
        """(n,) what the drives gave at the last `update` [N m]."""
        return np.array(self._data.qfrc_actuator[self._places])

    def update(self, now: float) -> None:
        """Lets time pass until now [s]."""
        if self._time is None or not 0 <= now - self._time <= LONGEST_S:
            self._time = now - STEP_S
        while self._time + STEP_S <= now:
            self._time += STEP_S
            self._controller.update(self._time)
            self._step()

    def _step(self) -> None:
        data, wanted = self._data, np.empty((2, len(self._places)))
        self._mujoco.mj_step1(self._model, data)
        wanted[:, self._places] = self._controller.position, self._controller.velocity
        pull = STIFFNESS ** 2 * (wanted[0] - data.qpos) + 2 * STIFFNESS * (wanted[1] - data.qvel)
        self._mujoco.mj_mulM(self._model, data, data.ctrl, pull)
        data.ctrl += data.qfrc_bias
        self._mujoco.mj_step2(self._model, data)


def _library() -> ModuleType:
    try:
        import mujoco
    except ImportError as error:
        raise RobotError("physics = mujoco needs MuJoCo, which is missing: pip install 'pose_ros[mujoco]'; "
                         'or physics = kinematic') from error
    return mujoco


def _compiled(mujoco: ModuleType, robot: Robot) -> Any:
    """The robot as a MuJoCo model: one motor per joint, in the order of MuJoCo's joints."""
    try:
        spec = mujoco.MjSpec.from_string(Description(robot.urdf).bounded(robot.config.positions))
        spec.option.timestep, spec.option.gravity = STEP_S, robot.mount[:3, :3].T @ GRAVITY
        # Equalities are mimic joints, which are never commanded.
        for locked in [*spec.equalities, *(joint for joint in spec.joints if joint.name not in robot.joints)]:
            spec.delete(locked)
        for joint in spec.joints:
            spec.add_actuator(target=joint.name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
        return spec.compile()
    except ValueError as error:
        raise RobotError(f'{robot.config.name}: MuJoCo cannot use the URDF: {error}') from error
