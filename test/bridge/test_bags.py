"""Bags: what is written is read back, by `rosbags` itself too; whatever can be read of a damaged bag is read."""
import shutil

import cv2
import numpy as np
import pytest
from rosbags.rosbag1 import Writer as Ros1Writer
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore

from pose_ros.bridge.bags import BagSource, is_bag, open_frames
from pose_ros.errors import SourceError

STAMP_NS = 1_700_000_000_000_000_000
SIZE = (64, 48)
ROS1, ROS2 = get_typestore(Stores.ROS1_NOETIC), get_typestore(Stores.ROS2_JAZZY)


def picture(number):
    """(48, 64, 3) smooth RGB picture, another one for each number."""
    rows, columns = np.mgrid[:SIZE[1], :SIZE[0]]
    return np.stack([4 * rows, 3 * columns, np.full_like(rows, 20 * number % 256)], axis=-1).astype(np.uint8)


def header(store, stamp_ns):
    types = store.types
    stamp = types['builtin_interfaces/msg/Time'](sec=stamp_ns // 10**9, nanosec=stamp_ns % 10**9)
    extra = {'seq': 0} if store is ROS1 else {}
    return types['std_msgs/msg/Header'](stamp=stamp, frame_id='camera', **extra)


def raw_message(store, number, stamp_ns, **changes):
    values = {'height': SIZE[1], 'width': SIZE[0], 'encoding': 'rgb8', 'is_bigendian': 0, 'step': 3 * SIZE[0],
              'data': picture(number).ravel()} | changes
    return store.types['sensor_msgs/msg/Image'](header=header(store, stamp_ns), **values)


def jpeg_message(store, number, stamp_ns):
    data = cv2.imencode('.jpg', picture(number)[..., ::-1])[1].ravel()
    return store.types['sensor_msgs/msg/CompressedImage'](header=header(store, stamp_ns), format='jpeg', data=data)


def info_message(store, stamp_ns):
    matrix = np.array([50, 0, 31.5, 0, 50, 23.5, 0, 0, 1.0])
    roi = store.types['sensor_msgs/msg/RegionOfInterest'](x_offset=0, y_offset=0, height=0, width=0, do_rectify=False)
    names = ('D', 'K', 'R', 'P') if store is ROS1 else ('d', 'k', 'r', 'p')
    arrays = dict(zip(names, (np.zeros(5), matrix, np.eye(3).ravel(), np.zeros(12))))
    return store.types['sensor_msgs/msg/CameraInfo'](
        header=header(store, stamp_ns), height=SIZE[1], width=SIZE[0], distortion_model='plumb_bob', binning_x=0,
        binning_y=0, roi=roi, **arrays)


def write_bag(path, messages, kind='mcap'):
    """A bag of (topic, message) at 10 Hz; returns what to open."""
    store = ROS1 if kind == 'bag' else ROS2
    writer = Ros1Writer(path) if kind == 'bag' else Writer(path, version=9, storage_plugin=StoragePlugin[kind.upper()])
    connections = {}
    with writer:
        for number, (topic, message) in enumerate(messages):
            if topic not in connections:
                connections[topic] = writer.add_connection(topic, message.__msgtype__, typestore=store)
            serialize = store.serialize_ros1 if kind == 'bag' else store.serialize_cdr
            writer.write(connections[topic], STAMP_NS + number * 10**8, serialize(message, message.__msgtype__))
    return path


def raw_messages(store=ROS2, count=5, topic='/camera/image_raw', **changes):
    return [(topic, raw_message(store, number, STAMP_NS + number * 10**8 + 7, **changes)) for number in range(count)]


@pytest.mark.parametrize('kind', ['mcap', 'sqlite3', 'bag'])
@pytest.mark.parametrize('make', [raw_message, jpeg_message])
def test_images_and_stamps_come_back_from_every_kind_of_bag(tmp_path, kind, make):
    store = ROS1 if kind == 'bag' else ROS2
    stamps = [STAMP_NS + number * 10**8 + 7 for number in range(5)]
    messages = [('/camera/image', make(store, number, stamp_ns)) for number, stamp_ns in enumerate(stamps)]
    path = write_bag(tmp_path / 'a.bag', messages, kind)
    with open_frames(str(path)) as source:
        frames = list(source)
        assert (source.length, source.name, source.camera) == (5, str(path), None)
        assert source.rate_hz == pytest.approx(10, rel=1e-3)
        assert len(list(source)) == 5, 'iterating again starts again'
    assert [frame.stamp_ns for frame in frames] == stamps
    for number, frame in enumerate(frames):
        np.testing.assert_allclose(frame.image.astype(int), picture(number), atol=0 if make is raw_message else 12)


@pytest.mark.parametrize('kind', ['mcap', 'bag'])
def test_the_calibration_beside_the_images_is_read(tmp_path, kind):
    store = ROS1 if kind == 'bag' else ROS2
    messages = raw_messages(store) + [('/camera/camera_info', info_message(store, STAMP_NS))]
    with BagSource(write_bag(tmp_path / 'a.bag', messages, kind)) as source:
        assert (source.camera.width, source.camera.height) == SIZE
        assert source.camera.matrix[0, 0] == 50


def test_the_topic_is_the_one_asked_for_or_the_largest_that_is_not_depth(tmp_path):
    path = write_bag(tmp_path / 'a', raw_messages(count=2, topic='/small') + raw_messages(count=3, topic='/large') +
                     raw_messages(count=9, topic='/camera/depth/image'))
    for topic, found, length in (('', '/large', 3), ('/small', '/small', 2)):
        with BagSource(path, topic) as source:
            assert (source.topic, source.length, len(list(source))) == (found, length, length)
    with pytest.raises(SourceError, match=r"no image topic '/none'; allowed: /camera/depth/image, /large, /small"):
        BagSource(path, '/none')


def test_a_bag_without_images_names_what_it_holds(tmp_path):
    path = write_bag(tmp_path / 'a', [('/camera_info', info_message(ROS2, STAMP_NS))])
    with pytest.raises(SourceError, match=r'no image topic; it holds /camera_info \[sensor_msgs/msg/CameraInfo\]'):
        BagSource(path)


def test_the_log_time_stands_in_for_a_missing_stamp(tmp_path):
    path = write_bag(tmp_path / 'a', [('/image', raw_message(ROS2, 0, 0))])
    with BagSource(path) as source:
        assert [frame.stamp_ns for frame in source] == [STAMP_NS]


def test_an_image_that_cannot_be_read_is_skipped_and_named(tmp_path, caplog):
    messages = raw_messages(count=2) + raw_messages(count=1, step=5) + raw_messages(count=1)
    with BagSource(write_bag(tmp_path / 'a', messages)) as source:
        assert len(list(source)) == 3
    assert 'image 2 of /camera/image_raw skipped: step is 5 bytes' in caplog.text


def test_a_bag_of_unreadable_images_is_an_error(tmp_path):
    with BagSource(write_bag(tmp_path / 'a', raw_messages(encoding='nonsense'))) as source, \
            pytest.raises(SourceError, match='none of the 5 images'):
        list(source)


@pytest.mark.parametrize('share', [0.3, 0.6, 0.99])
def test_a_recording_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path, share, caplog):
    count = 400  # 3.7 MB: several chunks
    whole = write_bag(tmp_path / 'a', raw_messages(count=count)) / 'a.mcap'
    cut = tmp_path / 'cut.mcap'
    cut.write_bytes(whole.read_bytes()[:int(share * whole.stat().st_size)])
    with BagSource(cut) as source:
        frames = list(source)
    assert 0 < len(frames) < count and len(frames) > (share - 0.35) * count
    np.testing.assert_array_equal(frames[-1].image, picture(len(frames) - 1))
    assert 'cut.mcap is damaged' in caplog.text


