"""Where the numbers of a message lie in the bytes that travel, so that all of them can be written at once from arrays.

CDR, version 1, is what the middlewares of ROS 2 send: numbers one after another, each at a multiple of its own size.
"""
from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np
from rosidl_parser.definition import Array, BasicType, NamespacedType

_TYPES = {'boolean': '?', 'octet': 'u1', 'uint8': 'u1', 'int8': 'i1', 'uint16': 'u2', 'int16': 'i2', 'uint32': 'u4',
          'int32': 'i4', 'uint64': 'u8', 'int64': 'i8', 'float': 'f4', 'double': 'f8'}
_LARGEST = 8


class CdrLayout:
    """The places of all numbers of some messages of one type, one after another, as in a sequence of them.

    Args:
        message: the type; no field may be a string.
        count: of messages.
        lengths: of the sequences in each message, by their path, e.g. {'keypoints': 18}.
        start: bytes of the whole message before the first of these.
    """

    def __init__(self, message: type, count: int, lengths: Mapping[str, int], start: int) -> None:
        # What comes before matters only for the alignment.
        self._start = self._end = start % _LARGEST
        self._lengths = dict(lengths)
        self._found: dict[str, tuple[str, list[int]]] = {}
        for _ in range(count):
            self._add_message(message, '')
        self._places = {path: (kind, np.array(places) // np.dtype(kind).itemsize)
                        for path, (kind, places) in self._found.items()}
        self._blank = np.zeros(-(-self._end // _LARGEST) * _LARGEST, np.uint8)
        self._write(self._blank, {f'{path}.length': np.array(length) for path, length in lengths.items() if count})

    def written(self, values: Mapping[str, np.ndarray]) -> bytes:
        """The bytes of the messages; numbers without a value are 0.

        Args:
            values: by path, e.g. 'keypoints.position.x', for all messages in one array.
        """
        data = self._blank.copy()
        self._write(data, {path: array for path, array in values.items() if array.size})
        return data[self._start:self._end].tobytes()

    def _write(self, data: np.ndarray, values: Mapping[str, np.ndarray]) -> None:
        for path, array in values.items():
            kind, places = self._places[path]
            data.view(kind)[places] = array.ravel()

    def _add_message(self, message: Any, path: str) -> None:
        for name, kind in zip(message.get_fields_and_field_types(), message.SLOT_TYPES):
            self._add(kind, f'{path}.{name}'.lstrip('.'))

    def _add(self, kind: Any, path: str) -> None:
        if isinstance(kind, BasicType):
            self._add_number(_TYPES[kind.typename], path)
        elif isinstance(kind, NamespacedType):
            self._add_message(getattr(import_module('.'.join(kind.namespaces)), kind.name), path)
        else:
            for _ in range(self._length(kind, path)):
                self._add(kind.value_type, path)

    def _length(self, kind: Any, path: str) -> int:
        if isinstance(kind, Array):
            return int(kind.size)
        self._add_number('u4', f'{path}.length')
        return self._lengths[path]

    def _add_number(self, kind: str, path: str) -> None:
        size = np.dtype(kind).itemsize
        place = -(-self._end // size) * size
        self._found.setdefault(path, (kind, []))[1].append(place)
        self._end = place + size
