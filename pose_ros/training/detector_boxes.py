"""How a detector's boxes differ from the true ones: what the pose-guided proposals generator learns from."""
from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torchvision.ops import box_iou

from pose_ros.networks.keypoint_rcnn import KeypointRcnn
from pose_ros.training.person_boxes import person_boxes
from pose_ros.training.proposals import ProposalGenerator, fit_generator
from pose_ros.training.sources import Source

SAME_PERSON = 0.5  # intersection over union
FEWEST = 100       # matched boxes to learn from


def fit_to_detector(detector: KeypointRcnn, sources: list[tuple[Source, float]], random: np.random.Generator,
                    views: int = 400, size: int = 320) -> ProposalGenerator | None:
    """The generator of this detector's boxes; None if it found too few people to tell."""
    found = list(_matches(detector, sources, random, views, size))
    if len(found) < FEWEST:
        return None
    poses, truth, boxes = (np.stack(values) for values in zip(*found))
    return fit_generator(poses, truth, boxes)


def _matches(detector: KeypointRcnn, sources: list[tuple[Source, float]], random: np.random.Generator, views: int,
             size: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Pose, true box and the detector's, of every box that it finds on a person of random views."""
    for source in random.choice(len(sources), views, p=[share for _, share in sources]):
        view = sources[source][0].sample(random, size)
        truth = np.clip(person_boxes(view.persons), 0, size - 1)
        whole = np.isfinite(truth).all(1)
        if not whole.any():
            continue
        truth, poses = truth[whole], view.persons[whole]
        boxes = _detect(detector, view.image)
        overlap = box_iou(boxes, torch.from_numpy(truth)).numpy()
        for box, row in zip(boxes.numpy(), overlap):
            person = int(row.argmax())
            if row[person] >= SAME_PERSON:
                yield np.where(poses[person, :, 2:] > 0, poses[person, :, :2], np.nan), truth[person], box


def _detect(detector: KeypointRcnn, image: np.ndarray) -> torch.Tensor:
    """(P, 4) boxes [px] in a (H, W, 3) uint8 image."""
    with torch.inference_mode():
        images = torch.from_numpy(image).permute(2, 0, 1)[None].float() / 255
        (boxes, _), = detector.boxes(detector.features(images), images)
        return boxes - .5
