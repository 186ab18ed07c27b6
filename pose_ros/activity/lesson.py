"""Learning a gesture: somebody shows it a few times, with a rest before and after each."""
from __future__ import annotations

from pose_ros.activity.body import Body
from pose_ros.activity.gesture import Gesture
from pose_ros.activity.limb_motion import GestureSettings, LimbMotion, MotionCutter


class Lesson:
    """Collects the motions of one person.

    Args:
        name: of the gesture.
        settings: with which it will be found again.
    """

    def __init__(self, name: str, settings: GestureSettings | None = None) -> None:
        self.name = name
        self._cutter = MotionCutter(settings or GestureSettings())
        self._motions: list[LimbMotion] = []

    @property
    def examples(self) -> int:
        """How many motions have ended so far."""
        return len(self._motions)

    def watch(self, body: Body) -> None:
        """Takes the next moment in; stamps grow."""
        motion = self._cutter.update(body)
        if motion:
            self._motions.append(motion)

    def learned(self) -> Gesture:
        """The gesture.

        Raises:
            RuleError: it was shown less than twice.
        """
        return Gesture(self.name, tuple(self._motions))
