"""How far away the joints of people are: from patches around keypoints and from the length of arms and legs."""
from __future__ import annotations

import numpy as np

from pose_ros.lifting.anatomy import flesh_m, steps_outward, straight_limbs
from pose_ros.lifting.depth_image import DepthImage
from pose_ros.lifting.foreground import Surface, foreground
from pose_ros.lifting.lifting_settings import LiftingSettings
from pose_ros.lifting.limb_depth import limb_ends
from pose_ros.skeletons import Skeleton

_GRID = np.stack(np.meshgrid(*[np.linspace(-1, 1, 7)] * 2), -1).reshape(-1, 2)
_DISC = _GRID[np.hypot(*_GRID.T) <= 1]
_BINS, _ALONG = 8, 2
_SHARES, _ACROSS = np.meshgrid((np.arange(_BINS * _ALONG) + 0.5) / (_BINS * _ALONG), np.linspace(-0.6, 0.6, 5),
                               indexing='ij')
# (N, 4): each sample of a limb as a sum of its first end, the way to the other, and the thickness at both ends.
_LIMB_SAMPLES = np.stack([_SHARES ** 0, _SHARES, (1 - _SHARES) * _ACROSS, _SHARES * _ACROSS], -1).reshape(-1, 4)
_LINE_SHARES = np.linspace(0, 1, 10)
_LINE_SAMPLES = np.stack([1 - _LINE_SHARES, _LINE_SHARES], -1)
_BIN_SHARES = (np.arange(_BINS) + 0.5) / _BINS
_MIN_ASPECT = 1.2
_MIN_FLESH_M = 0.02


class JointDepth:
    """Depths of the joints of one skeleton, all people at once."""

    def __init__(self, skeleton: Skeleton, settings: LiftingSettings) -> None:
        self._settings = settings
        self._edges = skeleton.edges
        self._flesh = flesh_m(skeleton, settings.person_height_m)
        self._limbs = straight_limbs(skeleton)
        self._slots = _slots(self._limbs, len(skeleton))
        self._broad = steps_outward(skeleton) <= 1

    def measure(self, keypoints: np.ndarray, rays: np.ndarray, depth: DepthImage, focal: float) -> Surface:
        """Depths of the joints themselves, not of the skin in front of them.

        Args:
            keypoints: (P, K, 2) [px]; NaN = not found.
            rays: (P, K, 3) of the keypoints, z = 1.
            focal: length [px].

        Returns:
            (P, K) depths along z [m] and their variances; NaN and inf = no depth.
        """
        distances = self._distances(keypoints, depth)
        thick_px = focal * np.maximum(self._flesh, _MIN_FLESH_M) / distances[:, None]
        behind = self._flesh / np.linalg.norm(rays, axis=2)
        count = len(self._flesh)
        seen = np.empty((*keypoints.shape[:2], 3)), np.empty((*keypoints.shape[:2], 3))
        patches = keypoints[:, :, None] + self._settings.patch * thick_px[:, :, None, None] * _DISC
        seen[0][:, :, 0], seen[1][:, :, 0] = self._surfaces(patches, depth, distances)
        ends = self._limb_surfaces(keypoints, thick_px, behind, depth, distances)
        for end in (0, 1):
            seen[0][:, :, 1 + end] = _taken(ends.depths, self._slots[end], np.nan)
            seen[1][:, :, 1 + end] = _taken(ends.variances, self._slots[end], np.inf)
        seen[0][:, :, 0] += behind
        trusted = np.tile(self._broad, len(keypoints))
        fused = _fused(seen[0].reshape(-1, 3), seen[1].reshape(-1, 3), trusted, self._settings.flesh_noise_m)
        return Surface(fused.depths.reshape(-1, count), fused.variances.reshape(-1, count))

    def _distances(self, keypoints: np.ndarray, depth: DepthImage) -> np.ndarray:
        """(P,) distance of each person [m]: the nearest surface that much of the skeleton lies on."""
        lines = (_LINE_SAMPLES @ keypoints[:, self._edges]).reshape(len(keypoints), -1, 2)
        samples = depth.at(lines, self._settings.nearest_m, self._settings.farthest_m)
        return foreground(samples, 0.35, 0.05).depths

    def _surfaces(self, pixels: np.ndarray, depth: DepthImage, distances: np.ndarray) -> Surface:
        """(P, N, S, 2) pixels -> (P, N) surfaces in front, none of them out of a person's reach."""
        settings = self._settings
        samples = depth.at(pixels, settings.nearest_m, settings.farthest_m)
        samples[~(np.abs(samples - distances[:, None, None]) <= settings.reach_m)] = np.nan
        widths = np.fmax(0.08, 2.5 * settings.depth_noise * distances)
        flat = foreground(samples.reshape(-1, samples.shape[2]), np.repeat(widths, samples.shape[1]))
        return Surface(flat.depths.reshape(samples.shape[:2]), flat.variances.reshape(samples.shape[:2]))

    def _limb_surfaces(self, keypoints: np.ndarray, thick_px: np.ndarray, behind: np.ndarray, depth: DepthImage,
                       distances: np.ndarray) -> Surface:
        """(P, 2L) depths of the joints at the first ends of L limbs, then at the other ends."""
        first, second = self._limbs.T
        along = keypoints[:, second] - keypoints[:, first]
        length = np.linalg.norm(along, axis=2, keepdims=True)
        # A limb that points at the camera hides itself, and says nothing of its far end.
        long = length > _MIN_ASPECT * (thick_px[:, first] + thick_px[:, second])[:, :, None]
        across = along[:, :, ::-1] * [-1, 1] / np.where(long, length, np.nan)
        ends = thick_px[:, first, None] * across, thick_px[:, second, None] * across
        pixels = _LIMB_SAMPLES @ np.stack([keypoints[:, first], along, *ends], axis=2)
        people, limbs = pixels.shape[:2]
        surfaces = self._surfaces(pixels.reshape(people, limbs * _BINS, -1, 2), depth, distances)
        deep = behind[:, first, None] + _BIN_SHARES * (behind[:, second] - behind[:, first])[:, :, None]
        bins = Surface(surfaces.depths.reshape(-1, _BINS) + deep.reshape(-1, _BINS),
                       surfaces.variances.reshape(-1, _BINS))
        joints = limb_ends(bins, self._settings.flesh_noise_m)
        return Surface(*(np.concatenate([end[i].reshape(people, limbs) for end in joints], axis=1) for i in (0, 1)))


