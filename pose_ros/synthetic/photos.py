"""Real photos for backgrounds and negatives, split into training and held-out scenes."""
from __future__ import annotations

import re
import zlib
from pathlib import Path

import cv2
import numpy as np

from pose_ros.errors import DatasetError

HELD_OUT_OF = 7  # one scene in seven is held out
# Mapillary's own terms are CC BY-SA; whether they reach these samples is unstated, so nothing is trained on them.
DOUBTFUL = ('opensfm_street',)
# Sources whose numbers are those of separate photos.
SEPARATE = ('us_gov_18f', 'us_gov_pif', 'us_gov_dds', 'us_gov_peacecorps', 'coco_cc_by', 'coco_dev_cc_by',
            'coco_train2017', 'eig_site', 'okfde_codefor')


def scene_of(path: Path) -> str:
    """The scene a photo shows: views and frames of one place or clip differ only in their last number."""
    source, clip = path.parents[1].name, re.sub(r'[_-]?\d+$', '', path.stem)
    if source in SEPARATE:
        return path.stem
    return 'asl_gestures' if source == 'intel_sample_videos' and '-' not in clip else clip


def is_held_out(path: Path) -> bool:
    """Whether a photo's scene is kept out of training, always the same way."""
    return zlib.crc32(scene_of(path).encode()) % HELD_OUT_OF == 0


def list_photos(folder: Path, kind: str, held_out: bool = False) -> list[Path]:
    """The photos under `folder`/<source>/`kind` (people_free or with_people), sorted.

    Raises:
        DatasetError: there are none.
    """
    paths = _find(folder, kind)
    if not paths:
        raise DatasetError(f'no photos in {folder}/*/{kind}; allowed: a folder of sources, each with a folder {kind} '
                           'of JPEGs')
    return [path for path in paths if is_held_out(path) == held_out]


def list_all_photos(folder: Path, further: Path, kind: str, held_out: bool = False) -> list[Path]:
    """The photos of both folders; the second may be absent.

    Raises:
        DatasetError: the first has none.
    """
    more = [path for path in _find(further, kind) if is_held_out(path) == held_out]
    return [*list_photos(folder, kind, held_out), *more]


def _find(folder: Path, kind: str) -> list[Path]:
    return [path for path in sorted(folder.glob(f'*/{kind}/*.jpg')) if path.parents[1].name not in DOUBTFUL]


def read_photo(path: Path) -> np.ndarray:
    """(H, W, 3) uint8 RGB.

    Raises:
        DatasetError: the file is no image.
    """
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise DatasetError(f'{path} cannot be read; allowed: JPEG or PNG photos')
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
