"""Pictures for the model card: the synthetic scenes on which a network did best and worst, of many that it never saw.

    python -m pose_ros.training.gallery pose_ros/checkpoints/openpose.safetensors docs/successes.jpg docs/failures.jpg

The backgrounds are procedural, so that no photo stands in them.
"""
from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pose_ros.drawing import contact_sheet, draw_persons
from pose_ros.estimators.estimator import Estimator, EstimatorSettings, load
from pose_ros.files import written_whole
from pose_ros.skeletons import COCO17
from pose_ros.synthetic.backgrounds import texture
from pose_ros.synthetic.scene import Scene, SceneSampler
from pose_ros.training.annotations import LabelledImage, read_coco
from pose_ros.training.held_out import SEED, as_coco
from pose_ros.training.similarity import is_matched, oks

SCENES = 80
SHOWN, COLUMNS, WIDTH_PX = 8, 4, 1280
TEXTURES = 24


@dataclass(frozen=True, eq=False)
class Attempt:
    """What a network made of one scene: the picture with its answer, how many it missed or invented, mean OKS."""

    picture: np.ndarray
    errors: int
    similarity: float


def attempt(estimator: Estimator, scene: Scene, label: LabelledImage) -> Attempt:
    """Let an estimator look at a scene."""
    found, = estimator.estimate([scene.image])
    people = [person for person in label.persons if person.counts]
    alike = oks(people, [person.as_skeleton(COCO17) for person in found])
    matched = int(is_matched(alike, np.array([person.area for person in people])).sum())
    best = float(alike.max(axis=1).mean()) if alike.size else 0.0
    return Attempt(draw_persons(scene.image, found), len(people) + len(found) - 2 * matched, best)


def rank(attempts: Sequence[Attempt]) -> list[Attempt]:
    """Best first: fewest errors, then most alike."""
    return sorted(attempts, key=lambda one: (one.errors, -one.similarity))


def sample_scenes(count: int) -> list[Scene]:
    """Scenes with people before procedural backgrounds, of seeds that training never uses.

    Raises:
        DatasetError: anny or OpenGL is missing.
    """
    random = np.random.default_rng(SEED)
    sampler, scenes = SceneSampler([texture(random, 320) for _ in range(TEXTURES)]), list[Scene]()
    sampler.restart(SEED)
    while len(scenes) < count:
        scene = sampler.sample()
        scenes += [scene] if (scene.persons[..., 2] > 0).any() else []
    return scenes


def main(checkpoint: str, successes: str, failures: str) -> None:
    """Write both sheets."""
    scenes = sample_scenes(SCENES)
    with closing(load(EstimatorSettings(weights=checkpoint))) as estimator:
        ranked = rank([attempt(estimator, *pair) for pair in zip(scenes, read_coco(as_coco(scenes)))])
    for output, shown in ((successes, ranked[:SHOWN]), (failures, ranked[:-SHOWN - 1:-1])):
        sheet = contact_sheet([one.picture for one in shown], COLUMNS, WIDTH_PX)
        with written_whole(Path(output)) as file:
            file.write(cv2.imencode('.jpg', sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes())


if __name__ == '__main__':
    main(*sys.argv[1:])
