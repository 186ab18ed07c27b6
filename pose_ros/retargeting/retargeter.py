"""From a person's points to paths of joints: filter and predict, solve for the shadow, follow it, stay free.

The law that holds everything together: the robot always runs a path that ends at rest and was checked as a whole, and
another path replaces it only if that one is free too. Whatever fails, the robot comes to rest on the path that it has.
"""
from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pose_ros.errors import RobotError
from pose_ros.retargeting.bones import BoneReader
from pose_ros.retargeting.collision import CollisionChecker
from pose_ros.retargeting.follower import Follower, FollowerSettings, Motion, Path
from pose_ros.retargeting.point_filter import PointFilter, PointFilterSettings
from pose_ros.retargeting.reference import Reference
from pose_ros.retargeting.robot import Robot
from pose_ros.retargeting.shadow_ik import ShadowIK, Solution
from pose_ros.retargeting.shadow_settings import ShadowSettings
from pose_ros.retargeting.torso_frame import TorsoFrame
from pose_ros.retargeting.trajectory import Performance, Trajectory
from pose_ros.retargeting.wrists import WristReader
from pose_ros.skeletons import Skeleton

# The time between frames that is reckoned with, at least and at most [s], and before the second frame came.
SHORTEST, LONGEST, FIRST_INTERVAL = 0.005, 0.25, 1 / 30
# The furthest a person's motion is predicted [s].
FURTHEST = 0.2
# A reference goes on for this part of a frame after the next frame was due.
OVERRUN = 0.4


