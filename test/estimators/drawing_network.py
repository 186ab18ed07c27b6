"""A network for tests: draws the maps of known people, so that the whole way through an estimator can be checked."""
import numpy as np
import torch
from torch import nn

from pose_ros.benchmarks.scenes import make_scene


class DrawingNetwork(nn.Module):
    """Gives each image the maps of a scene, cut to its size; remembers what it was asked."""

    stride, multiple = 8, 16

    def __init__(self, scene=None, error=None, bad=None):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.scene = scene or make_scene(5, 46, 82, 0)
        self.asked, self.error, self.bad = [], error, bad

    def forward(self, images):
        self.asked.append(images)
        if self.error is not None:
            raise self.error
        maps = [self._cut(one, images) for one in (self.scene.heatmaps, self.scene.pafs)]
        if self.bad is not None:
            maps[0][-1, 0, 0, 0] = self.bad
        return [tuple(torch.zeros_like(one) for one in maps), tuple(maps)]

    def _cut(self, maps, images):
        height, width = images.shape[2] // 8, images.shape[3] // 8
        cut = np.zeros((len(maps), height, width), np.float32)
        rows, columns = min(height, maps.shape[1]), min(width, maps.shape[2])
        cut[:, :rows, :columns] = maps[:, :rows, :columns]
        return torch.from_numpy(cut).to(images).expand(len(images), -1, -1, -1).clone()


class PointNetwork(nn.Module):
    """Draws a person whose keypoints are where the image has its brightest point, plus fixed distances."""

    stride, multiple = 8, 32

    def __init__(self, offsets, skeleton):
        super().__init__()
        self.offsets, self.skeleton = offsets, skeleton
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, images):
        return [tuple(map(torch.stack, zip(*(self._maps(image) for image in images))))]

    def _maps(self, image):
        grey = (image.float().mean(0) - 0.55).clamp(min=0)
        rows, columns = (torch.arange(n, dtype=torch.float32) for n in grey.shape)
        centre = torch.stack([(grey.sum(0) * columns).sum(), (grey.sum(1) * rows).sum()]) / grey.sum()
        points = centre + self.offsets
        y, x = torch.meshgrid(*((torch.arange(n // 8) + 0.5) * 8 - 0.5 for n in grey.shape), indexing='ij')
        heat = [0.9 * torch.exp(-((x - px) ** 2 + (y - py) ** 2) / 98) for px, py in points]
        pafs = []
        for a, b in self.skeleton.limb_indices:
            way = (points[b] - points[a]) / (points[b] - points[a]).norm()
            pafs += [torch.full_like(x, float(way[0])), torch.full_like(x, float(way[1]))]
        return torch.stack(heat), torch.stack(pafs)
