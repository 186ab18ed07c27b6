"""A retargeter on a schedule: its paths follow each other exactly, whatever the timer that asks for them does."""
from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from pose_ros.retargeting.follower import Motion, Path
from pose_ros.retargeting.retargeter import Retargeter
from pose_ros.retargeting.schedule import Schedule


@dataclass(frozen=True, eq=False)
class Step:
    """What the joints have to do.

    Attributes:
        path: tick by tick, its end at rest; it begins with what was decided before, so that a controller that takes it
            over within the lead time notices nothing.
        decided: how many of its motions that are; the last of them is at the beginning of this step.
        begins: time of its first motion [s].
        moves: False if the robot is at rest and stays so.
        due: after this time the robot does something else; it is too late to send the path [s].
    """

    path: Path
    decided: int
    begins: float
    moves: bool
    due: float

    @property
    def now(self) -> Motion:
        """At the beginning of this step."""
        return self.path.at(self.decided - 1)


class Drive:
    """See the file.

    Args:
        retargeter: just started.
        lead_s: paths begin so far ahead of time [s].

    Attributes:
        retargeter: as given.
    """

    def __init__(self, retargeter: Retargeter, lead_s: float) -> None:
        self.retargeter = retargeter
        self._schedule = Schedule(retargeter.tick_s, retargeter.step_s, lead_s)
        self._known = math.ceil(lead_s / retargeter.tick_s) + 1
        self._decided: deque[Motion] = deque([retargeter.motion], self._known)
        self._before: list[Motion] = [retargeter.motion]

    @property
    def set_back_s(self) -> float:
        """By how much the clock was set back before the last step [s]."""
        return self._schedule.back_s

    def step(self, now: float, follow: bool, scale: float) -> Step | None:
        """The next path, see `Retargeter.step`; None if it is too early for one."""
        due = self._schedule.next(now)
        if due is None:
            return None
        begins, late = due
        if late:
            self._decided.extend(self.retargeter.run_on(late, self._known))
        decided = self._before = list(self._decided)
        path = self.retargeter.step(begins, follow, scale)
        self._decided.extend(path.at(tick) for tick in range(self.retargeter.advance))
        whole = path.after_motions(decided)
        first = begins - (len(decided) - 1) * self.retargeter.tick_s
        return Step(whole, len(decided), first, bool(whole.velocities.any()), begins)

    def withdraw(self) -> None:
        """The last path was not sent, because it was too late: the robot goes on along the one before."""
        self.retargeter.undo()
        self._schedule.undo()
        self._decided = deque(self._before, self._known)
