"""A depth image with all that is needed to read it at the pixels of a colour image."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pose_ros.camera import Camera
from pose_ros.lifting.depth_image import DepthImage


@dataclass(frozen=True, eq=False)
class DepthFrame:
    """Depth that belongs to a colour image by its stamp.

    Attributes:
        image: the depths.
        camera: that made them; None = they are aligned, pixel on pixel, to the colour image.
        transform_to_colour: (4, 4) points in the optical frame of that camera -> that of the colour camera; used only
            with a camera.
    """

    image: DepthImage
    camera: Camera | None = None
    transform_to_colour: np.ndarray | None = None
