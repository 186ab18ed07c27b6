"""cv_bridge where it works, the project's own conversion where not: the same pixels and errors either way."""
from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest
from image_messages import changed, message, values_for

from pose_ros.bridge.converter import converter
from pose_ros.bridge.encodings import ENCODINGS
from pose_ros.bridge.images import image_from_msg
from pose_ros.errors import ImageError


def install(monkeypatch, imgmsg_to_cv2) -> None:
    """Puts a `cv_bridge` into this process that converts like this."""
    module = ModuleType('cv_bridge')
    module.CvBridge = type('CvBridge', (), {'imgmsg_to_cv2': staticmethod(imgmsg_to_cv2)})
    monkeypatch.setitem(sys.modules, 'cv_bridge', module)


def working(msg, encoding):
    """Converts as ROS 2's cv_bridge does, and marks what went through it."""
    if encoding == msg.encoding:
        return np.frombuffer(msg.data, np.uint8).reshape(msg.height, msg.width, 3)
    image = image_from_msg(msg).copy()
    image[0, 0] = 77
    return image


def failing_with(error):
    def imgmsg_to_cv2(msg, encoding):
        raise error
    return imgmsg_to_cv2


@pytest.mark.parametrize('imgmsg_to_cv2', [
    failing_with(TypeError('buffer is too small for requested array')),
    failing_with(ImportError('built for numpy 1')),
    failing_with(AttributeError('_ARRAY_API not found')),
    failing_with(RuntimeError('unknown')),
    lambda msg, encoding: np.zeros((2, 2, 3), np.uint8),
], ids=['ros1', 'numpy1', 'array_api', 'boost', 'wrong'])
def test_a_cv_bridge_that_does_not_work_is_ignored(monkeypatch, imgmsg_to_cv2):
    install(monkeypatch, imgmsg_to_cv2)
    assert converter() is image_from_msg


def test_without_cv_bridge_the_own_conversion_is_used(monkeypatch):
    monkeypatch.setitem(sys.modules, 'cv_bridge', None)
    assert converter() is image_from_msg


@pytest.mark.parametrize(('encoding', 'padding', 'big', 'used'), [
    ('bgr8', 0, False, True), ('bgr8', 3, False, True), ('mono16', 0, False, True), ('bayer_rggb8', 1, False, True),
    ('yuv422_yuy2', 2, False, True),
    ('bgr8', 1, False, False), ('mono16', 0, True, False), ('8UC3', 0, False, False), ('nv12', 0, False, False)])
def test_a_working_cv_bridge_gets_what_it_can_read(monkeypatch, encoding, padding, big, used):
    install(monkeypatch, working)
    image = converter()(message(values_for(encoding), encoding, padding, big))
    assert (image[0, 0] == 77).all() == used


def test_cv_bridge_never_sees_a_bad_message(monkeypatch):
    install(monkeypatch, working)
    for msg in (changed(step=1), changed(data=bytes(7)), changed(encoding='nonsense'), changed(width=0)):
        with pytest.raises(ImageError):
            converter()(msg)


def test_the_real_cv_bridge_gives_the_same_pixels():
    convert = converter()
    if convert is image_from_msg:
        pytest.skip('no working cv_bridge of ROS 2 on this machine')
    for encoding in ENCODINGS:
        for padding in (0, 1, 12):
            msg = message(values_for(encoding, 64, 48), encoding, padding)
            np.testing.assert_array_equal(convert(msg), image_from_msg(msg), err_msg=f'{encoding}, padding {padding}')
