"""How pose_node is doing, for /diagnostics."""
from __future__ import annotations

import threading
from collections.abc import Sequence

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue

from pose_ros.bridge.diagnostics import StreamStatistics, status_of
from pose_ros.bridge.mailbox import Counts
from pose_ros.estimators.estimator import Estimator


class Monitor:
    """Counts what happens to the images of each camera; may be told from any thread."""

    def __init__(self, node_name: str, cameras: Sequence[str]) -> None:
        self._node_name = node_name
        self._lock = threading.Lock()
        self._streams = {camera: StreamStatistics() for camera in cameras}
        self._errors: dict[str, str] = {}
        self._images = 0

    def received(self, camera: str) -> None:
        """An image has come."""
        with self._lock:
            self._images += 1
            self._streams[camera].received()

    def published(self, camera: str, latency_s: float, dropped: int) -> None:
        """A result has been published `latency_s` after its image's stamp; `dropped` images were lost before it."""
        with self._lock:
            self._streams[camera].published(latency_s, dropped)

    def failed(self, camera: str, error: str) -> None:
        """An image was lost to an error."""
        with self._lock:
            self._errors[camera] = error

    def statuses(self, idle: str, timeout_s: float) -> list[DiagnosticStatus]:
        """One status per camera.

        Args:
            idle: why nothing is done, or '' while images are wanted.
            timeout_s: a camera without an image for longer is an ERROR [s].
        """
        with self._lock:
            errors, self._errors = self._errors, {}
            return [self._status(camera, idle, errors.get(camera, ''), timeout_s) for camera in self._streams]

    def network(self, estimator: Estimator, counts: Counts, idle: str) -> DiagnosticStatus:
        """The status of the network that serves all cameras.

        Args:
            estimator: the network.
            counts: of its mailbox since it was activated.
            idle: why nothing is done, or ''.
        """
        values = {'model': estimator.model, 'device': estimator.device, 'memory_mb': f'{estimator.memory_mb:.1f}',
                  'images': str(self._images), 'served': str(counts.taken), 'dropped': str(counts.dropped),
                  **{name: f'{value:.6g}' for name, value in estimator.figures.items()}}
        return DiagnosticStatus(level=DiagnosticStatus.OK, name=f'{self._node_name}: network',
                                hardware_id=estimator.device, message=f'idle: {idle}' if idle else 'running',
                                values=[KeyValue(key=key, value=value) for key, value in values.items()])

    def _status(self, camera: str, idle: str, error: str, timeout_s: float) -> DiagnosticStatus:
        status = status_of(f'{self._node_name}: {camera}', self._streams[camera].report(), active=not idle,
                           silent_after_s=timeout_s)
        status.hardware_id = camera
        status.message = f'idle: {idle}' if idle else status.message
        if error and status.level != DiagnosticStatus.ERROR:
            status.level, status.message = DiagnosticStatus.WARN, error
        return status
