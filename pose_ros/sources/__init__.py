"""Frames from a video file (with depth beside it), a folder of images, one image or a V4L2 device.

    with open_source('clip.mp4') as source:
        for frame in source:
            persons, = estimator.estimate([frame.image])

Bags hold messages, so they are opened by `pose_ros.bridge.bags`, with the same interface.
"""
from __future__ import annotations

import re
from pathlib import Path

from pose_ros.errors import SourceError
from pose_ros.sources.device import DeviceSource
from pose_ros.sources.images import IMAGE_SUFFIXES, ImageSource, images_in
from pose_ros.sources.rgbd import RgbdSource, depth_path
from pose_ros.sources.source import Frame, FrameSource
from pose_ros.sources.video import VideoSource

__all__ = ['Frame', 'FrameSource', 'open_source']

_DEVICE = re.compile(r'\d+|/dev/video\d+')


def open_source(text: str) -> FrameSource:
    """Opens a video file, a folder of images, an image, or a camera ('0', '/dev/video0').

    Raises:
        SourceError: nothing is there, it is empty, or it cannot be read.
    """
    if _DEVICE.fullmatch(text):
        return DeviceSource(text)
    path = Path(text).expanduser()
    if not text or not path.exists():
        raise SourceError(f'no source {text!r}; allowed: a video, a folder of images, an image, a camera such as 0')
    if not path.is_dir():
        return _open_file(path)
    if not (paths := images_in(path)):
        raise SourceError(f'{text} holds no images; allowed: {" ".join(IMAGE_SUFFIXES)}')
    return ImageSource(paths)


def _open_file(path: Path) -> FrameSource:
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return ImageSource([path])
    return RgbdSource(path) if depth_path(path).exists() else VideoSource(path)
