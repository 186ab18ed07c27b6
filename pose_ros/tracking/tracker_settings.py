"""The settings of the tracker."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class TrackerSettings(Settings):
    """When a person begins, is believed, and is forgotten. All times come from image stamps."""

    min_similarity: float = setting(0.15, 'Least keypoint similarity of a detection to a track', low=0.0, high=1.0)
    sure_similarity: float = setting(0.4, 'Least similarity to where someone unseen for longer than patience_s would '
                                          'be, to be that one at once', low=0.0, high=1.0)
    distance_m: float = setting(0.15, 'Standard deviation of how far away a tracked person is, where depth tells [m]',
                                low=0.01, high=10.0)
    approach_m_s: float = setting(0.8, 'Growth of that with the time since it was measured [m/s]', low=0.0, high=10.0)
    doubt: float = setting(1.0, 'Disagreeing keypoints assumed in every pair, so that few common ones prove little',
                           low=0.0, high=20.0)
    min_start_score: float = setting(0.4, 'Least person score of a detection that begins a track', low=0.0, high=1.0)
    min_start_keypoints: int = setting(3, 'Least number of keypoints of a detection that begins a track',
                                       low=1, high=200)
    confirm_s: float = setting(0.06, 'A new track gets its identity when seen again this long after it began [s]',
                               low=0.0, high=10.0)
    patience_s: float = setting(0.15, 'A new track unseen for longer is dropped [s]', low=0.0, high=10.0)
    predict_s: float = setting(0.5, 'A track unseen for up to this is PREDICTED, then LOST [s]', low=0.0, high=10.0)
    remember_s: float = setting(3.0, 'A track unseen for longer is forgotten [s]', low=0.0, high=60.0)
    max_late_s: float = setting(0.1, 'A stamp earlier than the newest one by more starts anew (a bag in a loop) [s]',
                                low=0.0, high=10.0)
