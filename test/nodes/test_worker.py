"""The worker: every image is published or reported, in batches of one image per camera; a bug is not silenced."""
from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import wait_until

from pose_ros.bridge.mailbox import Letter, Mailbox
from pose_ros.errors import EstimatorError, ImageError
from pose_ros.estimators.fake import FakeEstimator
from pose_ros.nodes.worker import Worker

GOOD = np.zeros((4, 4, 3), np.uint8)


class Desk:
    """A worker and what became of the images given to it."""

    def __init__(self, estimator: FakeEstimator) -> None:
        self.mailbox, self.results, self.lost = Mailbox(), [], []
        self.worker = Worker(estimator, self.mailbox, self.read, self.results.append,
                             lambda camera, error: self.lost.append((camera, str(error))))

    @staticmethod
    def read(camera: str, msg: SimpleNamespace) -> np.ndarray:
        if msg.image is None:
            raise ImageError('no image')
        return msg.image

    def give(self, camera: str, image: np.ndarray | None, header: object = None) -> None:
        done = len(self.results) + len(self.lost)
        self.mailbox.put(SimpleNamespace(header=header, image=image), camera)
        wait_until(lambda: len(self.results) + len(self.lost) > done or not self.worker.alive)


@pytest.fixture
def desk(request):
    made = Desk(getattr(request, 'param', None) or FakeEstimator())
    yield made
    made.worker.stop()


def test_results_keep_their_camera_and_header(desk):
    desk.give('left', GOOD, 'header 1')
    desk.give('right', GOOD, 'header 2')
    assert [(result.camera, result.header, result.dropped) for result in desk.results] == [
        ('left', 'header 1', 0), ('right', 'header 2', 0)]


def test_lost_images_are_reported_and_counted_for_their_camera(desk):
    desk.give('left', None)
    desk.give('left', None)
    desk.give('right', GOOD)
    desk.give('left', GOOD)
    assert desk.lost == [('left', 'no image')] * 2
    assert [(result.camera, result.dropped) for result in desk.results] == [('right', 0), ('left', 2)]


def fail_once(call: int) -> None:
    if call == 0:
        raise EstimatorError('out of memory')


@pytest.mark.parametrize('desk', [FakeEstimator(before=fail_once)], indirect=True)
def test_a_network_that_fails_is_asked_again(desk):
    desk.give('left', GOOD)
    desk.give('left', GOOD)
    assert desk.lost == [('left', 'out of memory')] and desk.results[0].dropped == 1


class Small(FakeEstimator):
    """Has memory for one image at a time, and none for black ones."""

    def estimate(self, images: Sequence[np.ndarray]) -> list:
        if len(images) > 1 or not images[0].any():
            raise EstimatorError('out of memory')
        return super().estimate(images)


@pytest.mark.parametrize('desk', [Small()], indirect=True)
def test_a_batch_that_fails_is_tried_image_by_image(desk):
    letters = [Letter(camera, SimpleNamespace(header=camera, image=image), 0)
               for camera, image in (('left', GOOD + 9), ('middle', GOOD), ('right', GOOD + 9))]
    desk.worker.serve(letters)
    assert [result.camera for result in desk.results] == ['left', 'right']
    assert desk.lost == [('middle', 'out of memory')]


def bug(call: int) -> None:
    raise ZeroDivisionError('a bug')


@pytest.mark.parametrize('desk', [FakeEstimator(before=bug)], indirect=True)
def test_a_bug_is_raised_where_the_worker_is_checked(desk):
    desk.worker.check()
    desk.give('left', GOOD)
    with pytest.raises(ZeroDivisionError, match='a bug'):
        desk.worker.check()


def test_stopping_twice_is_no_error(desk):
    desk.worker.stop()
    desk.worker.stop()
    desk.worker.check()
