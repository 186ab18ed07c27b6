"""One robot, and the person it follows or the trajectory it performs: safety, retargeter and recorder joined.

The node only translates: messages into `see_*`, services into `enable`, `select` ..., and what `step` returns back.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from pose_ros.errors import RobotError
from pose_ros.retargeting.drive import Drive, Step
from pose_ros.retargeting.joint_states import JointStates
from pose_ros.retargeting.jump_guard import JumpGuard
from pose_ros.retargeting.people import People, seen_points
from pose_ros.retargeting.recording import NoRecorder, Recorder
from pose_ros.retargeting.retargeter import Retargeter
from pose_ros.retargeting.robot import Robot
from pose_ros.retargeting.safety import Safety, State
from pose_ros.retargeting.session_settings import SessionParts
from pose_ros.retargeting.shadow_ik import Solution
from pose_ros.retargeting.trajectory import Trajectory
from pose_ros.skeletons import COCO17, Skeleton
from pose_ros.types import Person


class Session:
    """See the file.

    Args:
        robot: the robot.
        clock: steady time [s] (`time.monotonic`); silence is measured by it.
        parts: settings.

    Attributes:
        robot, parts: as given.
        safety: whether it may move.
        recorder: gets all that happens; when it fails, the robot stops.
        skeleton, model: of the people seen last, and what found them.
        solution: the shadow's last answer; None = none since it was enabled.
        verdict: what the robot may do, as of the last step.
    """

    def __init__(self, robot: Robot, clock: Callable[[], float], parts: SessionParts | None = None) -> None:
        parts = parts or SessionParts()
        self.robot, self._clock, self.parts = robot, clock, parts
        self.safety = Safety(clock, parts.safety)
        self.recorder: Recorder = NoRecorder()
        self.solution: Solution | None = None
        self.verdict = self.safety.update()
        self._drive: Drive | None = None
        self._people = People(clock, parts.safety.hard_timeout_s, parts.session.watch_distance)
        self.skeleton: Skeleton = COCO17
        self._joints = JointStates(robot.joints)
        self.model, self._held, self._state, self._moved = '', False, State.DISABLED, -math.inf

    def see_robot(self, names: Sequence[str], positions: Sequence[float], velocities: Sequence[float],
                  stamp: float) -> bool:
        """The robot's joint states; False, and ignored, unless all its joints are there with a finite position.

        Args:
            names, positions, velocities: of joints in any order and number [rad], [rad/s]; velocities may be empty.
            stamp: of the message [s].
        """
        if not self._joints.take(names, positions, velocities):
            return False
        self.safety.see_robot()
        self.recorder.add_measured(stamp, self._joints.positions, self._joints.velocities)
        self._check_robot()
        return True

    def _check_robot(self) -> None:
        if self.retargeter is None or self.safety.state is not State.TRACKING:
            return
        off = np.abs(self._joints.positions - self.retargeter.motion.position)
        if off.max() > self.parts.session.follow_error_rad:
            self.safety.stop(f'{self.robot.joints[int(off.argmax())]} is {off.max():.2f} rad from where it was told to '
                             'be: does the controller refuse, or is the robot blocked?')

    def see_persons(self, persons: Sequence[Person], stamp: float, now: float,
                    transform_camera_to_base: np.ndarray | None) -> None:
        """The people of one image.

        Args:
            persons: with points where they are known.
            stamp: of the image [s].
            now: the time, of the stamps' clock [s].
            transform_camera_to_base: (4, 4) from the frame of the points; None = unknown.
        """
        self._people.see(persons, transform_camera_to_base, self.robot.link_positions(self.position))
        for person in persons:
            self.skeleton = person.skeleton
            if self.safety.accepts(person.track_id, stamp, now):
                self._follow(person, seen_points(person, transform_camera_to_base), stamp, now)

    @property
    def retargeter(self) -> Retargeter | None:
        """Of the robot, once it was enabled."""
        return self._drive.retargeter if self._drive else None

    @property
    def position(self) -> np.ndarray:
        """(n,) where the robot is told to be; before it was enabled where it is, or its preferred pose [rad]."""
        if self.retargeter is not None:
            return self.retargeter.motion.position
        return self._joints.positions if self._joints.known else self.robot.home

    def _follow(self, person: Person, points: np.ndarray, stamp: float, now: float) -> None:
        if self.retargeter is None or self.retargeter.skeleton != person.skeleton:
            return
        if jump := self._guard.jump(seen_points(person), stamp):
            self.safety.disable(f'person {person.track_id} jumped by {jump:.1f} m: it may be another')
            return
        solution = self.retargeter.observe(points, person.scores, stamp, now + self.parts.session.lead_s)
        self.recorder.add_person(stamp, points, person.scores, person.track_id)
        if solution is not None and solution.solved:
            self.solution = solution
            self.safety.see_person(stamp, solution.error_deg)

    def select(self, track_id: int) -> str:
        """Chooses whom `enable` will follow, -1 = the nearest then; never changes whom the robot follows now.

        Raises:
            RobotError: nobody with this track_id is seen in space.
        """
        chosen = self._people.select(track_id)
        if self.safety.track_id not in (-1, track_id):
            self.safety.disable('another person was selected')
        return f'{chosen} will be followed when enabled'

    def enable(self) -> str:
        """Begins to follow the selected person; says whom.

        Raises:
            RobotError: nobody is seen, or the robot is silent or stands where it cannot start.
        """
        track_id = self._people.chosen()
        self._start()
        self._begin(self.safety.enable(track_id))
        return f'following person {track_id} as soon as robot and person are ready'

    def perform(self, trajectory: Trajectory) -> str:
        """Begins to go to the start of a trajectory and through it.

        Raises:
            RobotError: the robot is silent or stands where it cannot start, or the trajectory does not fit.
        """
        self._start().perform(trajectory)
        self._begin(self.safety.perform())
        return f'{trajectory.duration:.1f} s, after going to its start'

    def _start(self) -> Retargeter:
        """A retargeter at the measured pose; one whose robot still moves goes on."""
        if not self._joints.known:
            raise RobotError(f'no joint states yet with all of {", ".join(self.robot.joints)}')
        if self._drive is None or self._drive.retargeter.at_rest:
            retargeter = Retargeter(self.robot, self.skeleton, self._joints.positions, self.parts.points,
                                    self.parts.shadow, self.parts.follower)
            self._drive = Drive(retargeter, self.parts.session.lead_s)
        self._drive.retargeter.forget()
        self._guard = JumpGuard([self.skeleton.index(name) for name in self.robot.config.torso])
        self.solution = None
        return self._drive.retargeter

    def _begin(self, refused: str) -> None:
        if refused:
            raise RobotError(refused)
        self._moved = self._clock()

    def hold(self, held: bool) -> None:
        """The clutch: while it is held the robot stands, and wrists count from where they are when it is let go."""
        self._held = held
        if not held and self.retargeter is not None:
            self.retargeter.clutch()

    def step(self, now: float) -> Step | None:
        """Goes on by one step at `now` [s]; None before it was enabled, and if it is too early for another."""
        if self._drive is None:
            return None
        self._check(self._drive.retargeter)
        self.verdict = self.safety.update()
        self._note(self._drive.retargeter, now)
        step = self._drive.step(now, self.verdict.follow and not self._held, self.verdict.scale)
        if self._drive.set_back_s and self.verdict.follow:
            self.safety.stop(f'the clock was set back by {self._drive.set_back_s:.1f} s')
        if step is not None:
            self.recorder.add_command(now, step.now.position, step.now.velocity)
        return step

    def withdraw(self) -> None:
        """The last step was not sent, because it was too late: the robot goes on along the path that it has."""
        if self._drive is not None:
            self._drive.withdraw()

    def _check(self, retargeter: Retargeter) -> None:
        """Is anyone near, does the recorder work, does the trajectory go on?"""
        settings, now = self.parts.session, self._clock()
        self.safety.see_nearest(self._people.nearest_m)
        if self.recorder.error:
            self.safety.stop(f'the recording failed: {self.recorder.error}')
            self.recorder = NoRecorder()
        if not retargeter.at_rest or self.safety.state is not State.TRACKING:
            self._moved = now
        if retargeter.has_performed:
            self._end(retargeter, 'performed')
        elif self.safety.track_id < 0 and now - self._moved > settings.stuck_timeout_s:
            self._end(retargeter, 'the robot cannot go on: something is in its way')

    def _end(self, retargeter: Retargeter, reason: str) -> None:
        retargeter.forget()
        self.safety.disable(reason)

    def _note(self, retargeter: Retargeter, now: float) -> None:
        if self.verdict.state is self._state:
            return
        self._state = self.verdict.state
        if self._state is State.TRACKING:
            retargeter.clutch()
        self.recorder.add_mark(now, f'{self._state.name} {self.verdict.reason}'.strip())
