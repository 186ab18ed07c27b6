import subprocess
import sys
import threading

import numpy as np
import pytest

from pose_ros.errors import EstimatorError, ImageError
from pose_ros.estimators.fake import FakeEstimator
from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.types import Person

IMAGE = np.zeros((4, 5, 3), np.uint8)
PERSON = Person(OPENPOSE18, np.zeros((18, 2)), np.ones(18), 0.5)


def test_gives_the_same_persons_for_every_image():
    assert FakeEstimator([PERSON]).estimate([IMAGE, IMAGE]) == [[PERSON], [PERSON]]


def test_computes_persons_from_the_image():
    fake = FakeEstimator(lambda image: [PERSON] * int(image.max()))
    assert [len(one) for one in fake.estimate([IMAGE, IMAGE + 2])] == [0, 2]


def test_is_as_strict_as_the_others():
    fake = FakeEstimator(skeleton=COCO17)
    with pytest.raises(ImageError):
        fake.estimate([IMAGE[..., 0]])
    fake.close()
    with pytest.raises(EstimatorError, match='closed'):
        fake.estimate([IMAGE])
    assert fake.skeleton is COCO17


def test_hooks_can_fail_and_wait():
    def before(call):
        if call == 0:
            raise EstimatorError('out of memory')
        assert reached.wait(5)

    reached = threading.Event()
    fake = FakeEstimator([PERSON], before=before)
    with pytest.raises(EstimatorError, match='out of memory'):
        fake.estimate([IMAGE])
    reached.set()
    assert fake.estimate([IMAGE]) == [[PERSON]]
    assert fake.calls == 2


def test_a_robot_without_torch_can_use_it():
    code = ('import sys; sys.modules["torch"] = None; import pose_ros.estimators.fake, pose_ros.estimators, '
            'pose_ros.grouping; print("fine")')
    assert subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True).stdout == 'fine\n'
