"""tf2's buffer as the tree of a node's transforms."""
from __future__ import annotations

import numpy as np
from geometry_msgs.msg import TransformStamped
from rclpy.duration import Duration
from rclpy.time import Time
from std_msgs.msg import Header

from pose_ros.bridge.stamps import seconds_of
from pose_ros.bridge.transform_msgs import matrix_from_msg, unit
from pose_ros.errors import TransformError
from pose_ros.transforms import HISTORY_S, RESTART_S, link_names

_AUTHORITY = 'pose_ros'


class Tf2Tree:
    """What tf2 keeps, asked as a `TransformTree`. Not thread-safe.

    Raises:
        ImportError: there is no tf2_ros here.
    """

    def __init__(self) -> None:
        from tf2_ros import BufferCore, TransformException
        self._core, self._error = BufferCore(Duration(seconds=HISTORY_S)), TransformException

    def take(self, msg: TransformStamped, static: bool) -> None:
        """Keeps a message; for ever if static.

        Raises:
            TransformError: it is no transform between two frames.
        """
        parent, child = link_names(msg.header.frame_id, msg.child_frame_id)
        stamp_s, newest_s = seconds_of(msg.header.stamp), self._newest_s(parent, child)
        header = Header(frame_id=parent, stamp=_time(stamp_s).to_msg())
        kept = TransformStamped(header=header, child_frame_id=child, transform=unit(msg.transform))
        # tf2 refuses what is older than its history, but a frame that becomes static, and then moves, has none.
        if static or (newest_s is not None and stamp_s < newest_s - RESTART_S):
            self._core.set_transform_static(kept, _AUTHORITY)
        if not static:
            self._core.set_transform(kept, _AUTHORITY)

    def lookup(self, target: str, source: str, stamp_s: float) -> np.ndarray:
        """(4, 4) transform of points in `source` to `target` at a stamp [s], interpolated.

        Raises:
            TransformError: nothing connects them, or not at this time; its `may_come` tells whether to wait.
        """
        target, source = target.lstrip('/'), source.lstrip('/')
        try:
            return matrix_from_msg(self._core.lookup_transform_core(target, source, _time(stamp_s)).transform)
        except self._error as error:
            raise self._explained(target, source, stamp_s, error) from error

    def _explained(self, target: str, source: str, stamp_s: float, error: Exception) -> TransformError:
        newest_s = self._newest_s(target, source)
        if newest_s is None:
            return TransformError(f'nothing connects {source} to {target}: {error}')
        late_s = stamp_s - newest_s
        why = f'{late_s:.3f} s after the newest' if late_s > 0 else error
        return TransformError(f'{source} in {target} is not known at {stamp_s:.3f} s: {why}', may_come=late_s > 0)

    def _newest_s(self, target: str, source: str) -> float | None:
        """The newest stamp at which all between two frames may be known; None = nothing connects them."""
        try:
            return float(self._core.get_latest_common_time(target, source).nanoseconds * 1e-9)
        except self._error:
            return None


def _time(stamp_s: float) -> Time:
    # Zero would ask tf2 for the newest, whatever its time.
    return Time(nanoseconds=max(1, round(stamp_s * 1e9)))
