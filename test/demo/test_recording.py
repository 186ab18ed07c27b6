"""What the demo writes: a video in real time, a contact sheet, and figures that add up."""
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from pose_ros.demo.recording import Figures, Recording
from pose_ros.skeletons import OPENPOSE18
from pose_ros.types import Person

PERIOD_NS = 100_000_000


class FakeBag:
    """Keeps what is written."""

    def __init__(self):
        self.written, self.closed = [], False

    def write(self, topic, message, stamp_ns):
        self.written.append((topic, message, stamp_ns))

    def close(self):
        self.closed = True


def sighting(number, people=1, shade=100, dropped=0):
    person = Person(OPENPOSE18, np.full((18, 2), 10.0), np.ones(18), 1.0)
    message = SimpleNamespace(processing_ms=float(number), dropped_frames=dropped, model='fake@0')
    return SimpleNamespace(image=np.full((48, 64, 3), shade, np.uint8), persons=[person] * people, message=message,
                           stamp_ns=10**18 + number * PERIOD_NS, received_ns=10**18 + number * PERIOD_NS + 5_000_000)


def frames_of(path):
    video, frames = cv2.VideoCapture(str(path)), []
    while (answer := video.read())[0]:
        frames.append(answer[1])
    return frames


def test_an_overlay_is_held_over_dropped_images_so_that_the_video_runs_in_real_time(tmp_path):
    bag = FakeBag()
    with Recording(tmp_path, 10.0, bag) as recording:
        for number, shade in ((0, 50), (4, 120), (5, 200)):
            recording.add(sighting(number, shade=shade))
    shades = [round(frame[40, 40].mean() / 10) * 10 for frame in frames_of(tmp_path / 'overlay.mp4')]
    assert shades == [50, 50, 50, 50, 120, 200]
    assert cv2.imread(str(tmp_path / 'overlay.png')) is not None
    assert bag.closed and [stamp for _, _, stamp in bag.written] == [
        10**18 + number * PERIOD_NS + 5_000_000 for number in (0, 4, 5)]


def test_a_long_pause_is_not_held_for_ever(tmp_path):
    with Recording(tmp_path, 10.0, FakeBag()) as recording:
        for number in (0, 100_000, 5):
            recording.add(sighting(number))
    assert len(frames_of(tmp_path / 'overlay.mp4')) <= 3 + 50


@pytest.mark.parametrize('images', [0, 1])
def test_files_are_complete_whatever_ends_the_block(tmp_path, images):
    bag = FakeBag()
    with pytest.raises(KeyboardInterrupt), Recording(tmp_path, 10.0, bag) as recording:
        for number in range(images):
            recording.add(sighting(number))
        raise KeyboardInterrupt
    assert bag.closed
    assert [path.exists() for path in (tmp_path / 'overlay.mp4', tmp_path / 'overlay.png')] == 2 * [bool(images)]
    assert len(frames_of(tmp_path / 'overlay.mp4')) == images


def test_figures_add_up():
    figures = Figures()
    assert np.isnan(figures.rate_hz())
    for number, people, dropped in ((0, 2, 0), (1, 0, 0), (4, 3, 2)):
        figures.add(sighting(number, people, dropped=dropped))
    assert (figures.persons, figures.dropped, figures.model) == (5, 2, 'fake@0')
    assert figures.latencies_ms == [5.0, 5.0, 5.0] and figures.processing_ms == [0.0, 1.0, 4.0]
    assert figures.rate_hz() == pytest.approx(2 / 0.4)
