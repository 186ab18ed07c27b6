"""Colour and depth recorded together: a video, and beside it `<stem>.depth.npz`."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from pose_ros.camera import Camera
from pose_ros.errors import CameraError, SourceError
from pose_ros.sources.source import Frame
from pose_ros.sources.video import VideoSource

_SUFFIX = '.depth.npz'


@dataclass(frozen=True, eq=False)
class DepthClip:
    """The depth of every frame of a video.

    Attributes:
        millimetres: (T, h, w) uint16 [mm], 0 = none.
        depth_camera, colour_camera: that made the depth and the video.
        transform_depth_to_colour: (4, 4) between their optical frames; the identity if they are one.
    """

    millimetres: np.ndarray
    depth_camera: Camera
    colour_camera: Camera
    transform_depth_to_colour: np.ndarray


def depth_path(video: Path) -> Path:
    """Where the depth of a video is, if it has any."""
    return video.with_name(video.stem + _SUFFIX)


def write_depth(video: Path, clip: DepthClip) -> None:
    """Writes the depth of a video beside it. Differences in time are small, so that they compress well."""
    steps = np.diff(clip.millimetres, axis=0, prepend=np.zeros_like(clip.millimetres[:1]))
    np.savez_compressed(depth_path(video), steps=steps, transform=clip.transform_depth_to_colour,
                        depth_camera=_row(clip.depth_camera), colour_camera=_row(clip.colour_camera))


def read_depth(video: Path) -> DepthClip:
    """The depth of a video.

    Raises:
        SourceError: it is missing or damaged.
    """
    path = depth_path(video)
    try:
        with np.load(path) as data:
            # uint16 wraps round, in the differences as in their sums.
            millimetres = np.cumsum(data['steps'], axis=0, dtype=np.uint16)
            return DepthClip(millimetres, _camera(data['depth_camera']), _camera(data['colour_camera']),
                             data['transform'])
    except (OSError, EOFError, KeyError, ValueError, IndexError, BadZipFile, CameraError) as error:
        raise SourceError(f'{path} is no depth that can be read: {error}') from error


def _row(camera: Camera) -> np.ndarray:
    """Width, height, the nine of K, then D."""
    return np.concatenate([[camera.width, camera.height], np.ravel(camera.matrix), camera.distortion])


def _camera(row: np.ndarray) -> Camera:
    return Camera(int(row[0]), int(row[1]), row[2:11].reshape(3, 3), row[11:])


class RgbdSource(VideoSource):
    """The frames of a video with their depth.

    Attributes:
        clip: the depth, and both cameras.

    Raises:
        SourceError: one of both files is damaged.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.clip = read_depth(path)
        self.camera = self.clip.colour_camera

    def __iter__(self) -> Iterator[Frame]:
        for frame, millimetres in zip(super().__iter__(), self.clip.millimetres):
            yield replace(frame, depth=millimetres)
