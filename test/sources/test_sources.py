"""Laws of the sources: every frame once, in order, with rising stamps; bad sources say what was wrong."""
from __future__ import annotations

import logging
from pathlib import Path

import cv2
import numpy as np
import pytest

from pose_ros.errors import SourceError
from pose_ros.sources import FrameSource, open_source
from pose_ros.sources.images import natural_key

COUNT = 12
SIZE = (48, 64)


def grey(number: int) -> np.ndarray:
    return np.full((*SIZE, 3), 20 * number, np.uint8)


def make_folder(tmp_path: Path) -> Path:
    for number in range(COUNT):
        cv2.imwrite(str(tmp_path / f'img{number}.png'), grey(number))
    (tmp_path / 'notes.txt').write_text('no image')
    return tmp_path


def write_video(path: Path, frames: list[np.ndarray]) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'MJPG'), 25.0, frames[0].shape[1::-1])
    for frame in frames:
        writer.write(frame)
    writer.release()
    return path


def make_video(tmp_path: Path) -> Path:
    return write_video(tmp_path / 'clip.avi', [grey(number) for number in range(COUNT)])


MAKERS = {'folder': make_folder, 'video': make_video}


@pytest.fixture(params=MAKERS)
def source(request, tmp_path) -> FrameSource:
    with open_source(str(MAKERS[request.param](tmp_path))) as opened:
        yield opened


def test_every_frame_comes_once_in_order(source):
    frames = list(source)
    assert len(frames) == source.length == COUNT
    assert all(frame.image.shape == (*SIZE, 3) and frame.image.dtype == np.uint8 for frame in frames)
    assert [round(frame.image.mean() / 20) for frame in frames] == list(range(COUNT))


def test_stamps_start_at_zero_and_rise_at_the_rate(source):
    stamps = np.array([frame.stamp_ns for frame in source])
    assert stamps[0] == 0
    np.testing.assert_allclose(np.diff(stamps) * 1e-9, 1 / source.rate_hz, rtol=1e-3)


def test_a_second_pass_gives_the_same_frames(source):
    first, second = list(source), list(source)
    assert [frame.stamp_ns for frame in first] == [frame.stamp_ns for frame in second]
    assert all((a.image == b.image).all() for a, b in zip(first, second))


def test_images_are_rgb(tmp_path):
    red = np.zeros((*SIZE, 3), np.uint8)
    red[..., 2] = 200
    cv2.imwrite(str(tmp_path / 'red.png'), red)
    frame, = open_source(str(tmp_path / 'red.png'))
    assert (frame.image == (200, 0, 0)).all()


def test_names_sort_naturally():
    names = [Path(name) for name in ('b1', 'img10', 'img2', 'IMG3', '7', 'a')]
    assert [path.name for path in sorted(names, key=natural_key)] == ['7', 'a', 'b1', 'img2', 'IMG3', 'img10']


def test_a_corrupt_image_is_named_and_skipped(tmp_path, caplog):
    make_folder(tmp_path)
    (tmp_path / 'img3.png').write_bytes(b'not a png')
    with caplog.at_level(logging.WARNING):
        names = [frame.name for frame in open_source(str(tmp_path))]
    assert len(names) == COUNT - 1 and 'img3.png' not in names
    assert 'img3.png' in caplog.text


def test_a_video_that_was_cut_off_gives_what_is_left_and_says_so(tmp_path, caplog):
    noise = np.random.default_rng(0).integers(0, 256, (COUNT, 240, 320, 3), np.uint8)
    path = write_video(tmp_path / 'clip.avi', list(noise))
    path.write_bytes(path.read_bytes()[:path.stat().st_size * 2 // 3])
    with caplog.at_level(logging.WARNING):
        count = len(list(open_source(str(path))))
    assert 0 < count < COUNT and f'ends after {count} of {COUNT} frames' in caplog.text


def _no_images(tmp_path: Path) -> str:
    return str(tmp_path)


def _corrupt_only(tmp_path: Path) -> str:
    (tmp_path / 'img.jpg').write_bytes(b'')
    return str(tmp_path)


def _corrupt_video(tmp_path: Path) -> str:
    (tmp_path / 'clip.mp4').write_bytes(b'\0' * 1000)
    return str(tmp_path / 'clip.mp4')


BAD = {
    'missing': (lambda _: 'nowhere.mp4', 'nowhere.mp4.*allowed'),
    'empty': (lambda _: '', "no source ''.*allowed"),
    'no images': (_no_images, 'no images.*allowed.*png'),
    'corrupt images': (_corrupt_only, 'none of the 1 images'),
    'corrupt video': (_corrupt_video, 'clip.mp4 is no video'),
    'no device': (lambda _: '/dev/video987', 'no camera /dev/video987'),
    'no device number': (lambda _: '987', 'no camera /dev/video987'),
}


@pytest.mark.parametrize('kind', BAD)
def test_a_bad_source_says_what_was_wrong(kind, tmp_path):
    make, message = BAD[kind]
    with pytest.raises(SourceError, match=message):
        list(open_source(make(tmp_path)))
