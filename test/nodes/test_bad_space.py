"""What is wrong with depth, calibration, tf or time is told; 2D goes on, and nothing is invented."""
from __future__ import annotations

import numpy as np
import pytest
from conftest import wait_until
from nodes.space_rig import OPTICAL, START_S, SpaceRig, errors_m, scene
from sensor_msgs.msg import Image

from pose_ros.camera import Camera
from pose_ros.errors import SettingError
from pose_ros.msg import Keypoint

STEP_S = 0.05


def is_flat(msg) -> bool:
    """Everybody is there, and nobody has a place in space."""
    return bool(msg.persons) and not any(one.has_3d for one in msg.persons) and all(
        np.isnan(keypoint.position.x) and keypoint.depth_source == Keypoint.NONE
        for one in msg.persons for keypoint in one.keypoints)


def is_told(space: SpaceRig, *parts: str) -> None:
    """Waits until log and diagnostics say so."""
    space.wait_for_log('/image: no 3D', *parts)
    wait_until(lambda: any('in space' in status.name and status.level[0] == 1 and all(part in status.message
                                                                                      for part in parts)
                           for message in space.diagnostics for status in message.status), what='diagnostics tell')


def recovers(space: SpaceRig, made, stamp_s: float) -> None:
    """The next good images have metres again."""
    for number in range(3):
        space.send_depth(made.depth, stamp_s + number * STEP_S)
        msg = space.show(0, stamp_s + number * STEP_S)
    assert np.median(errors_m(msg, made.points[0])) < 0.05


def test_missing_depth(space):
    made = scene()
    space.begin([made.persons])
    space.send_calibration()
    assert is_flat(space.show(0, START_S))
    is_told(space, '/depth/image has sent no depth image')
    recovers(space, made, START_S + STEP_S)


def test_depth_of_another_moment(space):
    made = scene()
    space.begin([made.persons])
    space.send_calibration()
    space.send_depth(made.depth, START_S)
    assert is_flat(space.show(0, START_S + 0.1))
    is_told(space, '/depth/image', '100 ms earlier', 'allowed: depth_slop_s = 20 ms')
    recovers(space, made, START_S + 0.15)


def test_what_lasts_is_told_once(space):
    """Though its numbers differ from image to image."""
    made = scene()
    space.begin([made.persons])
    space.send_calibration()
    space.send_depth(made.depth, START_S)
    for number in range(1, 8):
        space.show(0, START_S + 0.111 * number)
    space.wait_for_log('/image: no 3D')
    assert len([log for log in space.logs if 'no 3D' in log.msg]) == 1


def test_depth_that_stops_is_predicted_shortly_and_marked_so(space):
    made = scene()
    space.begin([made.persons])
    space.send_calibration()
    recovers(space, made, START_S)
    msg = space.show(0, START_S + 0.2)
    sources = {keypoint.depth_source for keypoint in msg.persons[0].keypoints}
    assert sources <= {Keypoint.PREDICTED, Keypoint.NONE} and Keypoint.PREDICTED in sources
    assert is_flat(space.show(0, START_S + 2.0))


BAD_DEPTHS = {
    'millimetres in floats': (lambda made: (np.float32(1000) * made.depth, {'encoding': '32FC1', 'step': 2560}),
                              ('beyond', 'millimetres?')),
    'colours': (lambda made: (np.zeros((480, 640), np.uint8), {'encoding': 'mono8', 'step': 640}),
                ("'mono8' is no depth", '16UC1', '32FC1')),
    'truncated': (lambda made: (made.depth.astype(np.float32), {'encoding': '32FC1', 'step': 5000}),
                  ('data has', 'wrong step')),
    'another size': (lambda made: (np.ascontiguousarray(made.depth[::2, ::2]), {}),
                     ('/depth/camera_info has sent nothing', '320x240')),
}


@pytest.mark.parametrize('kind', BAD_DEPTHS)
def test_bad_depth(space, kind):
    make, parts = BAD_DEPTHS[kind]
    made = scene()
    space.begin([made.persons])
    space.send_calibration()
    values, changes = make(made)
    space.send_depth(values, START_S, **changes)
    assert is_flat(space.show(0, START_S))
    is_told(space, *parts)
    recovers(space, made, START_S + STEP_S)


