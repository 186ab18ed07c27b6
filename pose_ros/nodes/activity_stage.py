"""What activity_node does with a message: one watcher for each camera, and lessons in gestures."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticStatus

from pose_ros.activity.activity import Activity
from pose_ros.activity.body import body_of, upright_from_optical
from pose_ros.activity.fall import FallSettings
from pose_ros.activity.gait import GaitSettings
from pose_ros.activity.gesture_file import read_gestures, write_gesture
from pose_ros.activity.lesson import Lesson
from pose_ros.activity.limb_motion import GestureSettings
from pose_ros.activity.movement import MovementSettings
from pose_ros.activity.posture import PostureSettings
from pose_ros.activity.rules import read_rules
from pose_ros.activity.signals import SignalSettings
from pose_ros.activity.watcher import ActivitySettings, ActivityWatcher
from pose_ros.bridge.convert import persons_from_msg
from pose_ros.bridge.diagnostics import StreamStatistics, status_of
from pose_ros.bridge.params import Parameters
from pose_ros.bridge.stamps import seconds_of
from pose_ros.errors import RuleError
from pose_ros.files import shipped_config
from pose_ros.nodes.activity_settings import ActivityNodeSettings
from pose_ros.types import Person


class ActivityStage:
    """Watches the people of all messages.

    Args:
        settings: of the recognisers.
        node: settings of the node.
    """

    def __init__(self, settings: ActivitySettings, node: ActivityNodeSettings) -> None:
        self._settings, self._node = settings, node
        self._watchers: dict[str, ActivityWatcher] = {}
        self._statistics = StreamStatistics()
        self._optical = upright_from_optical(node.camera_pitch_deg)
        self._lesson: Lesson | None = None

    @staticmethod
    def of(parameters: Parameters) -> ActivityStage:
        """With these parameters, and the files that they name.

        Raises:
            RuleError: a file that cannot be used.
        """
        node = parameters.of(ActivityNodeSettings)
        settings = ActivitySettings(
            parameters.of(MovementSettings), parameters.of(PostureSettings), parameters.of(FallSettings),
            parameters.of(GaitSettings), parameters.of(SignalSettings), parameters.of(GestureSettings),
            read_rules(Path(node.exercises) if node.exercises else shipped_config('exercises.yaml')),
            read_gestures(Path(node.gestures)) if node.gestures and Path(node.gestures).is_dir() else [])
        return ActivityStage(settings, node)

    def watch(self, msg: Any) -> tuple[list[Person], dict[int, list[Activity]], np.ndarray]:
        """The people of a PersonPoseArray, what they do by track_id, and (3,) what is up in the frame of the points.

        Raises:
            SkeletonError: a message that contradicts itself.
        """
        self._statistics.received()
        persons, stamp_s, upright = persons_from_msg(msg), seconds_of(msg.header.stamp), self._upright(msg)
        watcher = self._watchers.setdefault(msg.camera, ActivityWatcher(self._settings, self._node.forget_s))
        if self._lesson:
            self._teach(persons, stamp_s, upright)
        return persons, watcher.update(persons, stamp_s, upright), upright[2]

    def begin_lesson(self, name: str) -> str:
        """Watches the nearest person from now on; what to do, in words.

        Raises:
            RuleError: there is no folder for gestures.
        """
        if not self._node.gestures:
            raise RuleError('the parameter gestures is empty; allowed: a folder for recorded gestures')
        self._lesson = Lesson(name, self._settings.gesture)
        return f'show {name} three times, with arms at rest before and after each'

    def end_lesson(self) -> str:
        """Stores the gesture and knows it; how it went, in words.

        Raises:
            RuleError: no lesson has begun, or fewer than two examples were seen.
            OSError: the folder cannot be written.
        """
        if self._lesson is None:
            raise RuleError('no lesson has begun; call this with true first')
        lesson, self._lesson = self._lesson, None
        gesture = lesson.learned()
        path = write_gesture(gesture, Path(self._node.gestures))
        others = [one for one in self._settings.gestures if one.name != gesture.name]
        self._settings = replace(self._settings, gestures=(*others, gesture))
        self._watchers.clear()
        return f'{gesture.name}: {lesson.examples} examples in {path}'

    def status(self, node: str) -> DiagnosticStatus:
        """How the stream of people is doing."""
        return status_of(f'{node}: persons', self._statistics.report(), silent_after_s=self._node.timeout_s)

    def _upright(self, msg: Any) -> np.ndarray:
        """Other frames than the optical one have z up (REP-103)."""
        return self._optical if msg.header.frame_id == msg.source_frame else np.eye(3)

    def _teach(self, persons: Sequence[Person], stamp_s: float, upright: np.ndarray) -> None:
        bodies = [body_of(person, stamp_s, upright) for person in persons if person.points is not None]
        seen = [body for body in bodies if np.isfinite(body['neck']).all()]
        if self._lesson and seen:
            self._lesson.watch(min(seen, key=lambda body: float(np.linalg.norm(body['neck']))))
