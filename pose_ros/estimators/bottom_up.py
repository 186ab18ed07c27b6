"""Bottom-up estimation: letterbox -> network -> peaks and pairs -> persons -> back through the letterbox."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from pose_ros.errors import EstimatorError
from pose_ros.estimators.device import memory_errors
from pose_ros.estimators.device_grouping import find_on_device
from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.estimators.maps import MapNetwork, Maps, half_scale_mean, mirrored_mean
from pose_ros.grouping.candidates import Candidates
from pose_ros.grouping.paf import find_pairs, group
from pose_ros.grouping.peaks import Peaks
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.image import Letterbox, check_image, same_sized
from pose_ros.skeletons import Skeleton
from pose_ros.types import Person

Group = Callable[[Peaks, Candidates, Skeleton, GroupingSettings, int], list[Person]]
Figures = Callable[[], Mapping[str, float]]


class BottomUpEstimator:
    """A network with heatmaps and PAFs, and their grouping; see `Estimator`.

    Images of the same input size run as one batch. On CUDA the peaks and pair scores are found on the GPU.
    """

    def __init__(self, name: str, model: str, network: MapNetwork, skeleton: Skeleton, *, device: torch.device,
                 dtype: torch.dtype, settings: EstimatorSettings, grouping: GroupingSettings,
                 group: Group = group, size: tuple[int, int] | None = None, figures: Figures = dict) -> None:
        """Take over a network in evaluation mode and move it to the device.

        Args:
            group: (peaks, pairs, skeleton, settings, stride) -> persons in network px.
            size: (width, height) into which every input must fit [px]; None = any.
            figures: what the grouping has to say of the last image.
        """
        self.name = name
        self.model = model
        self.skeleton = skeleton
        self.device = str(device)
        self._device = device
        self._dtype = dtype
        self._settings = settings
        self._grouping = grouping
        self._group, self._size, self._figures = group, size, figures
        with memory_errors(device):
            self._network: MapNetwork | None = network.to(device, dtype, memory_format=torch.channels_last)
        self._input = torch.empty(0, dtype=torch.uint8)

    def estimate(self, images: Sequence[np.ndarray]) -> list[list[Person]]:
        """See `Estimator.estimate`."""
        if self._network is None:
            raise EstimatorError('the estimator is closed; allowed: calls before close()')
        boxes = [self._letterbox(check_image(image), self._network.multiple) for image in images]
        persons: list[list[Person]] = [[] for _ in images]
        for batch in same_sized(boxes):
            found = self._run(self._network, np.stack([boxes[i].apply(images[i]) for i in batch]))
            for i, people in zip(batch, found):
                persons[i] = [self._to_image(person, boxes[i]) for person in people
                              if person.score >= self._settings.min_person_score]
        return persons

    @property
    def memory_mb(self) -> float:
        """See `Estimator`."""
        return torch.cuda.memory_allocated(self._device) / 2**20 if self._device.type == 'cuda' else 0.0

    @property
    def figures(self) -> Mapping[str, float]:
        """See `Estimator`."""
        return self._figures()

    def tune(self, settings: EstimatorSettings, grouping: GroupingSettings) -> None:
        """See `Estimator.tune`."""
        self._settings, self._grouping = settings, grouping

    def close(self) -> None:
        """See `Estimator.close`."""
        self._network = None
        self._input = torch.empty(0, dtype=torch.uint8)
        if self._device.type == 'cuda':
            torch.cuda.empty_cache()

    def _letterbox(self, image: np.ndarray, multiple: int) -> Letterbox:
        height, width = image.shape[:2]
        long_side = self._settings.input_size
        if self._size is not None:
            widest, highest = (side // multiple * multiple for side in self._size)
            room = min(widest / width, highest / height)
            long_side = min(long_side, int(room * max(width, height)))
        return Letterbox.fit(width, height, long_side, multiple)

    def _to_image(self, person: Person, box: Letterbox) -> Person:
        return person.moved(1 / box.scale, 0.5 / box.scale - 0.5)

    def _run(self, network: MapNetwork, batch: np.ndarray) -> list[list[Person]]:
        """(N, h, w, 3) uint8 -> the persons of each, in network px."""
        with torch.inference_mode(), memory_errors(self._device):
            heatmaps, pafs = self._maps(network, self._to_device(batch))
            heatmaps = heatmaps[:, :len(self.skeleton)].float()
            found = self._find(heatmaps, pafs.float())
            return [self._group(*one, self.skeleton, self._grouping, network.stride) for one in found]

    def _find(self, heatmaps: Tensor, pafs: Tensor) -> list[tuple[Peaks, Candidates]]:
        if self._device.type == 'cpu':
            return [find_pairs(*maps, self.skeleton, self._grouping) for maps in zip(heatmaps.numpy(), pafs.numpy())]
        return find_on_device(heatmaps, pafs, self.skeleton.limb_indices, self._grouping)

    def _maps(self, network: MapNetwork, images: Tensor) -> Maps:
        def run(images: Tensor) -> Maps:
            maps = network(images)[-1]
            return mirrored_mean(maps, network(images.flip(3))[-1], self.skeleton) if self._settings.flip else maps
        return half_scale_mean(run, images, network.multiple) if self._settings.half_scale else run(images)

    def _to_device(self, batch: np.ndarray) -> Tensor:
        """(N, h, w, 3) uint8 on the host -> (N, 3, h, w) in 0..1 on the device, channels last in memory."""
        pixels = torch.from_numpy(batch)
        if self._device.type == 'cuda':
            # Only page-locked memory is copied without the CPU's help; it is slow to get, so it is kept.
            if self._input.shape != pixels.shape:
                self._input = torch.empty_like(pixels, pin_memory=True)
            pixels = self._input.copy_(pixels).to(self._device, non_blocking=True)
        return pixels.permute(0, 3, 1, 2).to(self._dtype) / 255
