"""The lifter: people with keypoints and a depth image of the same moment in, people with points in metres out."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pose_ros.camera import Camera
from pose_ros.errors import CameraError, SkeletonError
from pose_ros.lifting.anatomy import limb_lengths_m, outer_ends
from pose_ros.lifting.depth_image import DepthImage
from pose_ros.lifting.joint_depth import JointDepth
from pose_ros.lifting.lifting_settings import LiftingSettings
from pose_ros.lifting.limb_lengths import LimbLengths, measured_lengths, refine
from pose_ros.skeletons import Skeleton
from pose_ros.types import Person, Points, PointSource

_ACROSS = np.diag([1.0, 1.0, 0.0])


class Lifter:
    """Lifts the people of one camera with depth; remembers the limb lengths of tracks.

    Example:
        lifter = Lifter(OPENPOSE18)
        persons = lifter.lift(persons, DepthImage(depth), camera, stamp_s)
    """

    def __init__(self, skeleton: Skeleton, settings: LiftingSettings | None = None) -> None:
        self._skeleton = skeleton
        self._settings = settings or LiftingSettings()
        self._joints = JointDepth(skeleton, self._settings)
        self._outer = outer_ends(skeleton)
        usual = limb_lengths_m(skeleton, self._settings.person_height_m)
        self._lengths = LimbLengths(usual, self._settings.forget_s)

    def lift(self, persons: Sequence[Person], depth: DepthImage, camera: Camera, stamp_s: float) -> list[Person]:
        """The same people with points [m] in the optical frame of the camera; unknown ones are NaN.

        Args:
            persons: with keypoints in the image of the camera.
            depth: registered to the camera: of its size, pixel on pixel (see `register_depth`).
            camera: its distortion is taken out.
            stamp_s: of the image [s].

        Raises:
            CameraError: the depth image has not the size of the camera's image.
            SkeletonError: a person has another skeleton.
            StampError: the stamp is not finite.
        """
        return self.refine(self.measure(persons, depth, camera), camera, stamp_s)

    def measure(self, persons: Sequence[Person], depth: DepthImage, camera: Camera) -> list[Person]:
        """The first half of `lift`, which needs no identities and helps to find them: points as the depth image says.

        Raises:
            CameraError, SkeletonError: as `lift`.
        """
        self._check(persons, depth, camera)
        if not persons:
            return []
        keypoints = np.array([one.keypoints for one in persons], float)
        keypoints[np.array([one.scores for one in persons]) < self._settings.min_score] = np.nan
        rays, focal = _rays(keypoints, camera), _focal(camera)
        depths, variances = self._joints.measure(keypoints, rays, depth, focal)
        return self._with_points(persons, depths[:, :, None] * rays, rays, variances, focal)

    def refine(self, persons: Sequence[Person], camera: Camera, stamp_s: float) -> list[Person]:
        """The second half: points of `measure` made consistent with the limb lengths of each track; others stay.

        Raises:
            StampError: the stamp is not finite.
        """
        measured = [one for one in persons if one.points is not None]
        points = np.array([one.points.positions for one in measured if one.points]).reshape(-1, len(self._skeleton), 3)
        rays = points / points[:, :, 2:]
        # Along the ray (x, y, 1) the variance of the depth is that of z.
        variances = np.array([one.points.covariances[:, 2, 2] for one in measured if one.points])
        variances = np.where(np.isnan(variances), np.inf, variances).reshape(rays.shape[:2])
        points, variances = self._consistent(measured, points, rays, variances, stamp_s)
        refined = iter(self._with_points(measured, points, rays, variances, _focal(camera)))
        return [one if one.points is None else next(refined) for one in persons]

    def _with_points(self, persons: Sequence[Person], points: np.ndarray, rays: np.ndarray, variances: np.ndarray,
                     focal: float) -> list[Person]:
        covariances = self._covariances(points, rays, variances, focal)
        sources = np.where(np.isfinite(points).all(axis=2), np.uint8(PointSource.SENSOR), np.uint8(PointSource.NONE))
        return [one.with_points(own) for one, own in zip(persons, Points.of_each(points, covariances, sources))]

    def _check(self, persons: Sequence[Person], depth: DepthImage, camera: Camera) -> None:
        height, width = depth.values.shape
        if (width, height) != (camera.width, camera.height):
            raise CameraError(f'the depth image has {width}x{height} px, the camera {camera.width}x{camera.height}; '
                              'allowed: the same size. Register the depth to the camera first')
        for person in persons:
            if person.skeleton != self._skeleton:
                raise SkeletonError(f'got a person with skeleton {person.skeleton.name}; '
                                    f'allowed: {self._skeleton.name}')

    def _consistent(self, persons: Sequence[Person], points: np.ndarray, rays: np.ndarray, variances: np.ndarray,
                    stamp_s: float) -> tuple[np.ndarray, np.ndarray]:
        edges, ids = self._skeleton.edges, [one.track_id for one in persons]
        lengths, length_variances = self._lengths.of(ids, stamp_s)
        if self._settings.limb_lengths:
            self._lengths.learn(ids, measured_lengths(points, edges))
            points, variances = refine(points, rays, variances, edges, lengths, length_variances)
        errors = np.abs(measured_lengths(points, edges) - lengths)
        people, limbs = np.nonzero(errors > np.maximum(0.1, self._settings.max_limb_error * lengths))
        outer = self._outer[limbs]
        points[people[outer >= 0], outer[outer >= 0]] = np.nan
        return points, variances

    def _covariances(self, points: np.ndarray, rays: np.ndarray, variances: np.ndarray, focal: float) -> np.ndarray:
        """(P, K, 3, 3): depth noise along the ray, keypoint noise across it."""
        across = np.square(self._settings.keypoint_noise_px / focal * points[:, :, 2])[:, :, None, None]
        along = rays[:, :, :, None] * rays[:, :, None, :] * np.where(np.isfinite(variances), variances, np.nan)[
            :, :, None, None]
        return along + across * _ACROSS


def _rays(keypoints: np.ndarray, camera: Camera) -> np.ndarray:
    return camera.rays(keypoints.reshape(-1, 2)).reshape(*keypoints.shape[:2], 3)


def _focal(camera: Camera) -> float:
    return float(np.sqrt(camera.matrix[0, 0] * camera.matrix[1, 1]))
