"""Tops of maps between their cells: of the bicubic surface through the cells round the highest, and of parabolas."""
from __future__ import annotations

import numpy as np

REACH = 4           # cells to each side of the highest that are looked at
WINDOW = 1.5        # cells to each side in which the top may lie; at least one sample
COARSE = 1 / 6      # cells between the places that are looked at first
_A = -0.75          # of torch's and OpenCV's bicubic kernel
_GRID = np.linspace(-WINDOW, WINDOW, round(2 * WINDOW / COARSE) + 1, dtype=np.float32)


def bicubic_top(around: np.ndarray, centre: np.ndarray, whole: np.ndarray, step: np.ndarray) -> np.ndarray:
    """The highest sample of maps enlarged as torch and OpenCV do, and the top of the parabolas through it.

    A grid that is the same for all maps comes first; samples of the enlarged map then only round its highest place.

    Args:
        around: (N, 9, 9) float32, the cells round the highest of each map; outside the map its border repeated.
        centre: (N, 2) column and row of the highest.
        whole: (2,) columns and rows of a map.
        step: (N, 2) float32, cells per sample, across and down.

    Returns:
        (N, 2) x, y [cells of the map, centres at integers].
    """
    around = around - around.min((1, 2), keepdims=True)  # what is farther away counts as 0: as the lowest
    weights = _weights(_GRID)
    places = np.broadcast_to(_GRID, (*centre.shape, len(_GRID)))
    surface = weights @ (around @ weights.T)
    coarse = _GRID[highest(_within(surface, places, centre, whole, step))]
    near = int(np.ceil(COARSE / step.min())) + 1
    nearest = np.floor((centre + coarse + 0.5) / step)
    samples = nearest[..., None] + np.arange(-near, near + 1, dtype=np.float32) + np.float32(0.5)
    samples = (samples * step[..., None] - np.float32(0.5) - centre[..., None]).astype(np.float32)
    weights = _weights(samples)
    surface = _within(weights[:, 1] @ around @ weights[:, 0].swapaxes(1, 2), samples, centre, whole, step)
    chosen = highest(surface)
    top = np.take_along_axis(samples, chosen[..., None], 2)[..., 0]
    return centre + top + vertex(surface, chosen) * step


def highest(maps: np.ndarray) -> np.ndarray:
    """(N, 2) column and row of the highest cell of (N, h, w)."""
    rows, columns = np.divmod(maps.reshape(len(maps), -1).argmax(1), maps.shape[2])
    return np.stack([columns, rows], 1)


def vertex(maps: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """(N, 2) from a cell to the top of the parabolas through its neighbours, -0.5..0.5 cells; 0 at the border.

    Args:
        maps: (N, h, w). chosen: (N, 2) column and row.
    """
    number, inner = np.arange(len(maps)), np.clip(chosen, 1, np.array(maps.shape[:0:-1]) - 2)
    column, row = inner.T
    before = np.stack([maps[number, row, column - 1], maps[number, row - 1, column]], 1)
    after = np.stack([maps[number, row, column + 1], maps[number, row + 1, column]], 1)
    bend = np.minimum(before + after - 2 * maps[number, row, column, None], -1e-9)
    usable = (chosen == inner) & np.isfinite(bend)
    slope = np.subtract(before, after, out=np.zeros_like(bend), where=usable)
    return np.clip(np.divide(slope, 2 * bend, out=slope, where=usable), -0.5, 0.5)


def _within(surface: np.ndarray, places: np.ndarray, centre: np.ndarray, whole: np.ndarray,
            step: np.ndarray) -> np.ndarray:
    """(N, n, n), -inf where the (N, 2, n) places lie outside the map or farther away than may be looked."""
    on_map = places + centre[..., None]
    allowed = (abs(places) <= np.maximum(step, WINDOW)[..., None]) & (on_map > -0.5) & (on_map < whole[:, None] - 0.5)
    return np.where(allowed[:, 1, :, None] & allowed[:, 0, None], surface, -np.inf)


def _weights(places: np.ndarray) -> np.ndarray:
    """(..., n, 9) of the cells round a middle one, for values at (..., n) places from it: Keys' cubic convolution."""
    x = abs(places[..., None] - np.arange(-REACH, REACH + 1, dtype=np.float32))
    near, far = np.minimum(x, 1), np.clip(x, 1, 2)  # each part is 0 where the other begins
    return ((_A + 2) * near - (_A + 3)) * near * near + 1 + ((_A * far - 5 * _A) * far + 8 * _A) * far - 4 * _A