def test_a_recording_without_its_metadata_is_read(tmp_path):
    path = write_bag(tmp_path / 'a', raw_messages())
    (path / 'metadata.yaml').unlink()
    with open_frames(str(path)) as source:
        assert len(list(source)) == 5


@pytest.mark.parametrize('kind', ['mcap', 'sqlite3'])
def test_damage_in_the_middle_never_hangs_or_raises_anything_but_source_errors(tmp_path, kind):
    path = write_bag(tmp_path / 'a', raw_messages(count=40), kind)
    file, = (found for found in path.iterdir() if found.suffix != '.yaml')
    good = file.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(40):
        bad = bytearray(good)
        for place in rng.integers(len(bad), size=6):
            bad[place] ^= 1 << int(rng.integers(8))
        file.write_bytes(bad)
        try:
            with BagSource(path) as source:
                assert sum(1 for _ in source) <= 40
        except SourceError as error:
            assert str(error)


@pytest.mark.parametrize(('name', 'content'), [
    ('a.mcap', b''), ('a.mcap', b'not a bag' * 100), ('a.db3', b'SQLite format 3\0' + bytes(100)),
    ('a.bag', b'#ROSBAG V2.0\n'), ('a.bag', b'')])
def test_what_is_no_bag_is_an_error_that_names_it(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=rf'{name} is no bag that can be read|has no image topic'):
        open_frames(str(tmp_path / name))


def test_bags_are_told_from_other_sources(tmp_path):
    path = write_bag(tmp_path / 'a', raw_messages())
    assert is_bag(path) and is_bag(path / 'a.mcap')
    assert not is_bag(tmp_path) and not is_bag(tmp_path / 'video.mp4')
    shutil.rmtree(path)
    with pytest.raises(SourceError, match='no source'):
        open_frames(str(path))


def test_the_shared_bag_is_read(shared):
    with open_frames(str(shared / 'data/bags/people_ccby_mcap')) as source:
        assert (source.topic, source.length) == ('/camera/color/image_raw/compressed', 80)
        assert source.camera is not None and source.rate_hz == pytest.approx(10, rel=0.05)
        assert {frame.image.shape for frame in source} == {(480, 640, 3)}
