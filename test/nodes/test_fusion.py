"""Which images are of one moment."""
from __future__ import annotations

import numpy as np
import pytest
from rclpy.time import Time

from pose_ros.camera import Camera
from pose_ros.lifting.triangulation import View
from pose_ros.nodes.fusion import Fusion
from pose_ros.nodes.space_camera import Seen

VIEW = View(Camera.from_field_of_view(64, 48), np.eye(4))


class Everyone:
    """Answers with nobody, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[set[str], float]] = []
        self.predicted_s = 0.0

    def update(self, seen, stamp_s: float, publish_s: float | None) -> list:
        self.asked.append((set(seen), pytest.approx(stamp_s)))
        self.predicted_s = publish_s - stamp_s if publish_s is not None else 0.0
        return []


def asked(*images: tuple[str, float], blind: str = '') -> list[tuple[set[str], float]]:
    people = Everyone()
    fusion = Fusion(3, people, 0.02)
    for camera, stamp_s in images:
        fusion.add(camera, Time(seconds=stamp_s).to_msg(), Seen([], 'map', 0.0, None if camera == blind else VIEW, []))
    return people.asked


@pytest.mark.parametrize('order', ['abc', 'cab', 'bca'])
def test_a_moment_is_complete_with_its_last_camera_in_any_order(order):
    stamps = {'a': 1.0, 'b': 1.01, 'c': 1.02}
    assert asked(*((camera, stamps[camera]) for camera in order)) == [({'a', 'b', 'c'}, 1.02)]


def test_images_of_other_moments_are_not_mixed():
    assert asked(('a', 1.0), ('b', 1.1), ('c', 1.2)) == []
    assert asked(('a', 1.0), ('b', 1.0), ('c', 1.1), ('a', 1.1), ('b', 1.1)) == [({'a', 'b'}, 1.0),
                                                                                 ({'a', 'b', 'c'}, 1.1)]


def test_without_one_camera_the_others_go_on():
    images = [(camera, float(second)) for second in range(4) for camera in 'abc']
    assert asked(*images, blind='b') == [({'a', 'c'}, 0.0), ({'a', 'c'}, 1.0), ({'a', 'c'}, 2.0)]


def test_a_moment_has_the_newest_stamp_and_the_common_frame():
    fusion = Fusion(2, Everyone(), 0.02)
    for nanoseconds in (1_000_000_019, 1_000_000_007):
        moments = fusion.add(str(nanoseconds), Time(nanoseconds=nanoseconds).to_msg(), Seen([], 'map', 0.0, VIEW, []))
    assert (moments[0].header.frame_id, moments[0].header.stamp.nanosec) == ('map', 19)


def test_time_may_go_back():
    assert asked(('a', 9.0), ('a', 1.0), ('b', 1.0), ('c', 1.0)) == [({'a', 'b', 'c'}, 1.0)]


def test_a_moment_is_predicted_to_when_it_is_published():
    for publish_s, wanted in ((lambda stamp_s: stamp_s + 0.05, 0.05), (lambda _: None, 0.0)):
        fusion = Fusion(2, Everyone(), 0.02, publish_s)
        moments = [moment for camera in 'ab'
                   for moment in fusion.add(camera, Time(seconds=3).to_msg(), Seen([], 'map', 0.0, VIEW, []))]
        assert [moment.predicted_s for moment in moments] == [pytest.approx(wanted)]
