"""Writes .caffemodel files: the other direction of `pose_ros.networks.caffe`, from caffe.proto alone."""
import numpy as np


def varint(value):
    groups = []
    while value >= 0x80:
        groups.append(value & 0x7f | 0x80)
        value >>= 7
    return bytes([*groups, value])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def number(field_number, value):
    return varint(field_number << 3) + varint(value)


def blob(array, old=False):
    data = np.asarray(array, '<f4')
    if old:
        shape = (1,) * (4 - data.ndim) + data.shape
        return b''.join(number(i + 1, size) for i, size in enumerate(shape)) + field(5, data.tobytes())
    return field(7, field(1, b''.join(varint(size) for size in data.shape))) + field(5, data.tobytes())


def layer(name, arrays, old=False):
    name_field, blobs_field = (4, 6) if old else (1, 7)
    kind = number(5, 4) if old else field(2, b'Convolution')
    return field(name_field, name.encode()) + kind + b''.join(field(blobs_field, blob(array, old)) for array in arrays)


def caffemodel(layers, old=False):
    """(name, arrays) pairs -> the bytes of a file, after the network's name, which nobody reads."""
    return field(1, b'a network') + b''.join(field(2 if old else 100, layer(*one, old)) for one in layers)
