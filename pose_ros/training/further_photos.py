"""Fetches what training uses beyond ../shared/data/training_photos: photos in public repositories.

    git clone --mirror https://github.com/okfde/codefor.de clones/codefor.de     (and so on; it says what is missing)
    python -m pose_ros.training.further_photos clones out/train/photos ../shared/data/people_photos/coco_dev/images

Training works without them, only less well. `further_photos.json` names repository, commit, licence and attribution
of each source; the photos themselves are no part of this package.
"""
from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np

from pose_ros.errors import DatasetError
from pose_ros.files import written_whole
from pose_ros.training.photo_labels import PhotoLabels

LONG_SIDE_PX = 640
QUALITY = 90
# The CC BY photos of coco_dev, which left the evaluation for training.
COCO_DEV = 'coco_dev_cc_by'


@dataclass(frozen=True)
class PhotoSource:
    """Where photos come from.

    Attributes:
        repository, commit: of the files.
        licence, attribution: of the photos.
        with_people, people_free: path in the repository, by name of the photo here.
        sizes: width and height [px] of photos that the repository holds squeezed to a square.
        flickr: number on Flickr, by name, where that is what names the photographer.
    """

    repository: str
    commit: str
    licence: str
    attribution: str
    with_people: Mapping[str, str]
    people_free: Mapping[str, str]
    sizes: Mapping[str, Sequence[int]] = field(default_factory=dict)
    flickr: Mapping[str, str] = field(default_factory=dict)

    @property
    def clone(self) -> str:
        """The folder that a clone is looked for in."""
        return self.repository.rpartition('/')[2]


def list_sources() -> dict[str, PhotoSource]:
    """The sources by name: that in `photo_labels.json`, and behind a slash which part, where there are several."""
    content = json.loads((files('pose_ros.training') / 'further_photos.json').read_text())
    return {name: PhotoSource(**source) for name, source in content.items()}


def gather(clones: Path, output: Path) -> Iterator[Path]:
    """Write the missing photos of all sources, at most 640 px long, and yield each.

    Args:
        clones: folder with a clone of every repository, bare or not, under its own name.
        output: gets <source>/with_people/<name>.jpg and <source>/people_free/<name>.jpg.

    Raises:
        DatasetError: a clone is missing or lacks a photo; those written before are kept.
    """
    for name, source in list_sources().items():
        for kind, photos in (('with_people', source.with_people), ('people_free', source.people_free)):
            folder = output / name.partition('/')[0] / kind
            folder.mkdir(parents=True, exist_ok=True)
            for photo, path in photos.items():
                if not (folder / photo).exists():
                    _write(folder / photo, _read(clones / source.clone, source, path), source.sizes.get(photo))
                    yield folder / photo


def gather_coco_dev(images: Path, output: Path) -> Iterator[Path]:
    """Copy the photos of coco_dev that are for training, and yield each.

    Raises:
        DatasetError: one is missing.
    """
    folder = output / COCO_DEV / 'with_people'
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(PhotoLabels.shipped().of_source(COCO_DEV)):
        if not (images / name).is_file():
            raise DatasetError(f'no {name} in {images}; allowed: the images of people_photos/coco_dev')
        yield Path(shutil.copyfile(images / name, folder / name))


def _read(clone: Path, source: PhotoSource, path: str) -> np.ndarray:
    if not clone.is_dir():
        raise DatasetError(f'no clone of {source.repository} in {clone.parent}; '
                           f'make it: git clone --mirror {source.repository} {clone}')
    done = subprocess.run(['git', '-C', clone, 'show', f'{source.commit}:{path}'], capture_output=True, check=False)
    image = cv2.imdecode(np.frombuffer(done.stdout, np.uint8), cv2.IMREAD_COLOR) if done.stdout else None
    if image is None:
        raise DatasetError(f'{clone} lacks the photo {path} at {source.commit}: {done.stderr.decode().strip()}; '
                           f'allowed: a clone of {source.repository}')
    return image


def _write(path: Path, image: np.ndarray, size: Sequence[int] | None) -> None:
    if size is not None:
        image = cv2.resize(image, tuple(size), interpolation=cv2.INTER_LINEAR)
    scale = LONG_SIDE_PX / max(image.shape[:2])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else image
    with written_whole(path) as file:
        file.write(cv2.imencode('.jpg', small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes())


if __name__ == '__main__':
    for written in gather(Path(sys.argv[1]), Path(sys.argv[2])):
        print(written)
    for written in gather_coco_dev(Path(sys.argv[3]), Path(sys.argv[2])) if sys.argv[3:] else ():
        print(written)
