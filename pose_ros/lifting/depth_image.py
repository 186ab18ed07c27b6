"""Depth images in metres, whatever they are stored in; no depth is NaN, never zero."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pose_ros.errors import ImageError

# ROS encodings (REP-118): 16-bit integers are millimetres with 0 for none, floats are metres with NaN for none.
_METRES_PER_UNIT = {'16UC1': 1e-3, 'mono16': 1e-3, '32FC1': 1.0}
_TYPES = {'16UC1': np.uint16, 'mono16': np.uint16, '32FC1': np.float32}
_FARTHEST_M = 100.0


@dataclass(frozen=True, eq=False)
class DepthImage:
    """Distances along z of the optical frame.

    Attributes:
        values: (H, W) uint16 [mm] or float32 [m].
        encoding: '16UC1' (or 'mono16') or '32FC1'; '' = by the type of the values.

    Raises:
        ImageError: the array is no image, its type contradicts the encoding, or float values are no metres.
    """

    values: np.ndarray
    encoding: str = ''

    def __post_init__(self) -> None:
        kinds = {np.dtype(np.uint16): '16UC1', np.dtype(np.float32): '32FC1'}
        values = self.values
        encoding = self.encoding or kinds.get(values.dtype, f'of {values.dtype}')
        if encoding not in _TYPES:
            raise ImageError(f'depth image {encoding}; allowed: 16UC1 [mm] (uint16) or 32FC1 [m] (float32)')
        if values.dtype != _TYPES[encoding] or values.ndim != 2 or not values.size:
            raise ImageError(f'a {encoding} depth image of {values.dtype} and shape {values.shape}; '
                             f'allowed: {np.dtype(_TYPES[encoding])}, (height, width), not empty')
        object.__setattr__(self, 'encoding', encoding)
        self._check_unit()

    def _check_unit(self) -> None:
        if self.encoding != '32FC1':
            return
        some = self.values[::8, ::8]
        some = some[np.isfinite(some) & (some > 0)]
        if len(some) and np.median(some) > _FARTHEST_M:
            raise ImageError(f'half of the {self.encoding} depths are beyond {np.median(some):.0f} m; allowed: metres '
                             'in 32FC1. Are these millimetres?')

    def at(self, pixels: np.ndarray, nearest_m: float, farthest_m: float) -> np.ndarray:
        """(..., 2) pixels as x, y -> (...) depth [m] there; NaN for none, out of range, or outside the image."""
        height, width = self.values.shape
        columns, rows = np.rint(pixels[..., 0]), np.rint(pixels[..., 1])
        # NaN is never inside.
        inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        places = np.where(inside, rows * width + columns, 0).astype(np.int64)
        metres = self.values.ravel().take(places) * np.float64(_METRES_PER_UNIT[self.encoding])
        metres[~(inside & (metres >= nearest_m) & (metres <= farthest_m))] = np.nan
        return metres

    def metres(self, pixels: tuple[slice, ...] = ()) -> np.ndarray:
        """(H, W) float32 [m], NaN for none; or some rows and columns of it."""
        metres = self.values[pixels] * np.float32(_METRES_PER_UNIT[self.encoding])
        return np.where(np.isfinite(metres) & (metres > 0), metres, np.nan).astype(np.float32)
