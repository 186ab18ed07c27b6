"""sensor_msgs/Image messages for tests: any encoding, padding and byte order, and ways to spoil them."""
from __future__ import annotations

import array

import numpy as np
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from pose_ros.bridge.encodings import ENCODINGS

WIDTH, HEIGHT = 12, 10


def values_for(encoding: str, width: int = WIDTH, height: int = HEIGHT, seed: int = 0) -> np.ndarray:
    """Random values as they lie in memory: (rows, width, channels) uint8 or uint16."""
    layout = ENCODINGS[encoding]
    rows = round(height * (1 + layout.chroma_rows))
    dtype = np.uint8 if layout.bits == 8 else np.uint16
    return np.random.default_rng(seed).integers(0, 2 ** layout.bits, (rows, width, layout.channels), dtype)


def message(values: np.ndarray, encoding: str, padding: int = 0, big: bool = False, cut: bool = False) -> Image:
    """An Image of these values with padded rows; `cut` leaves out the padding of the last one."""
    rows, width, _ = values.shape
    lines = [row.astype(row.dtype.newbyteorder('>' if big else '<')).tobytes() + b'\xAB' * padding for row in values]
    data = b''.join(lines)
    height = round(rows / (1 + ENCODINGS[encoding].chroma_rows))
    return Image(header=Header(frame_id='camera'), width=width, height=height, encoding=encoding, is_bigendian=int(big),
                 step=len(lines[0]), data=array.array('B', data[:len(data) - padding] if cut else data))


def changed(**fields) -> Image:
    """A good bgr8 image with some fields changed."""
    msg = message(values_for('bgr8'), 'bgr8')
    for name, value in fields.items():
        setattr(msg, name, value)
    return msg
