"""How people are followed in space and time, for /diagnostics."""
from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue

from pose_ros.nodes.space_camera import Seen
from pose_ros.types import TrackState


@dataclass
class _Count:
    """Since the last report, but for `restarts` and the people of the newest image."""

    images: int = 0
    doubtful: int = 0
    doubt: str = ''
    people: int = 0
    in_metres: int = 0
    predicted: int = 0
    restarts: int = 0
    restarted: bool = False
    frame: str = ''


class SpaceMonitor:
    """Counts; may be told from any thread."""

    def __init__(self, node_name: str, cameras: Sequence[str]) -> None:
        self._node_name = node_name
        self._lock = threading.Lock()
        self._counts = {camera: _Count() for camera in cameras}

    def followed(self, camera: str, seen: Seen, restarts: int) -> None:
        """The people of one image have been followed; so often time went back since the start."""
        with self._lock:
            count = self._counts[camera]
            count.images += 1
            if seen.doubts:
                count.doubtful, count.doubt = count.doubtful + 1, '; '.join(map(str, seen.doubts))
            count.people = len(seen.followed)
            count.in_metres = sum(one.smooth.points is not None and bool(one.smooth.points.known.any())
                                  for one in seen.followed)
            count.predicted = sum(one.state is TrackState.PREDICTED for one in seen.followed)
            count.restarted |= restarts > count.restarts
            count.restarts, count.frame = restarts, seen.frame_id

    def statuses(self) -> list[DiagnosticStatus]:
        """One status per camera; a WARN is told once, as long as it lasts."""
        with self._lock:
            return [self._status(camera, count) for camera, count in self._counts.items()]

    def _status(self, camera: str, count: _Count) -> DiagnosticStatus:
        message = 'following'
        if count.doubtful:
            message = f'no 3D in {count.doubtful} of {count.images} images: {count.doubt}'
        elif count.restarted:
            message = 'time went back: everyone is new'
        level = DiagnosticStatus.WARN if count.doubtful or count.restarted else DiagnosticStatus.OK
        values = {'people': count.people, 'in_metres': count.in_metres, 'predicted': count.predicted,
                  'restarts': count.restarts, 'frame': count.frame}
        count.images = count.doubtful = 0
        count.restarted = False
        return DiagnosticStatus(level=level, name=f'{self._node_name}: {camera} in space', hardware_id=camera,
                                message=message,
                                values=[KeyValue(key=key, value=str(value)) for key, value in values.items()])
