"""Inverse kinematics on a shadow configuration: it converges to the pose the robot should have, and moves nothing.

Gauss-Newton steps on a pink task, each a QP between the position limits, solved by daqp. Speed and acceleration are
left to the follower: one step per frame that obeys them all sticks at joint limits or has no solution. The QP is put
together here because that takes a third of the time of pink's `solve_ik`.
"""
from __future__ import annotations

from dataclasses import dataclass

import daqp
import numpy as np
from pink import Configuration

from pose_ros.retargeting.bone_task import BoneTask
from pose_ros.retargeting.bones import BoneDirections
from pose_ros.retargeting.robot import Robot
from pose_ros.retargeting.shadow_settings import ShadowSettings
from pose_ros.retargeting.wrist_task import WristTask
from pose_ros.retargeting.wrists import WristTargets

# A link so far from its wrist's place counts as one radian between bones [m].
ARM_M = 0.5
# How far other starting poses lie from the present one, standard deviation [rad]; how much better they must be.
SCATTER, BETTER = 0.8, 0.7


@dataclass(frozen=True, eq=False)
class Solution:
    """What the shadow found.

    Attributes:
        position: (n,) [rad], within the limits.
        velocity: (n,) that keeps up with the bones [rad/s].
        angles: (B,) left between robot bones and human bones [rad].
        distances: (W,) left between links and where the wrists want them [m].
        directions: (B, 3) of the human bones in the base frame; NaN = not known.
        solved: False if a QP failed; then the position is where it failed.
    """

    position: np.ndarray
    velocity: np.ndarray
    angles: np.ndarray
    distances: np.ndarray
    directions: np.ndarray
    solved: bool

    @property
    def error_deg(self) -> float:
        """The worst of the angles, and of the distances as seen from an arm's length [deg]."""
        return float(np.degrees(max(self.angles.max(initial=0.0), self.distances.max(initial=0.0) / ARM_M)))


class ShadowIK:
    """Solves for joint positions frame after frame.

    Args:
        robot: the robot.
        position: (n,) where it starts [rad].
        settings: see `ShadowSettings`.
    """

    def __init__(self, robot: Robot, position: np.ndarray, settings: ShadowSettings | None = None) -> None:
        self._settings = settings or ShadowSettings()
        self._robot, self._limits = robot, robot.limits
        self._bones = BoneTask(robot.model, robot.config.bones)
        self._wrists = WristTask(robot.model, robot.config.wrists)
        self._weights = np.array([bone.weight for bone in robot.config.bones])
        self._home_pull, self._calm_pull = robot.posture_cost ** 2, self._settings.calm ** 2
        self._pull = np.diag(self._home_pull + self._calm_pull)
        self._no_rows = np.zeros((0, len(robot.joints)))
        self._random = np.random.default_rng(0)
        self.reset(position)

    def reset(self, position: np.ndarray) -> None:
        """Starts again from rest at a pose (n,) [rad]."""
        self._bad_frames = 0
        self._configuration = self._at(position)
        self._velocity = np.zeros(len(position))

    def _at(self, position: np.ndarray) -> Configuration:
        model = self._robot.model
        return Configuration(model, model.createData(), self._limits.clip(position))

    def solve(self, bones: BoneDirections, elapsed: float, wrists: WristTargets | None = None) -> Solution:
        """The pose whose bones point like the person's, as well as the limits allow.

        Args:
            bones: of the person.
            elapsed: since the last call [s].
            wrists: where links must be; None = do not mind.
        """
        if wrists is not None:
            self._wrists.set_target(wrists)
        self._bones.set_target(bones.directions, bones.trust)
        expected = self._limits.clip(self._configuration.q + elapsed * self._velocity)
        solved = self._converge(self._configuration, expected, self._settings.iterations)
        self._velocity = self._keeping_up(bones, wrists)
        angles = self._bones.angles(self._configuration)
        if self._stuck(angles):
            self._try_elsewhere(angles)
        distances = self._wrists.distances(self._configuration)
        return Solution(self._configuration.q, self._velocity, angles, distances, bones.directions, solved)

    def _converge(self, configuration: Configuration, expected: np.ndarray, iterations: int) -> bool:
        """Steps until nothing moves; leaves its last linearisation behind."""
        for _ in range(iterations):
            self._jacobian, error = self._linearised(configuration)
            self._hessian = self._jacobian.T @ self._jacobian + self._pull
            q = configuration.q
            pull = self._home_pull * (q - self._robot.home) + self._calm_pull * (q - expected)
            gradient = error @ self._jacobian + pull
            step, _, status, _ = daqp.solve(self._hessian, gradient, self._no_rows, self._limits.upper - q,
                                            self._limits.lower - q)
            if status < 1 or not np.isfinite(step).all():
                return False
            configuration.update(self._limits.clip(q + step))
            if np.abs(step).max() < self._settings.tolerance:
                break
        return True

    def _linearised(self, configuration: Configuration) -> tuple[np.ndarray, np.ndarray]:
        jacobian, error = self._bones.linearised(configuration)
        if not len(self._wrists.cost):
            return jacobian, error
        more, further = self._wrists.linearised(configuration)
        return np.concatenate([jacobian, more]), np.concatenate([error, further])

    def _keeping_up(self, bones: BoneDirections, wrists: WristTargets | None) -> np.ndarray:
        """(n,) joint velocities that turn the robot's bones as fast as the person's [rad/s]."""
        rates = np.where(bones.trust[:, None] > 0, bones.rates, 0.0).ravel() * self._bones.cost
        if wrists is not None and len(wrists.trust):
            moves = np.where(wrists.trust[:, None] > 0, wrists.velocities, 0.0).ravel() * self._wrists.cost
            rates = np.concatenate([rates, moves])
        velocity = np.linalg.solve(self._hessian, rates @ self._jacobian)
        return np.asarray(np.clip(velocity, -self._limits.velocity, self._limits.velocity))

    def _stuck(self, angles: np.ndarray) -> bool:
        badly = np.degrees((angles * self._weights).max(initial=0.0)) > self._settings.stuck_deg
        self._bad_frames = self._bad_frames + 1 if badly else 0
        return self._bad_frames >= self._settings.stuck_frames

    def _try_elsewhere(self, angles: np.ndarray) -> None:
        """Leaves a local minimum: one other starting pose per frame, kept if it is clearly better."""
        scatter = self._random.normal(0, SCATTER, len(self._robot.joints))
        start = self._robot.home if self._bad_frames % 4 == 0 else self._configuration.q + scatter
        trial = self._at(start)
        solved = self._converge(trial, trial.q, 3 * self._settings.iterations)
        weighted = self._weights * angles
        if solved and (self._weights * self._bones.angles(trial)).max() < BETTER * weighted.max():
            self._configuration, self._bad_frames = trial, 0
            self._velocity = np.zeros(len(trial.q))
