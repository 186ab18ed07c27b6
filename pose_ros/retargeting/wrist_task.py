"""A pink task: links are where they should be."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pinocchio as pin
from pink import Configuration
from pink.tasks import Task

from pose_ros.retargeting.config import Wrist
from pose_ros.retargeting.wrists import WristTargets

AXES = pin.ReferenceFrame.LOCAL_WORLD_ALIGNED


class WristTask(Task):  # type: ignore[misc]
    """Brings W links to W positions; the error is where they are less where they should be.

    Args:
        model: the robot.
        wrists: W of them; their links must be in the model.
    """

    def __init__(self, model: pin.Model, wrists: Sequence[Wrist]) -> None:
        super().__init__(cost=np.zeros(3 * len(wrists)))
        self._frames = [model.getFrameId(wrist.link) for wrist in wrists]
        self._weights = np.array([wrist.weight for wrist in wrists])
        self._targets = np.zeros((len(wrists), 3))

    def set_target(self, targets: WristTargets) -> None:
        """Sets where the links must be; those without trust are ignored."""
        self._targets = np.where(targets.trust[:, None] > 0, targets.positions, 0.0)
        self.cost = np.repeat(self._weights * np.sqrt(targets.trust), 3)

    def compute_error(self, configuration: Configuration) -> np.ndarray:
        """(3W,) [m]."""
        places = [configuration.data.oMf[frame].translation for frame in self._frames]
        return np.asarray((np.array(places).reshape(-1, 3) - self._targets).ravel())

    def compute_jacobian(self, configuration: Configuration) -> np.ndarray:
        """(3W, n) derivative of the error [m/rad]."""
        model, data = configuration.model, configuration.data
        rows = [pin.getFrameJacobian(model, data, frame, AXES)[:3] for frame in self._frames]
        return np.concatenate(rows) if rows else np.zeros((0, model.nv))

    def linearised(self, configuration: Configuration) -> tuple[np.ndarray, np.ndarray]:
        """Jacobian (3W, n) and error (3W,), both times the cost: J and e of min |J dq + e|^2."""
        return self.cost[:, None] * self.compute_jacobian(configuration), self.cost * self.compute_error(configuration)

    def distances(self, configuration: Configuration) -> np.ndarray:
        """(W,) between links and targets [m]; 0 without target."""
        gaps = np.linalg.norm(self.compute_error(configuration).reshape(-1, 3), axis=1)
        return np.where(self.cost[::3] > 0, gaps, 0.0)

    def __repr__(self) -> str:
        return f'WristTask({len(self._weights)} wrists)'
