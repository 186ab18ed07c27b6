"""A pink task: robot bones point where human bones point, whatever their lengths."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pinocchio as pin
from pink import Configuration
from pink.tasks import Task

from pose_ros.retargeting.config import Bone

AXES = pin.ReferenceFrame.LOCAL_WORLD_ALIGNED


class BoneTask(Task):  # type: ignore[misc]
    """Aligns B directions, each from one link's origin to another's, with B targets.

    With p = p_b - p_a, e = p / |p| and the target u, the error is e - u and the Jacobian (I - e e^T)(J_b - J_a) / |p|.

    Args:
        model: the robot.
        bones: B bones; their links must be in the model.
    """

    def __init__(self, model: pin.Model, bones: Sequence[Bone]) -> None:
        super().__init__(cost=np.zeros(3 * len(bones)))
        links = sorted({link for bone in bones for link in bone.links})
        self._frames = [model.getFrameId(link) for link in links]
        ends = np.array([[links.index(link) for link in bone.links] for bone in bones], int).reshape(-1, 2)
        self._start, self._end = ends.T
        self._weights = np.array([bone.weight for bone in bones])
        self._targets = np.zeros((len(bones), 3))

    def set_target(self, directions: np.ndarray, trust: np.ndarray) -> None:
        """Sets where the bones must point.

        Args:
            directions: (B, 3) unit vectors in the base frame; rows without trust are ignored.
            trust: (B,) 0..1.
        """
        self._targets = np.where(trust[:, None] > 0, directions, 0.0)
        self.cost = np.repeat(self._weights * np.sqrt(trust), 3)

    def compute_error(self, configuration: Configuration) -> np.ndarray:
        """(3B,) directions minus targets, unitless."""
        return np.asarray((self._directions(configuration)[0] - self._targets).ravel())

    def compute_jacobian(self, configuration: Configuration) -> np.ndarray:
        """(3B, n) derivative of the error [1/rad]."""
        return self._jacobian(configuration, *self._directions(configuration))

    def linearised(self, configuration: Configuration) -> tuple[np.ndarray, np.ndarray]:
        """Jacobian (3B, n) and error (3B,), both times the cost: J and e of min |J dq + e|^2."""
        directions, lengths = self._directions(configuration)
        jacobian = self.cost[:, None] * self._jacobian(configuration, directions, lengths)
        return jacobian, self.cost * (directions - self._targets).ravel()

    def angles(self, configuration: Configuration) -> np.ndarray:
        """(B,) angles between the robot's bones and their targets [rad]; 0 for bones without target."""
        gaps = self._directions(configuration)[0] - self._targets
        halves = np.minimum(np.sqrt((gaps * gaps).sum(1)) / 2, 1)
        return np.where(self.cost[::3] > 0, 2 * np.arcsin(halves), 0.0)

    def _directions(self, configuration: Configuration) -> tuple[np.ndarray, np.ndarray]:
        places = configuration.data.oMf
        points = np.array([places[frame].translation for frame in self._frames]).reshape(-1, 3)
        vectors = points[self._end] - points[self._start]
        lengths = np.sqrt((vectors * vectors).sum(1))
        return vectors / lengths[:, None], lengths

    def _jacobian(self, configuration: Configuration, directions: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        model, data = configuration.model, configuration.data
        jacobians = np.array([pin.getFrameJacobian(model, data, frame, AXES)[:3] for frame in self._frames])
        jacobians = jacobians.reshape(-1, 3, model.nv)
        moved = (jacobians[self._end] - jacobians[self._start]) / lengths[:, None, None]
        along = directions[:, None, :] @ moved
        return np.asarray((moved - directions[:, :, None] * along).reshape(-1, model.nv))

    def __repr__(self) -> str:
        return f'BoneTask({len(self._weights)} bones)'
