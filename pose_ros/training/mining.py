"""Hard negatives: places in photos without people where the network sees keypoints, so that they are shown more often.

The training process looks at a few photos whenever it saves; the processes that prepare batches read what it found.
"""
from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch

from pose_ros.errors import DatasetError
from pose_ros.files import written_whole
from pose_ros.grouping.peaks import find_peaks
from pose_ros.networks.openpose import OpenPoseNet
from pose_ros.synthetic.photos import read_photo

SEEN = 0.15          # a heatmap value that counts as seeing a keypoint
MOST_PER_PHOTO = 3   # keypoints with a place of their own
SIDES_PX = (320, 192)


class Miner:
    """Looks at the photos in turn and keeps a file of the places where something was seen.

    Args:
        paths: photos without people.
        output: the file, {photo: [[x, y], ...]} in px of the photo.
    """

    def __init__(self, paths: Sequence[Path], output: Path) -> None:
        self._paths, self._output, self._next = paths, output, 0
        self._places: dict[str, list[list[float]]] = {}

    def look(self, net: OpenPoseNet, device: torch.device, count: int = 24) -> None:
        """Look at the next `count` photos.

        Raises:
            DatasetError: a photo cannot be read, or the file not be written.
        """
        for _ in range(min(count, len(self._paths))):
            path = self._paths[self._next % len(self._paths)]
            side = SIDES_PX[self._next // len(self._paths) % len(SIDES_PX)]
            self._places[path.name] = seen_places(net, device, read_photo(path), side)
            self._next += 1
        try:
            with written_whole(self._output) as file:
                file.write(json.dumps(self._places).encode())
        except OSError as error:
            raise DatasetError(f'cannot write {self._output}: {error}; allowed: a writable folder') from error


def seen_places(net: OpenPoseNet, device: torch.device, photo: np.ndarray, side: int) -> list[list[float]]:
    """Where the network sees keypoints best in an (h, w, 3) RGB photo, seen at long side `side` [px]: x, y [px]."""
    scale = side / max(photo.shape[:2])
    width, height = (max(32, round(length * scale / 32) * 32) for length in photo.shape[1::-1])
    pixels = cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA)
    with torch.inference_mode():
        image = torch.from_numpy(pixels).to(device).permute(2, 0, 1)[None].float() / 255
        heatmaps = net(image)[-1][0][0, :-1].float().cpu().numpy()
    peaks = find_peaks(heatmaps, SEEN, MOST_PER_PHOTO)
    best = np.argsort(-peaks.score)[:MOST_PER_PHOTO]
    places = (peaks.position.T[best] + .5) * net.stride * (photo.shape[1] / width, photo.shape[0] / height)
    return [[round(float(x), 1), round(float(y), 1)] for x, y in places]


def read_places(path: Path) -> list[tuple[str, np.ndarray]]:
    """Photo names and places (2,) [px] of a miner's file; none while it is not there."""
    if not path.exists():
        return []
    found = json.loads(path.read_text())
    return [(name, np.array(place)) for name, places in found.items() for place in places]
