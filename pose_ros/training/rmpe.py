"""Learning RMPE's pose network and its spatial transformer, on boxes as wrong as the detector's."""
from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pose_ros.networks.checkpoint import load_openpose
from pose_ros.networks.crop_pose import CROP_HEIGHT, CROP_WIDTH, CropPose
from pose_ros.networks.keypoint_rcnn import load_small_rcnn
from pose_ros.networks.rmpe import RmpeNet, save_rmpe
from pose_ros.networks.stn import transform_images
from pose_ros.skeletons import OPENPOSE18
from pose_ros.training.batches import build_sources
from pose_ros.training.crop_losses import centred, heatmap_loss, to_crop_frame
from pose_ros.training.crops import CropBatch, stream_crops
from pose_ros.training.detector_boxes import fit_to_detector
from pose_ros.training.proposals import ProposalGenerator
from pose_ros.training.settings import TrainSettings
from pose_ros.training.top_down_files import digits_of, output_of, recipe, run_folder
from pose_ros.training.top_down_settings import TopDownTraining
from pose_ros.weights import register

PARALLEL_WEIGHT = 0.5


class RmpeTask:
    """See `fine_tuning.Task`.

    Raises:
        WeightsError: the OpenPose network to begin with, or the detector, is missing.
    """

    def __init__(self, settings: TopDownTraining) -> None:
        torch.manual_seed(settings.seed)
        self._settings = settings
        start, _ = load_openpose(settings.start)
        self.net = CropPose(start.shape, settings.transformer)
        self.started = self.net.net
        self.started.load_state_dict(start.state_dict())
        self._parallel = copy.deepcopy(self.net).requires_grad_(False).eval()
        self._detector, _ = load_small_rcnn(settings.detector)
        self.origin = digits_of(start, self._detector)

    def batches(self, first: int) -> Iterator[CropBatch]:
        """Endless crops round people."""
        random = np.random.default_rng((self._settings.seed, first))
        sources = build_sources(TrainSettings(folder=self._settings.folder))
        generator = self._generator(random, sources) if self._settings.proposals else None
        return stream_crops(random, sources, self._settings.batch, generator)

    def losses(self, net: Any, batch: CropBatch) -> Mapping[str, Tensor]:
        """Of the pose in the crop's frame; of the parallel network, frozen, which asks the transformer to centre."""
        if net.localiser is None:
            return {'pose': heatmap_loss(net.heatmaps(batch.crops), batch.keypoints)}
        theta = net.localiser(batch.crops)
        pictures = transform_images(batch.crops, theta)
        pose = heatmap_loss(to_crop_frame(net.heatmaps(pictures), theta), batch.keypoints)
        middle = centred(batch.keypoints, batch.boxes, CROP_HEIGHT, CROP_WIDTH)
        return {'pose': pose, 'parallel': PARALLEL_WEIGHT * heatmap_loss(self._parallel.heatmaps(pictures), middle)}

    def write(self, net: Any, facts: Mapping[str, Any]) -> None:
        """Write detector, transformer and pose network into one checkpoint, and register its digest."""
        output = output_of(self._settings)
        save_rmpe(output, RmpeNet(self._detector, net), {**facts, **recipe(self._settings)})
        register('rmpe', output.name, 'Apache-2.0', OPENPOSE18.name, output.parent)

    def _generator(self, random: np.random.Generator, sources: list[Any]) -> ProposalGenerator | None:
        """Learnt once for a run, and kept in its folder."""
        path = run_folder(self._settings, self.origin) / 'proposals.json'
        if path.exists():
            return ProposalGenerator.from_json(json.loads(path.read_text()))
        generator = fit_to_detector(self._detector, sources, random)
        if generator is not None:
            path.write_text(json.dumps(generator.to_json()))
        return generator
