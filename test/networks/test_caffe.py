import numpy as np
import pytest
from networks.caffemodels import blob, caffemodel, field

from pose_ros.errors import WeightsError
from pose_ros.networks.caffe import read_caffemodel

RNG = np.random.default_rng(0)
WEIGHT, BIAS = RNG.normal(size=(300, 3, 1, 2)).astype(np.float32), RNG.normal(size=300).astype(np.float32)


def write(tmp_path, content):
    path = tmp_path / 'net.caffemodel'
    path.write_bytes(content)
    return path


def test_layers_come_back_as_written(tmp_path):
    found = read_caffemodel(write(tmp_path, caffemodel([('conv', [WEIGHT, BIAS]), ('relu', []), ('other', [BIAS])])))
    assert list(found) == ['conv', 'other']
    for one, other in zip(found['conv'], (WEIGHT, BIAS)):
        np.testing.assert_array_equal(one, other)


def test_old_files_have_four_sizes(tmp_path):
    found = read_caffemodel(write(tmp_path, caffemodel([('conv', [WEIGHT, BIAS])], old=True)))
    np.testing.assert_array_equal(found['conv'][0], WEIGHT)
    np.testing.assert_array_equal(found['conv'][1], BIAS.reshape(1, 1, 1, -1))


def test_numbers_one_by_one_are_read_too(tmp_path):
    """Without packing: a key before every number."""
    unpacked = field(7, b''.join(bytes([1 << 3]) + bytes([size]) for size in (2, 2)))
    unpacked += b''.join(bytes([5 << 3 | 5]) + np.float32(value).tobytes() for value in range(4))
    content = field(100, field(1, b'conv') + field(7, unpacked))
    np.testing.assert_array_equal(read_caffemodel(write(tmp_path, content))['conv'][0], [[0, 1], [2, 3]])


@pytest.mark.parametrize('spoil', [lambda content: content[:-5], lambda content: b'\xff' * 40,
                                   lambda content: content + b'\x0b', lambda content: b'PK\x03\x04 no such file'])
def test_damaged_files_are_named(tmp_path, spoil):
    path = write(tmp_path, spoil(caffemodel([('conv', [WEIGHT, BIAS])])))
    with pytest.raises(WeightsError, match='net.caffemodel is damaged or no .caffemodel'):
        read_caffemodel(path)


def test_a_shape_that_does_not_fit_is_named(tmp_path):
    wrong = blob(BIAS).replace(BIAS.tobytes(), BIAS[:-1].tobytes())
    with pytest.raises(WeightsError, match='net.caffemodel'):
        read_caffemodel(write(tmp_path, field(100, field(1, b'conv') + field(7, wrong))))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WeightsError, match='nothing.caffemodel'):
        read_caffemodel(tmp_path / 'nothing.caffemodel')
