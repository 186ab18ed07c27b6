"""Bags of performers, and the command line called from tests."""
import numpy as np
import pytest
from std_msgs.msg import Header

from pose_ros.bridge.bag_writer import BagWriter
from pose_ros.bridge.convert import persons_to_msg
from pose_ros.bridge.images import image_to_msg
from pose_ros.cli import main
from pose_ros.skeletons import OPENPOSE18

START_NS = 1_760_000_000_000_000_000


def record(path, people, images=False, space=True):
    """A bag of people who each perform from the start on."""
    bag = BagWriter(path)
    frames = [one.persons(track_id=track_id) for track_id, one in people.items()]
    for number in range(max(map(len, frames))):
        stamp_ns = START_NS + round(number / 30 * 1e9)
        header = Header(frame_id='camera_optical_frame')
        header.stamp.sec, header.stamp.nanosec = divmod(stamp_ns, 10**9)
        persons = [one[number] for one in frames if number < len(one)]
        msg = persons_to_msg(persons, header=header, camera_name='/image', image_size=(640, 480), skeleton=OPENPOSE18,
                             model='test', processing_ms=0.0, dropped_frames=0)
        if not space:
            for person in msg.persons:
                for keypoint in person.keypoints:
                    keypoint.position.x = keypoint.position.y = keypoint.position.z = np.nan
                    keypoint.depth_source = 0
        bag.write('/pose_node/persons', msg, stamp_ns)
        if images:
            bag.write('/image', image_to_msg(np.full((480, 640, 3), 120, np.uint8), header), stamp_ns)
    bag.close()
    return path


def command(*words):
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    assert ended.value.code == 0
