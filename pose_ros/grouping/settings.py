"""Settings of how maps become persons: by part affinity fields, by multicut."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class PafSettings(Settings):
    """How maps become persons; lengths are in cells of the maps, so that they do not depend on the stride."""

    peak_threshold: float = setting(0.05, 'Smallest heatmap value of a keypoint', low=0.01, high=1.0)
    max_peaks: int = setting(100, 'Most peaks kept per keypoint, the highest first', low=1, high=512)
    limb_threshold: float = setting(0.05, 'Smallest PAF along a limb for a sample to support it', low=0.0, high=1.0)
    limb_ratio: float = setting(0.7, 'Smallest share of the samples that must support a limb', low=0.1, high=1.0)
    long_limb: float = setting(0.5, 'Longer limbs than this share of the map height lose score', low=0.1, high=10.0)
    short_limb: float = setting(0.75, 'Shorter limbs than this [cells] need no PAF: their direction is noise',
                                low=0.0, high=4.0)
    min_keypoints: int = setting(4, 'Fewest keypoints of a person', low=2, high=25)


@dataclass(frozen=True)
class MulticutSettings(Settings):
    """How far DeepCut goes for the best partition of the peaks."""

    exact_candidates: int = setting(40, 'Connected peaks up to this many are solved exactly, if the bounds leave a gap',
                                    low=0, high=100)
    solver_ms: float = setting(50.0, 'Time per image to improve on the greedy solution [ms]; then the best is taken',
                               low=0.0, high=60_000.0)
    missed_cost: float = setting(100.0, 'How many wrong keypoints or limbs are as bad as a missed one; 1: as published',
                                 low=1.0, high=1e6)
    incremental: bool = setting(False, "DeeperCut's three stages: head and shoulders, then arms, then legs")


@dataclass(frozen=True)
class PoseNmsSettings(Settings):
    """When RMPE takes two poses for one person; learnt by `training.rmpe_study` from training scenes."""

    nms_score_scale: float = setting(0.3, 'Keypoint score at which two keypoints that agree count 0.58 (delta 1)',
                                     low=0.001, high=10.0)
    nms_distance_scale: float = setting(1.0, 'Distance at which they count 0.37 [tenths of the box] (delta 2)',
                                        low=0.01, high=100.0)
    nms_weight: float = setting(2.0, 'Weight of distances against agreement (lambda)', low=0.0, high=100.0)
    nms_threshold: float = setting(0.43, 'Similarity per keypoint from which poses are one person (eta)',
                                   low=0.0, high=100.0)


@dataclass(frozen=True)
class GroupingSettings(PoseNmsSettings, MulticutSettings, PafSettings):
    """The grouping of all systems; each takes what is its own."""
