"""Video files are readable, complete, and of the size of their first frame."""
import cv2
import numpy as np
import pytest

from pose_ros.errors import SourceError
from pose_ros.video import Storyboard, VideoWriter


def read_back(path):
    video, frames = cv2.VideoCapture(str(path)), []
    while (answer := video.read())[0]:
        frames.append(answer[1][..., ::-1])
    return frames, video.get(cv2.CAP_PROP_FPS)


@pytest.mark.parametrize('shape', [(48, 64, 3), (49, 65, 3)])
def test_frames_come_back_in_order_at_an_even_size(tmp_path, shape):
    shades = (20, 120, 220)
    with VideoWriter(tmp_path / 'new' / 'a.mp4', rate_hz=12.5) as video:
        for shade in shades:
            video.write(np.full(shape, (shade, 60, 60), np.uint8))
    frames, rate_hz = read_back(tmp_path / 'new' / 'a.mp4')
    assert rate_hz == pytest.approx(12.5)
    assert [frame.shape for frame in frames] == 3 * [(48, 64, 3)]
    np.testing.assert_allclose([frame[..., 0].mean() for frame in frames], shades, atol=8)


def test_frames_of_another_size_are_fitted_to_the_first(tmp_path):
    with VideoWriter(tmp_path / 'a.mp4', rate_hz=10) as video:
        video.write(np.zeros((48, 64, 3), np.uint8))
        video.write(np.full((300, 20, 3), 200, np.uint8))
    frames, _ = read_back(tmp_path / 'a.mp4')
    assert frames[1].shape == (48, 64, 3) and abs(frames[1].mean() - 200) < 8


def test_a_file_is_finished_when_an_error_ends_the_block(tmp_path):
    with pytest.raises(KeyboardInterrupt), VideoWriter(tmp_path / 'a.mp4', rate_hz=10) as video:
        video.write(np.zeros((48, 64, 3), np.uint8))
        raise KeyboardInterrupt
    assert len(read_back(tmp_path / 'a.mp4')[0]) == 1


def test_no_frames_leave_no_file(tmp_path):
    VideoWriter(tmp_path / 'a.mp4', rate_hz=10).close()
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_an_error(tmp_path):
    with pytest.raises(SourceError, match=r'cannot write a video to .*a\.mp4'):
        VideoWriter(tmp_path / 'a.mp4' / 'b.unknown', rate_hz=10).write(np.zeros((2, 2, 3), np.uint8))


def shade(number):
    return np.full((30, 40, 3), number, np.uint8)


@pytest.mark.parametrize('length', [1, 5, 12, 13, 24, 25, 100, 250])
def test_a_storyboard_is_spread_evenly_over_a_stream_of_any_length(length):
    board = Storyboard(12)
    for number in range(length):
        board.add(shade(number))
    kept = [int(image[0, 0, 0]) for image in board.images()]
    assert len(kept) == min(length, 12) and kept[0] == 0 and kept == sorted(set(kept))
    assert length - 1 - kept[-1] <= length / 12
    assert max(np.diff(kept), default=0) <= max(1, 2 * length / 12)


@pytest.mark.parametrize(('count', 'shape'), [(1, (30, 40, 3)), (3, (480, 1920, 3)), (5, (720, 1920, 3))])
def test_a_storyboard_is_saved_as_a_sheet_and_a_single_frame_as_it_is(tmp_path, count, shape):
    board = Storyboard()
    for number in range(count):
        board.add(shade(50 * number + 9))
    board.save(tmp_path / 'new' / 'a.png')
    saved = cv2.imread(str(tmp_path / 'new' / 'a.png'))
    assert saved.shape == shape and saved[0, 0, 0] == 9


def test_an_empty_storyboard_leaves_no_file(tmp_path):
    Storyboard().save(tmp_path / 'a.png')
    assert not list(tmp_path.iterdir())
