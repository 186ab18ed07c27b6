"""Points of bodies in space from one skeleton to another."""
from __future__ import annotations

import numpy as np

from pose_ros.skeletons import COCO17, OPENPOSE18


def openpose18(points: np.ndarray) -> np.ndarray:
    """(..., 17, 3) points of COCO17 -> (..., 18, 3) of OPENPOSE18, whose neck is between the shoulders."""
    neck = points[..., [COCO17.index('left_shoulder'), COCO17.index('right_shoulder')], :].mean(axis=-2)
    source = OPENPOSE18.indices_in(COCO17)
    return np.where((source >= 0)[:, None], points[..., source, :], neck[..., None, :])
