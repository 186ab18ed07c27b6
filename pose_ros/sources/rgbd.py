"""Colour and depth recorded together: a video, and beside it `<stem>.npz` with the depth and both cameras."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import ZIP_LZMA, BadZipFile, ZipFile

import numpy as np

from pose_ros.camera import Camera
from pose_ros.errors import CameraError, SourceError
from pose_ros.sources.source import Frame
from pose_ros.sources.video import VideoSource


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
    return video.with_suffix('.npz')


def write_depth(video: Path, clip: DepthClip, **truth: np.ndarray) -> None:
    """Writes the depth of a video beside it; `np.load` reads it.

    Args:
        video: that exists, or will.
        clip: the depth.
        truth: further arrays to keep with it.
    """
    arrays = {'depth_mm': clip.millimetres, 'transform': clip.transform_depth_to_colour,
              'depth_camera': _row(clip.depth_camera), 'colour_camera': _row(clip.colour_camera), **truth}
    # As `np.savez_compressed`, but LZMA makes depth images half as large.
    with ZipFile(depth_path(video), 'w', ZIP_LZMA) as archive:
        for name, array in arrays.items():
            with archive.open(f'{name}.npy', 'w') as file:
                np.lib.format.write_array(file, np.asarray(array))


def read_depth(video: Path) -> DepthClip:
    """The depth of a video.

    Raises:
        SourceError: it is missing or damaged.
    """
    path = depth_path(video)
    try:
        with np.load(path) as data:
            return DepthClip(data['depth_mm'], _camera(data['depth_camera']), _camera(data['colour_camera']),
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
