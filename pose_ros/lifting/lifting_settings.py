"""The settings of lifting with depth."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class LiftingSettings(Settings):
    """What depth is believed, and what bodies look like in it."""

    nearest_m: float = setting(0.3, 'Depths below this are no depth [m]', low=0.0, high=100.0)
    farthest_m: float = setting(8.0, 'Depths beyond this are no depth [m]', low=0.1, high=100.0)
    reach_m: float = setting(0.9, 'Points lie within this of the distance of their person [m]', low=0.1, high=3.0)
    patch: float = setting(0.7, 'Radius of the patch around a keypoint, as part of the thickness of the body there',
                           low=0.05, high=3.0)
    depth_noise: float = setting(0.02, 'Standard deviation of a depth, as part of it', low=0.0, high=0.5)
    keypoint_noise_px: float = setting(2.0, 'Standard deviation of a keypoint [px]', low=0.0, high=100.0)
    flesh_noise_m: float = setting(0.012, 'Standard deviation of how deep a joint lies in the body [m]',
                                   low=0.0, high=0.5)
    min_score: float = setting(0.05, 'Keypoints of a lower score are not lifted', low=0.0, high=1.0)
    person_height_m: float = setting(1.7, 'Height of the people, until their limbs are known [m]', low=0.3, high=3.0)
    max_limb_error: float = setting(0.35, 'A limb off by more than this part of its length loses its outer end',
                                    low=0.05, high=10.0)
    limb_lengths: bool = setting(True, 'Correct depths by the lengths of limbs, learned for every track')
    forget_s: float = setting(10.0, 'Limb lengths of someone unseen for longer are forgotten [s]', low=0.0, high=3600.0)
