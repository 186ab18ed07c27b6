"""People in metres from one colour image: a network knows how bodies look, a height how large they are.

The network gives the shape of a body in heights; the rays of its keypoints then say where it stands. A wrong height
makes a person nearer or farther as a whole, so that doubt is the same for all of its points and lies along the view.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pose_ros.camera import Camera
from pose_ros.errors import SkeletonError, WeightsError
from pose_ros.lifting.lifting_network import LiftingNetwork
from pose_ros.lifting.person_view import person_views, place
from pose_ros.settings import Settings, setting
from pose_ros.skeletons import OPENPOSE18, Skeleton
from pose_ros.types import Person, Points, PointSource
from pose_ros.weights import find_weights


@dataclass(frozen=True)
class MonocularSettings(Settings):
    """What people without depth are taken for."""

    body_height_m: float = setting(1.7, 'Height of the people; their distance grows with it [m]', low=0.3, high=3.0)
    height_doubt: float = setting(0.07, 'Standard deviation of that height, as part of it', low=0.0, high=1.0)
    min_keypoints: int = setting(6, 'People with fewer keypoints are not lifted', low=4, high=200)
    least_score: float = setting(0.05, 'Keypoints of a lower score are not used', low=0.0, high=1.0)


class MonocularLifter:
    """Lifts the people of one camera without depth.

    Args:
        skeleton: of the people; keypoints that the network does not know get no points.
        network: trained on OPENPOSE18.
        settings: of the bodies.

    Raises:
        WeightsError: the network takes other keypoints.
    """

    def __init__(self, skeleton: Skeleton, network: LiftingNetwork, settings: MonocularSettings | None = None) -> None:
        if network.inputs != 3 * len(OPENPOSE18) + 1:
            raise WeightsError(f'a lifting network of {network.inputs} features; allowed: {3 * len(OPENPOSE18) + 1}')
        self._skeleton, self._network, self._settings = skeleton, network, settings or MonocularSettings()
        self._source, self._back = OPENPOSE18.indices_in(skeleton), skeleton.indices_in(OPENPOSE18)

    def lift(self, persons: Sequence[Person], camera: Camera, stamp_s: float) -> list[Person]:
        """The same people with points [m] in the optical frame of the camera, marked LIFTED.

        All keypoints get a point, hidden ones too, with the doubt that they deserve; nobody with fewer than
        `min_keypoints` has any.

        Raises:
            SkeletonError: a person has another skeleton.
        """
        for person in persons:
            if person.skeleton != self._skeleton:
                raise SkeletonError(f'got a person with skeleton {person.skeleton.name}; '
                                    f'allowed: {self._skeleton.name}')
        keypoints = np.array([self._known(one) for one in persons]).reshape(-1, len(OPENPOSE18), 2)
        rays = camera.rays(keypoints.reshape(-1, 2)).reshape(*keypoints.shape[:2], 3)
        enough = np.isfinite(rays[:, :, 0]).sum(axis=1) >= self._settings.min_keypoints
        lifted = dict(zip(np.flatnonzero(enough).tolist(), self._points(rays[enough]) if enough.any() else []))
        return [replace(one, points=lifted[i].taken(self._back)) if i in lifted else replace(one, points=None)
                for i, one in enumerate(persons)]

    def _known(self, person: Person) -> np.ndarray:
        """(18, 2) keypoints of the network's skeleton that are sure enough; NaN elsewhere."""
        usable = (self._source >= 0) & (person.scores[self._source] >= self._settings.least_score)
        return np.where(usable[:, None], person.keypoints[self._source], np.nan)

    def _points(self, rays: np.ndarray) -> list[Points]:
        views = person_views(rays)
        guesses = self._network(views.features).astype(float)
        height = self._settings.body_height_m
        shapes, doubts = guesses[:, :, :3] * height, np.exp(np.clip(guesses[:, :, 3:], -8, 2)) * height
        places = place(shapes, views.rays, 1 / np.square(doubts[:, :, 0]))
        turned = shapes + places[:, None]
        back = views.rotations
        covariances = np.einsum('pji,pkjl,plm->pkim', back, self._spreads(turned, doubts), back)
        ahead = places[:, 2] > 0
        known = np.broadcast_to(ahead[:, None], turned.shape[:2])
        parts = turned @ back, covariances, np.where(known, PointSource.LIFTED, PointSource.NONE)
        return [Points(np.where(good, one, np.nan), np.where(good, spread, np.nan), source)
                for good, one, spread, source in zip(ahead, *parts)]

    def _spreads(self, points: np.ndarray, doubts: np.ndarray) -> np.ndarray:
        """(P, K, 3, 3) in the turned cameras: the network's doubt, and that of the height along the view."""
        # A Laplace distribution of mean absolute error b has the variance 2 b^2.
        spread = 2 * np.square(doubts[:, :, [0, 0, 1]])[:, :, :, None] * np.eye(3)
        return spread + np.square(self._settings.height_doubt) * points[:, :, :, None] * points[:, :, None, :]


def load_monocular(skeleton: Skeleton, settings: MonocularSettings | None = None) -> MonocularLifter:
    """The lifter with the network that ships.

    Raises:
        WeightsError: its weights are missing or damaged.
    """
    return MonocularLifter(skeleton, LiftingNetwork.load(find_weights('lifting')), settings)