def _slots(limbs: np.ndarray, count: int) -> np.ndarray:
    """(2, K): which of the 2L limb ends end at each keypoint, up to two; -1 = none."""
    slots = np.full((2, count), -1)
    for end, keypoint in enumerate(limbs.T.ravel()):
        slots[int(slots[0, keypoint] >= 0), keypoint] = end
    return slots


def _taken(values: np.ndarray, slots: np.ndarray, missing: float) -> np.ndarray:
    return np.where(slots >= 0, values[:, slots], missing)


def _fused(depths: np.ndarray, variances: np.ndarray, trusted: np.ndarray, tolerance_m: float) -> Surface:
    """(R, 3) patch and limb ends -> (R,): limbs outvote a patch that contradicts them, unless the patch is trusted."""
    rows = np.arange(len(depths))
    patch, limb = np.isfinite(variances[:, 0]), 1 + variances[:, 1:].argmin(axis=1)
    chosen = np.where((trusted & patch) | ~np.isfinite(variances[rows, limb]), 0, limb)
    reference, doubt = depths[rows, chosen], variances[rows, chosen]
    agree = np.abs(depths - reference[:, None]) <= 3 * (np.sqrt(variances + doubt[:, None]) + tolerance_m)
    weights = np.where(agree, 1 / (variances + tolerance_m ** 2), 0)
    total = weights.sum(axis=1)
    known = total > 0
    safe = np.where(known, total, 1)
    return Surface(np.where(known, np.where(agree, weights * depths, 0).sum(axis=1) / safe, np.nan),
                   np.where(known, 1 / safe + tolerance_m ** 2, np.inf))
