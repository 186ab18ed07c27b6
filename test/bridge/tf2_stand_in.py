"""What `Tf2Tree` uses of tf2_ros, for machines without it; where it is installed, the same tests ask the real one."""
from __future__ import annotations

from typing import Any

from rclpy.duration import Duration
from rclpy.time import Time

from pose_ros.bridge.stamps import seconds_of
from pose_ros.bridge.transform_msgs import matrix_from_msg, matrix_to_msg
from pose_ros.errors import TransformError
from pose_ros.transforms import TransformTree


class TransformException(Exception):
    """Of tf2."""


class BufferCore:
    """With the ways of tf2: old data is refused, stamp zero asks for the newest, a slash is no part of a question."""

    def __init__(self, history: Duration) -> None:
        self._history_s, self._tree = history.nanoseconds * 1e-9, TransformTree()
        self._newest_s: dict[str, tuple[str, float]] = {}

    def set_transform(self, msg: Any, authority: str) -> None:
        stamp_s, (_, newest_s) = seconds_of(msg.header.stamp), self._newest_s.get(msg.child_frame_id, ('', 0.0))
        if newest_s - stamp_s < self._history_s:
            self._put(msg, max(stamp_s, newest_s), static=False)

    def set_transform_static(self, msg: Any, authority: str) -> None:
        self._put(msg, 0.0, static=True)

    def get_latest_common_time(self, target: str, source: str) -> Time:
        ups, downs = self._line(source), self._line(target)
        common = next((frame for frame in ups if frame in downs), None)
        if common is None:
            raise TransformException(f'{source}, {target}: two trees')
        between = ups[:ups.index(common)] + downs[:downs.index(common)]
        stamps_s = [self._newest_s[frame][1] for frame in between]
        return Time(nanoseconds=round(1e9 * min((stamp_s for stamp_s in stamps_s if stamp_s), default=0.0)))

    def lookup_transform_core(self, target: str, source: str, when: Time) -> Any:
        when = self.get_latest_common_time(target, source) if not when.nanoseconds else when
        try:
            return matrix_to_msg(self._tree.lookup(target, source, when.nanoseconds * 1e-9), None, source)
        except TransformError as error:
            raise TransformException('as tf2 would say it') from error

    def _put(self, msg: Any, newest_s: float, static: bool) -> None:
        parent, child = msg.header.frame_id, msg.child_frame_id
        self._tree.put(parent, child, seconds_of(msg.header.stamp), matrix_from_msg(msg.transform), static)
        self._newest_s[child] = parent, newest_s

    def _line(self, frame: str) -> list[str]:
        if frame.startswith('/') or not frame:
            raise TransformException(f'{frame!r} is no frame')
        line = [frame]
        while line[-1] in self._newest_s:
            line.append(self._newest_s[line[-1]][0])
        return line