class Retargeter:
    """One person drives one robot.

    Args:
        robot: the robot.
        skeleton: of the points that will come.
        position: (n,) measured joint positions [rad].
        points, shadow, follower: settings of the parts.

    Attributes:
        skeleton: as given.
        advance: ticks of a step.
        tick_s, step_s: time between the motions of a path, and between steps [s].

    Raises:
        RobotError: the robot cannot start there, its capsules touch, or the skeleton lacks a bone's keypoint.
    """

    def __init__(self, robot: Robot, skeleton: Skeleton, position: np.ndarray,
                 points: PointFilterSettings | None = None, shadow: ShadowSettings | None = None,
                 follower: FollowerSettings | None = None) -> None:
        follower = follower or FollowerSettings()
        self.skeleton = skeleton
        self._count, self._filter_settings, self.advance = len(skeleton), points, follower.advance
        self._torso = TorsoFrame(robot.config, skeleton)
        self._bones = BoneReader(robot.config, skeleton)
        links = [wrist.link for wrist in robot.config.wrists]
        self._wrists = WristReader(robot.config, skeleton, lambda: robot.link_positions(self._motion.position, links))
        self._follower = Follower(robot.limits, follower)
        self.tick_s, self.step_s = self._follower.tick_s, self.advance * self._follower.tick_s
        self._collisions = CollisionChecker(robot)
        self._shadow = ShadowIK(robot, robot.home, shadow)
        self._times = self.tick_s * np.arange(1, max(follower.ahead, follower.advance) + 1)
        self.start(position)

    def start(self, position: np.ndarray) -> None:
        """Forgets person and motion; the robot stands at a measured pose (n,) [rad].

        Raises:
            RobotError: the pose is outside the limits, not finite, or capsules touch in it.
        """
        motion = self._follower.start(position)
        if self._collisions.clearance(motion.position) <= 0:
            raise RobotError('the robot touches itself where it stands; move it apart first')
        self._motion, self._left = self._before = motion, self._follower.brake(motion)
        self._shadow.reset(motion.position)
        self.forget()

    def forget(self) -> None:
        """Forgets person and trajectory; the next points may be another's."""
        self._performance: Performance | None = None
        self._filter = PointFilter(self._count, self._filter_settings)
        self._stamp, self._interval = -np.inf, FIRST_INTERVAL
        self._wrists.clutch()
        self._stand(0.0)

    def perform(self, trajectory: Trajectory) -> None:
        """From now on goes to the first pose of a trajectory and then through it, instead of following a person.

        Raises:
            RobotError: it is of another number of joints.
        """
        if (joints := trajectory.positions.shape[1]) != len(self._motion.position):
            raise RobotError(f'the trajectory has {joints} joints, the robot {len(self._motion.position)}')
        self.forget()
        self._performance = Performance(trajectory)

    def aim(self, reference: Reference) -> None:
        """Goes where somebody else says, such as a learnt policy, until that is too old."""
        self._performance, self._reference = None, reference

    def clutch(self) -> None:
        """Wrist positions count from where wrists and links are at the next frame."""
        self._wrists.clutch()

    def run_on(self, ticks: int, recent: int) -> list[Motion]:
        """No step came in time: the robot has gone on for some ticks along the path that it has.

        Returns:
            Its most recent motions there.
        """
        motions = [self._left.at(tick) for tick in range(max(ticks - recent, 0), ticks)]
        self._motion = motions[-1]
        self._left = self._left.after(ticks)
        return motions

    def undo(self) -> None:
        """The robot does not get the path of the last step: it goes on along the one that it has."""
        self._motion, self._left = self._before

    @property
    def has_performed(self) -> bool:
        """The robot has got to the end of its trajectory."""
        return self._performance is not None and self._performance.done

    @property
    def motion(self) -> Motion:
        """Where the robot is when the path of the last step has been followed to the next one."""
        return self._motion

    @property
    def at_rest(self) -> bool:
        """The robot stands there."""
        return not self._motion.velocity.any()

    @property
    def clearance_m(self) -> float:
        """How much nearer two capsules may come there [m]."""
        return self._collisions.clearance(self._motion.position)

    def observe(self, points: np.ndarray, scores: np.ndarray, stamp: float, now: float) -> Solution | None:
        """Takes the person's points of one frame.

        Args:
            points: (K, 3) [m], in any frame that does not move against the robot; NaN = not found.
            scores: (K,) 0..1.
            stamp: when the camera saw them [s].
            now: the time, of the same clock [s].

        Returns:
            What the shadow found; None if the stamp is not newer than the last one, nothing was found, or a needed
            bone is unknown. A new image without an answer brakes the robot at once, one that does not come soon.
        """
        if not self._stamp < stamp < np.inf:
            return None
        solution = self._solve(points, scores, stamp, now) if np.isfinite(points).any() else None
        if solution is not None and solution.solved:
            self._reference = Reference(solution.position, solution.velocity, now + self._interval,
                                        now + (1 + OVERRUN) * self._interval)
        else:
            self._stand(now)
        return solution

    def _solve(self, points: np.ndarray, scores: np.ndarray, stamp: float, now: float) -> Solution | None:
        elapsed = min(max(stamp - self._stamp, SHORTEST), LONGEST)
        if np.isfinite(self._stamp):
            self._interval += 0.2 * (elapsed - self._interval)
        self._stamp = stamp
        self._filter.update(points, scores, stamp)
        horizon = min(max(now - stamp, 0.0) + self._interval, FURTHEST)
        person = self._torso.view(self._filter.predict(horizon))
        bones, wrists = self._bones.read(person), self._wrists.read(person)
        if not (bones.complete and wrists.trust.all()):
            return None
        return self._shadow.solve(bones, elapsed, wrists)

    def step(self, now: float, follow: bool = True, scale: float = 1.0) -> Path:
        """Moves on by `advance` ticks.

        Args:
            now: the time [s].
            follow: False = brake.
            scale: 0..1, part of the velocity limits that may be used.

        Returns:
            The path from here on, free and with its end at rest. At the next step the robot is taken to be `advance`
            ticks further on it.
        """
        self._before = self._motion, self._left
        candidates = self._candidates(now, scale) if follow else self._brake(now)
        path = next((path for path in candidates if self._collisions.is_free(path.positions)), self._left)
        self._motion = path.at(self.advance - 1)
        self._left = path.after(self.advance)
        if follow and self._performance:
            self._performance.advance(self._motion.position, scale * self.step_s)
        return path

    def _candidates(self, now: float, scale: float) -> Iterator[Path]:
        if self._performance:
            return self._toward(*self._performance.ahead(self._times, scale), scale)
        if now < self._reference.until:
            return self._toward(*self._reference.at(now + self._times), scale)
        return self._brake(now)

    def _toward(self, targets: np.ndarray, velocities: np.ndarray, scale: float) -> Iterator[Path]:
        """First straight to the targets (A, n); if that is not free, along the obstacle."""
        yield self._follower.plan(self._motion, targets, velocities, scale)
        here = self._motion.position
        targets = here + self._collisions.deflect(here, targets - here)
        yield self._follower.plan(self._motion, targets, np.zeros_like(velocities), scale)

    def _brake(self, now: float) -> Iterator[Path]:
        self._stand(now)
        yield self._follower.brake(self._motion)

    def _stand(self, now: float) -> None:
        self._reference = Reference(self._motion.position, np.zeros_like(self._motion.position), now, now)
