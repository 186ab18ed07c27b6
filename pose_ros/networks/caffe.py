"""The weights of a .caffemodel: just enough of protocol buffers to find each layer's name and numbers.

OpenCV read these files until version 4; this works beside any version. The format: developers.google.com, "Protocol
Buffers: Encoding"; field numbers: caffe.proto (BSD-2-Clause).
"""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pose_ros.errors import WeightsError

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
# Fields of NetParameter, and those of its layers: (name, blobs) in the present format and in the old one.
_LAYER, _OLD_LAYER = 100, 2
_NAME_AND_BLOBS = {_LAYER: (1, 7), _OLD_LAYER: (4, 6)}
# Fields of BlobProto.
_DATA, _SHAPE, _OLD_SHAPE = 5, 7, (1, 2, 3, 4)


def read_caffemodel(path: Path) -> dict[str, list[np.ndarray]]:
    """The float32 arrays of every layer that has some: its weights, and its bias if it has one.

    Raises:
        WeightsError: the file is missing, or no .caffemodel.
    """
    try:
        content = memoryview(path.read_bytes())
        layers = dict(_layer(value, *_NAME_AND_BLOBS[field]) for field, value in _fields(content)
                      if field in _NAME_AND_BLOBS and isinstance(value, memoryview))
    except OSError as error:
        raise WeightsError(f'cannot read the weights {path}: {error.strerror}; allowed: a readable file') from error
    except (IndexError, ValueError) as error:
        raise WeightsError(f'{path.name} is damaged or no .caffemodel ({error}); allowed: weights written by Caffe'
                           ) from error
    return {name: blobs for name, blobs in layers.items() if blobs}


def _fields(content: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of every field of a message."""
    place = 0
    while place < len(content):
        key, place = _varint(content, place)
        kind = key & 7
        if kind == _VARINT:
            value, place = _varint(content, place)
            yield key >> 3, value
            continue
        if kind not in (_FIXED64, _BYTES, _FIXED32):
            raise ValueError(f'wire type {kind} at byte {place}')
        length, place = _varint(content, place) if kind == _BYTES else (8 if kind == _FIXED64 else 4, place)
        if place + length > len(content):
            raise ValueError(f'it ends within a field at byte {place}')
        yield key >> 3, content[place:place + length]
        place += length


def _varint(content: memoryview, place: int) -> tuple[int, int]:
    """A number in groups of seven bits, the lowest first; and the place behind it."""
    value = shift = 0
    while True:
        byte = content[place]
        value |= (byte & 0x7f) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place


def _layer(content: memoryview, name_field: int, blobs_field: int) -> tuple[str, list[np.ndarray]]:
    name, blobs = '', []
    for field, value in _fields(content):
        if isinstance(value, memoryview) and field == name_field:
            name = bytes(value).decode()
        elif isinstance(value, memoryview) and field == blobs_field:
            blobs.append(_blob(value))
    return name, blobs


def _blob(content: memoryview) -> np.ndarray:
    data, shape, old_shape = [], [], [1, 1, 1, 1]
    for field, value in _fields(content):
        if field == _DATA and isinstance(value, memoryview):
            data.append(np.frombuffer(value, '<f4'))
        elif field == _SHAPE and isinstance(value, memoryview):
            shape = _dimensions(value)
        elif field in _OLD_SHAPE and isinstance(value, int):
            old_shape[_OLD_SHAPE.index(field)] = value
    return np.concatenate([*data, np.zeros(0, np.float32)]).reshape(shape or old_shape)


def _dimensions(content: memoryview) -> list[int]:
    """Of a BlobShape: packed, or one field each."""
    sizes: list[int] = []
    for _, value in _fields(content):
        if isinstance(value, int):
            sizes.append(value)
            continue
        place = 0
        while place < len(value):
            size, place = _varint(value, place)
            sizes.append(size)
    return sizes
