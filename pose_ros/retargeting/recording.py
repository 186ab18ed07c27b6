"""What a session tells whoever records it."""
from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

# Gives the stamp [s] of an image and a JPEG file; None where it cannot be read.
ReadImage = Callable[[], 'tuple[float, bytes] | None']


class Recorder(Protocol):
    """Keeps what happens; its methods return at once and never raise.

    Attributes:
        error: why nothing is recorded any more, or ''.
    """

    error: str

    def add_person(self, stamp_s: float, points: np.ndarray, scores: np.ndarray, track_id: int) -> None:
        """The person who is followed: points (K, 3) in the base frame [m], scores (K,)."""

    def add_command(self, stamp_s: float, positions: np.ndarray, velocities: np.ndarray) -> None:
        """What the joints (n,) are told [rad], [rad/s]."""

    def add_measured(self, stamp_s: float, positions: np.ndarray, velocities: np.ndarray) -> None:
        """Where the joints (n,) are [rad], [rad/s]; velocities are NaN where the robot does not tell."""

    def add_image(self, heard_s: float, read: ReadImage) -> None:
        """An image of the camera: when it came [s], and what reads it."""

    def add_mark(self, stamp_s: float, label: str) -> None:
        """Something that is no motion."""

    def close(self) -> None:
        """Completes the file; twice is no error."""


class NoRecorder:
    """Keeps nothing."""

    error = ''

    def add_person(self, stamp_s: float, points: np.ndarray, scores: np.ndarray, track_id: int) -> None:
        """See `Recorder`."""

    def add_command(self, stamp_s: float, positions: np.ndarray, velocities: np.ndarray) -> None:
        """See `Recorder`."""

    def add_measured(self, stamp_s: float, positions: np.ndarray, velocities: np.ndarray) -> None:
        """See `Recorder`."""

    def add_image(self, heard_s: float, read: ReadImage) -> None:
        """See `Recorder`."""

    def add_mark(self, stamp_s: float, label: str) -> None:
        """See `Recorder`."""

    def close(self) -> None:
        """See `Recorder`."""
