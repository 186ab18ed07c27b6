"""Bags that are written hold what was given, to readers that know nothing of this package."""
import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from rclpy.serialization import deserialize_message
from rosbags.highlevel import AnyReader
from sensor_msgs.msg import Image
from visualization_msgs.msg import Marker, MarkerArray

from pose_ros.bridge.bag_writer import BagWriter, type_name
from pose_ros.bridge.bags import BagSource
from pose_ros.bridge.definitions import definitions_folder, typestore
from pose_ros.errors import SourceError
from pose_ros.msg import Keypoint, PersonPose, PersonPoseArray


def make_persons():
    keypoint = Keypoint(x=1.5, y=math.nan, score=0.25, visibility=Keypoint.VISIBLE)
    keypoint.position.z = 2.5
    message = PersonPoseArray(camera='front', image_width=640, keypoint_names=['nose', 'neck'], skeleton_edges=[0, 1],
                              persons=[PersonPose(track_id=-1, bbox=[1, 2, 3, 4], keypoints=[keypoint, Keypoint()])])
    message.header.stamp.sec = 12
    return message


def make_image():
    return Image(height=2, width=3, step=9, encoding='rgb8', data=bytes(range(18)))


def read_back(path):
    with AnyReader([path]) as reader:
        return [(connection.topic, connection.msgtype, stamp_ns, raw, reader.deserialize(raw, connection.msgtype))
                for connection, stamp_ns, raw in reader.messages()]


def test_messages_come_back_by_the_definitions_in_the_bag_alone(tmp_path):
    with BagWriter(tmp_path / 'new' / 'poses.mcap') as bag:
        bag.write('/persons', make_persons(), 5)
        bag.write('/markers', MarkerArray(markers=[Marker(id=3, ns='a')]), 6)
        bag.write('/persons', PersonPoseArray(), 7)
    assert [path.name for path in (tmp_path / 'new').iterdir()] == ['poses.mcap']
    found = read_back(tmp_path / 'new' / 'poses.mcap')
    assert [(topic, kind, stamp) for topic, kind, stamp, *_ in found] == [
        ('/persons', 'pose_ros/msg/PersonPoseArray', 5), ('/markers', 'visualization_msgs/msg/MarkerArray', 6),
        ('/persons', 'pose_ros/msg/PersonPoseArray', 7)]
    person = found[0][4].persons[0]
    assert (person.keypoints[0].x, person.keypoints[0].score, person.keypoints[0].position.z) == (1.5, 0.25, 2.5)
    assert math.isnan(person.keypoints[0].y) and list(person.bbox) == [1, 2, 3, 4]
    assert found[0][4].keypoint_names == ['nose', 'neck']
    assert found[1][4].markers[0].id == 3


def test_rclpy_reads_the_same_message(tmp_path):
    with BagWriter(tmp_path / 'poses.mcap') as bag:
        bag.write('/persons', make_persons(), 5)
    raw = read_back(tmp_path / 'poses.mcap')[0][3]
    again = deserialize_message(bytes(raw), PersonPoseArray)
    again.persons[0].keypoints[0].y = 0.0  # NaN is not equal to itself
    expected = make_persons()
    expected.persons[0].keypoints[0].y = 0.0
    assert again == expected


@pytest.mark.parametrize('name', ['Keypoint', 'PersonPose', 'PersonPoseArray'])
def test_type_hashes_are_those_of_the_generated_messages(name):
    described = Path(sys.prefix, 'share/pose_ros/msg', f'{name}.json')
    if not described.exists():
        pytest.skip(f'needs the installed interface description {described}')
    hashes = {item['type_name']: item['hash_string'] for item in json.loads(described.read_text())['type_hashes']}
    assert typestore().hash_rihs01(f'pose_ros/msg/{name}') == hashes[f'pose_ros/msg/{name}']


def test_images_written_are_a_source(tmp_path):
    with BagWriter(tmp_path / 'a.mcap') as bag:
        for stamp_ns in (10, 20):
            bag.write('/image', make_image(), stamp_ns)
    with BagSource(tmp_path / 'a.mcap') as source:
        np.testing.assert_array_equal(next(iter(source)).image, np.arange(18, dtype=np.uint8).reshape(2, 3, 3))
        assert source.length == 2


def test_an_interrupted_recording_is_complete_and_replaces_the_last_one(tmp_path):
    for stamp_ns in (1, 2):
        with pytest.raises(KeyboardInterrupt), BagWriter(tmp_path / 'poses.mcap') as bag:
            bag.write('/persons', make_persons(), stamp_ns)
            raise KeyboardInterrupt
    assert [stamp_ns for _, _, stamp_ns, *_ in read_back(tmp_path / 'poses.mcap')] == [2]


def test_an_empty_recording_is_a_valid_bag(tmp_path):
    BagWriter(tmp_path / 'poses.mcap').close()
    assert read_back(tmp_path / 'poses.mcap') == []


def test_what_a_killed_process_leaves_can_be_read(tmp_path):
    bag = BagWriter(tmp_path / 'a.mcap')
    for stamp_ns in range(1, 2001):
        bag.write('/image', Image(height=20, width=20, step=60, encoding='rgb8', data=bytes(1200)), stamp_ns)
    left, = tmp_path.glob('.recording-*/a')
    with BagSource(left) as source:
        assert sum(1 for _ in source) > 500
    bag.close()


def test_wrong_use_is_an_error(tmp_path):
    bag = BagWriter(tmp_path / 'a.mcap')
    bag.write('/a', make_image(), 1)
    with pytest.raises(SourceError, match=r'/a holds sensor_msgs/msg/Image, got a pose_ros/msg/PersonPoseArray'):
        bag.write('/a', make_persons(), 2)
    bag.close()
    bag.close()
    with pytest.raises(SourceError, match='closed'):
        bag.write('/a', make_image(), 3)


def test_definitions_and_names():
    sources = Path(__file__).parents[2] / 'msg'
    assert {path.name for path in definitions_folder().glob('*.msg')} == {path.name for path in sources.glob('*.msg')}
    assert type_name(Keypoint()) == 'pose_ros/msg/Keypoint'
