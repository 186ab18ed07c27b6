"""A video with depth beside it: there and back, frame by frame; damage is explained."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pose_ros.camera import Camera
from pose_ros.errors import SourceError
from pose_ros.sources import open_source
from pose_ros.sources.rgbd import DepthClip, RgbdSource, depth_path, read_depth, write_depth
from pose_ros.sources.video import VideoSource
from pose_ros.transforms import matrix_of
from pose_ros.video import VideoWriter

DEPTH = Camera(32, 24, np.array([[30.0, 0, 16], [0, 31, 12], [0, 0, 1]]), np.array([0.1, 0, 0, 0, 0]))
COLOUR = Camera.from_field_of_view(64, 48)


@pytest.fixture
def video(tmp_path) -> Path:
    path = tmp_path / 'room.mp4'
    with VideoWriter(path, 10.0) as writer:
        for number in range(5):
            writer.write(np.full((48, 64, 3), 40 * number, np.uint8))
    return path


@pytest.fixture
def clip(video) -> DepthClip:
    rng = np.random.default_rng(0)
    millimetres = rng.integers(0, 2**16, (5, 24, 32), np.uint16)
    made = DepthClip(millimetres, DEPTH, COLOUR, matrix_of([0.1, 0, 0], [0, 0, 0, 1]))
    write_depth(video, made)
    return made


def test_there_and_back(video, clip):
    found = read_depth(video)
    np.testing.assert_array_equal(found.millimetres, clip.millimetres)
    np.testing.assert_array_equal(found.transform_depth_to_colour, clip.transform_depth_to_colour)
    for one, other in ((found.depth_camera, DEPTH), (found.colour_camera, COLOUR)):
        assert (one.width, one.height) == (other.width, other.height)
        np.testing.assert_array_equal(one.matrix, other.matrix)
        np.testing.assert_array_equal(one.distortion, other.distortion)


def test_frames_have_their_depth_each_time(video, clip):
    with open_source(str(video)) as source:
        assert isinstance(source, RgbdSource) and source.camera and source.camera.width == 64
        for _ in range(2):
            frames = list(source)
            assert len(frames) == source.length == 5
            np.testing.assert_array_equal([frame.depth for frame in frames], clip.millimetres)


def test_a_video_alone_is_a_video(video):
    with open_source(str(video)) as source:
        assert type(source) is VideoSource and next(iter(source)).depth is None


@pytest.mark.parametrize('content', [b'', b'no zip', None])
def test_damage_is_explained(video, clip, content):
    path = depth_path(video)
    path.write_bytes(path.read_bytes()[:300] if content is None else content)
    with pytest.raises(SourceError, match='room.npz is no depth that can be read'):
        open_source(str(video))
