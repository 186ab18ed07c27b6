"""The summary of a demo, as it goes into `summary.json`."""
from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pose_ros.demo.recording import Figures

PERCENTILES = (50, 95, 99)


@dataclass(frozen=True)
class Summary:
    """Figures of one run; NaN where nothing was measured.

    Attributes:
        source: what the camera showed.
        complete: whether it ran to its end; False if it was interrupted.
        frames_in: images received from the camera.
        published: images for which people were published.
        dropped: the other images; newer ones came before pose_node had time for them.
        dropped_reported: those of them that pose_node says it has skipped; the middleware replaced the rest.
        persons: found in all images together.
        rate_hz: published images per second.
        latency_ms: p50, p95 and p99, from the stamp of an image to its message's reception.
        processing_ms: p50, p95 and p99, from taking an image to publishing.
        device: of the network.
        model: estimator and digest of its weights.
        ground_truth: agreement with the source's annotations, None without them.
    """

    source: str
    complete: bool
    frames_in: int
    published: int
    dropped: int
    dropped_reported: int
    persons: int
    rate_hz: float
    latency_ms: dict[str, float]
    processing_ms: dict[str, float]
    device: str
    model: str
    ground_truth: dict[str, float] | None = None

    @classmethod
    def of(cls, figures: Figures, *, source: str, complete: bool, frames_in: int, device: str,
           ground_truth: dict[str, float] | None) -> Summary:
        """The summary of a recording."""
        published = len(figures.stamps_ns)
        return cls(source, complete, frames_in, published, frames_in - published, figures.dropped,
                   figures.persons, figures.rate_hz(),
                   _percentiles(figures.latencies_ms), _percentiles(figures.processing_ms), device, figures.model,
                   ground_truth)

    def save(self, path: Path) -> None:
        """Write it as JSON; what was not measured is null."""
        path.write_text(json.dumps(_plain(asdict(self)), indent=2, allow_nan=False) + '\n')


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    found = np.percentile(values, PERCENTILES) if len(values) else np.full(len(PERCENTILES), np.nan)
    return {f'p{percentile}': float(value) for percentile, value in zip(PERCENTILES, found)}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, float):
        return round(value, 3) if math.isfinite(value) else None
    return value
