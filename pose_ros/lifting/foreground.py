"""The depth of what is in front, from samples of which some show the background, noise or nothing."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np

_MIN_SAMPLES = 4
_ROUNDS = 3


class Surface(NamedTuple):
    """R surfaces seen in R sets of samples.

    Attributes:
        depths: (R,) [m]; NaN = nothing to see.
        variances: (R,) of the depths [m^2]; inf = nothing to see.
    """

    depths: np.ndarray
    variances: np.ndarray


def foreground(samples: np.ndarray, width_m: np.ndarray | float, min_share: float = 0.15) -> Surface:
    """The nearest surface that a fair share of the samples shows.

    A window climbs from the nearer quartile of each row to a mode (mean shift with medians), so that a limb wins over
    the wall behind it as soon as it fills a quarter of the samples.

    Args:
        samples: (R, S) depths [m], NaN = none.
        width_m: half the width of the window [m], one or (R,).
        min_share: of the S samples that must lie in the window.
    """
    values, width_m = np.sort(samples, axis=1), np.reshape(width_m, (-1, 1))
    rows = np.arange(len(values))
    middle = values[rows, np.isfinite(values).sum(axis=1) // 4]
    for _ in range(_ROUNDS):
        inside = np.abs(values - middle[:, None]) <= width_m
        first, count = inside.argmax(axis=1), inside.sum(axis=1)
        middle = values[rows, first + count // 2]
    enough = count >= np.maximum(_MIN_SAMPLES, min_share * values.shape[1])
    total = np.maximum(count, 1)
    depths = np.where(inside, values, 0).sum(axis=1) / total
    scatter = np.where(inside, values - depths[:, None], 0)
    variances = (scatter * scatter).sum(axis=1) / total / total
    return Surface(np.where(enough, depths, np.nan), np.where(enough, variances, np.inf))
