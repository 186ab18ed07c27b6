"""Training pictures of RMPE's pose network: crops round one person, with the keypoints of that person alone."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from pose_ros.image import Crop
from pose_ros.networks.crop_pose import CROP_HEIGHT, CROP_WIDTH, ENLARGE
from pose_ros.training.augment import Labelled
from pose_ros.training.person_boxes import person_boxes
from pose_ros.training.proposals import ProposalGenerator
from pose_ros.training.sources import Source

VIEW_PX = 320
FEWEST_KEYPOINTS = 4
MOST_OF_A_VIEW = 3      # people; more of them would make the crops of a batch alike


@dataclass(frozen=True)
class CropBatch:
    """What one step learns from.

    Attributes:
        crops: (N, 3, 160, 128) RGB in 0..1.
        keypoints: (N, 18, 3) x, y [px of the crop] and visibility, see `targets`.
        boxes: (N, 4) true left, top, right, bottom of the person [px of the crop]; NaN without one.
    """

    crops: Tensor
    keypoints: Tensor
    boxes: Tensor


def stream_crops(random: np.random.Generator, sources: list[tuple[Source, float]], count: int,
                 generator: ProposalGenerator | None) -> Iterator[CropBatch]:
    """Endless batches of `count` crops; without a generator of proposals their boxes are the true ones."""
    cv2.setNumThreads(1)
    waiting: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    while True:
        while len(waiting) < count:
            source = sources[random.choice(len(sources), p=[share for _, share in sources])][0]
            waiting += cut(random, source.sample(random, VIEW_PX), generator)
        crops, keypoints, boxes = (np.stack(values) for values in zip(*waiting[:count]))
        del waiting[:count]
        yield CropBatch(torch.from_numpy(np.ascontiguousarray(crops.transpose(0, 3, 1, 2))).float() / 255,
                        torch.from_numpy(keypoints).float(), torch.from_numpy(boxes).float())


def cut(random: np.random.Generator, view: Labelled,
        generator: ProposalGenerator | None) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Crop, keypoints and box of some people of a view; of one without people, of a random place."""
    side = view.image.shape[0] - 1
    if not len(view.persons):
        low, high = np.sort(random.uniform(0, side, (2, 2)), axis=0)
        return [_cut(view, np.concatenate([low, high]), np.zeros((18, 3)), np.full(4, np.nan))]
    boxes = person_boxes(view.persons)
    known = (view.persons[..., 2] > 0).sum(1)
    chosen = random.permutation(np.flatnonzero(known >= FEWEST_KEYPOINTS))[:MOST_OF_A_VIEW]
    crops = []
    for person, box in zip(view.persons[chosen], np.clip(boxes[chosen], 0, side)):
        pose = np.where(person[:, 2:] > 0, person[:, :2], np.nan)
        proposed = box if generator is None else generator.propose(random, pose, box)
        crops.append(_cut(view, proposed, person, box))
    return crops


def _cut(view: Labelled, proposed: np.ndarray, person: np.ndarray,
         box: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    crop = Crop.fit(proposed, CROP_WIDTH, CROP_HEIGHT, ENLARGE)
    keypoints = np.concatenate([crop.to_crop(person[:, :2]), person[:, 2:]], 1)
    return crop.apply(view.image), keypoints, crop.to_crop(box.reshape(2, 2)).ravel()