def test_zero_depth_is_no_point(space):
    made = scene()
    space.begin([made.persons])
    space.send_calibration()
    space.send_depth(np.zeros_like(made.depth), START_S)
    assert is_flat(space.show(0, START_S))


def test_a_camera_without_calibration(space):
    made = scene()
    space.begin([made.persons])
    space.send_depth(made.depth, START_S)
    assert is_flat(space.show(0, START_S))
    is_told(space, '/camera_info has sent nothing', '640x480')


def test_a_calibration_of_another_size(space):
    made = scene()
    space.begin([made.persons])
    space.send_calibration(Camera.from_field_of_view(320, 240))
    space.send_depth(made.depth, START_S)
    assert is_flat(space.show(0, START_S))
    is_told(space, '/camera_info is for 320x240 px', '640x480')


def test_tf_that_never_comes(space):
    made = scene()
    space.begin([made.persons], target_frame='map')
    space.send_calibration()
    space.send_depth(made.depth, START_S)
    msg = space.show(0, START_S)
    assert is_flat(msg) and msg.header.frame_id == 'map', 'a frame in which nothing is said cannot be wrong'
    is_told(space, f'nothing connects {OPTICAL} to map')


def test_tf_that_comes_too_late_and_then_in_time(space):
    made = scene()
    space.begin([made.persons], target_frame='map')
    space.send_calibration()
    space.send_tf('map', OPTICAL, np.eye(4), START_S - 1)
    space.send_depth(made.depth, START_S)
    assert is_flat(space.show(0, START_S))
    is_told(space, 'is not known at', '1.000 s after the newest')
    space.send_tf('map', OPTICAL, np.eye(4), START_S + 1)
    recovers(space, made, START_S + STEP_S)


def test_a_transform_that_is_none_is_told(space):
    space.begin([scene().persons], target_frame='map')
    publisher = space.probe.create_publisher(*tf_topic())
    wait_until(publisher.get_subscription_count)
    publisher.publish(broken_tf())
    space.wait_for_log('tf: ', 'quaternion', 'allowed')


def tf_topic():
    from tf2_msgs.msg import TFMessage
    return TFMessage, '/tf', 10


def broken_tf():
    from geometry_msgs.msg import TransformStamped
    from tf2_msgs.msg import TFMessage
    broken = TransformStamped(child_frame_id=OPTICAL)
    broken.header.frame_id = 'map'
    broken.transform.rotation.w = 0.0
    return TFMessage(transforms=[broken])


def test_a_depth_camera_that_nobody_has_placed(space):
    made = scene()
    space.begin([made.persons])
    space.send_calibration()
    space.send_depth(made.depth, START_S, 'depth_optical_frame')
    assert is_flat(space.show(0, START_S))
    is_told(space, f'nothing connects depth_optical_frame to {OPTICAL}')
    recovers(space, made, START_S + STEP_S)


def test_a_depth_publisher_that_does_not_fit_is_told(space):
    """A best-effort depth camera, though reliable images are asked for, is named."""
    space.begin([scene().persons])
    from rclpy.qos import QoSProfile, ReliabilityPolicy
    lossy = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
    space.probe.create_publisher(Image, '/depth/image', lossy)
    space.wait_for_log('/depth/image', 'RELIABILITY')


@pytest.mark.parametrize(('values', 'parts'), [
    ({'depth_topics': ['/a', '/b']}, ('depth_topics', "['/a', '/b'] for 1 image topics", 'allowed')),
])
def test_depth_topics_that_do_not_fit_fail_the_activation(space, values, parts):
    space.start(autostart=False, **values)
    assert space.change('configure') and not space.change('activate')
    space.wait_for_log('activate', *parts)


def test_fusion_without_a_common_frame_is_refused(space):
    with pytest.raises(SettingError, match="fuse = True with target_frame = ''"):
        space.start(fuse=True)
