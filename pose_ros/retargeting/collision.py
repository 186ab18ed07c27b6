"""Collisions of a robot, as capsules, with itself and with zones that it must keep out of: is a whole path free?"""
from __future__ import annotations

import coal
import numpy as np
import pinocchio as pin

from pose_ros.errors import RobotError
from pose_ros.retargeting.config import Capsule, Zone
from pose_ros.retargeting.robot import Robot

# Pairs nearer than this are slid along [m]; a step may use up this part of the clearance that is left.
NEAR, APPROACH = 0.05, 0.5
SWEEPS = 4


def _placement(capsule: Capsule) -> pin.SE3:
    start, end = np.array(capsule.start), np.array(capsule.end)
    axis = end - start
    turn = pin.Quaternion.FromTwoVectors(np.array([0.0, 0.0, 1.0]), axis) if axis.any() else pin.Quaternion.Identity()
    return pin.SE3(turn.matrix(), (start + end) / 2)


def _zone(zone: Zone) -> coal.CollisionGeometry:
    if zone.box:
        return coal.Box(*zone.box)
    normal = np.array(zone.plane)
    return coal.Halfspace(normal / np.linalg.norm(normal), 0.0)


class CollisionChecker:
    """Distances between the capsules of a robot, and of those that move to the zones.

    Capsules on the same joint or on neighbouring ones are never compared, nor pairs of links that the file ignores.

    Args:
        robot: the robot with its capsules.

    Raises:
        RobotError: two capsules touch in the robot's preferred pose, or one is in a zone.
    """

    def __init__(self, robot: Robot) -> None:
        self._model, self._data = robot.model, robot.model.createData()
        self._min_distance = robot.config.min_distance
        self._capsules = robot.config.capsules
        self._geometry = pin.GeometryModel()
        for capsule in self._capsules:
            self._geometry.addGeometryObject(self._object(capsule))
        for zone in robot.config.zones:
            self._geometry.addGeometryObject(self._zone(zone, robot))
        for pair in self._pairs(robot):
            self._geometry.addCollisionPair(pin.CollisionPair(*pair))
        self._distances = self._geometry.createData()
        self._has_pairs = len(self._geometry.collisionPairs) > 0
        self._reach = self._reaches()
        self._check_home(robot)

    def _object(self, capsule: Capsule) -> pin.GeometryObject:
        frame = self._model.frames[self._model.getFrameId(capsule.link)]
        length = float(np.linalg.norm(np.subtract(capsule.end, capsule.start)))
        return pin.GeometryObject(f'{capsule.link} ({capsule.where})', frame.parentJoint,
                                  frame.placement * _placement(capsule), coal.Capsule(capsule.radius, length))

    def _zone(self, zone: Zone, robot: Robot) -> pin.GeometryObject:
        place = pin.SE3(robot.mount) * pin.SE3(pin.rpy.rpyToMatrix(np.array(zone.rpy)), np.array(zone.xyz))
        return pin.GeometryObject(f'{zone.name} ({zone.where})', 0, place, _zone(zone))

    def _pairs(self, robot: Robot) -> list[tuple[int, int]]:
        joints = [item.parentJoint for item in self._geometry.geometryObjects[:len(self._capsules)]]
        zones = range(len(joints), len(self._geometry.geometryObjects))
        ignored = {frozenset(pair) for pair in robot.config.ignored}
        parents = self._model.parents
        inside = [(i, j) for j, b in enumerate(joints) for i, a in enumerate(joints[:j])
                  if a != b and parents[a] != b and parents[b] != a
                  and frozenset((self._capsules[i].link, self._capsules[j].link)) not in ignored]
        return inside + [(i, zone) for zone in zones for i, joint in enumerate(joints) if joint > 0]

    def _reaches(self) -> np.ndarray:
        """(n,) an upper bound of how far any capsule's surface moves per joint movement [m/rad]."""
        reach = np.zeros(self._model.njoints)
        for item, capsule in zip(self._geometry.geometryObjects, self._capsules):
            joint = item.parentJoint
            far = np.linalg.norm(item.placement.translation) + item.geometry.halfLength + capsule.radius
            while joint > 0:
                reach[joint] = max(reach[joint], far)
                far += float(np.linalg.norm(self._model.jointPlacements[joint].translation))
                joint = self._model.parents[joint]
        return reach[1:]

    def clearance(self, position: np.ndarray) -> float:
        """Smallest distance between two capsules [m], less the distance that must be kept; infinite without pairs.

        Args:
            position: (n,) [rad].
        """
        return self._nearest(position)[0] if self._has_pairs else np.inf

    def _nearest(self, position: np.ndarray) -> tuple[float, int]:
        pin.updateGeometryPlacements(self._model, self._data, self._geometry, self._distances, position)
        pair = pin.computeDistances(self._geometry, self._distances)
        return self._distances.distanceResults[pair].min_distance - self._min_distance, pair

    def deflect(self, position: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Takes out of steps what brings near capsules nearer, so that the robot slides along itself.

        Args:
            position: (n,) [rad]; free.
            steps: (A, n) from there [rad].

        Returns:
            (A, n) [rad].
        """
        steps = steps.copy()
        if not self._has_pairs:
            return steps
        slopes, clearances = self._slopes(position)
        for _ in range(SWEEPS):
            for slope, clearance in zip(slopes, clearances):
                missing = np.maximum(-APPROACH * clearance - steps @ slope, 0)
                steps += missing[:, None] * slope / (slope @ slope + 1e-9)
        return steps

    def _slopes(self, position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of the pairs that are near: derivatives of their distances (P, n) [m/rad] and clearances (P,) [m]."""
        pin.computeJointJacobians(self._model, self._data, position)
        self._nearest(position)
        results = self._distances.distanceResults
        near = [(pair, result) for pair, result in zip(self._geometry.collisionPairs, results)
                if result.min_distance < self._min_distance + NEAR]
        slopes = [result.normal @ (self._point_jacobian(pair.second, result.getNearestPoint2())
                                   - self._point_jacobian(pair.first, result.getNearestPoint1()))
                  for pair, result in near]
        return np.array(slopes), np.array([result.min_distance - self._min_distance for _, result in near])

    def _point_jacobian(self, index: int, point: np.ndarray) -> np.ndarray:
        """(3, n) how a point on a capsule moves [m/rad]."""
        joint = self._geometry.geometryObjects[index].parentJoint
        jacobian = pin.getJointJacobian(self._model, self._data, joint, pin.ReferenceFrame.LOCAL_WORLD_ALIGNED)
        arm = point - self._data.oMi[joint].translation
        return np.asarray(jacobian[:3] - pin.skew(arm) @ jacobian[3:])

    def _names(self, pair: int) -> str:
        chosen = self._geometry.collisionPairs[pair]
        names = [self._geometry.geometryObjects[index].name for index in (chosen.first, chosen.second)]
        return ' and '.join(names)

    def is_free(self, positions: np.ndarray) -> bool:
        """If every pose of a path (T, n) [rad] keeps the distance.

        Poses that the joints cannot have brought nearer than the clearance of an earlier one are not computed.
        """
        index = 0
        while index < len(positions):
            clearance = self.clearance(positions[index])
            if clearance <= 0:
                return False
            moved = np.abs(positions[index:] - positions[index]) @ self._reach
            beyond = np.flatnonzero(moved >= clearance)
            index = index + int(beyond[0]) if len(beyond) else len(positions)
        return True

    def _check_home(self, robot: Robot) -> None:
        if self.clearance(robot.home) <= 0:
            clearance, pair = self._nearest(robot.home)
            raise RobotError(f'{robot.config.name}: in the preferred pose {self._names(pair)} are {-clearance:.3f} m '
                             'too near; change posture, capsules or collision: ignore')
