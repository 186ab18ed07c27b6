"""How somebody holds an arm, in the frame of their own trunk."""
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pose_ros.activity.body import Body


@dataclass(frozen=True)
class ArmPose:
    """One arm at one moment; NaN = unknown, and then every test is False.

    Attributes:
        elbow_deg: angle at the elbow, 180 = straight.
        upper_deg: upper arm against hanging, 90 = level.
        forearm_deg: forearm against hanging, 180 = straight up.
        sideways_deg: lean of the forearm in the plane of the shoulders, 0 = up, towards the left positive.
        flatness: part of the forearm's length within the plane of the shoulders, 1 = all of it.
        bearing_deg, elevation_deg: where shoulder to wrist points: from straight ahead to the left, and above level.
        wrist: (3,) [m] against the neck.
    """

    elbow_deg: float
    upper_deg: float
    forearm_deg: float
    sideways_deg: float
    flatness: float
    bearing_deg: float
    elevation_deg: float
    wrist: np.ndarray


def arm_pose(body: Body, side: str) -> ArmPose:
    """The arm of one side, `left_` or `right_`."""
    left = body['left_shoulder'] - body['right_shoulder']
    across = math.hypot(left[0], left[1])
    left_x, left_y = (float(left[0]) / across, float(left[1]) / across) if across > 0 else (math.nan, math.nan)
    fore = body[f'{side}wrist'] - body[f'{side}elbow']
    reach = body[f'{side}wrist'] - body[f'{side}shoulder']
    ahead = left_y * reach[0] - left_x * reach[1]
    aside = left_x * reach[0] + left_y * reach[1]
    lean, up = float(left_x * fore[0] + left_y * fore[1]), float(fore[2])
    length = math.sqrt(float(fore @ fore)) or math.nan
    return ArmPose(elbow_deg=body.angles[f'{side}elbow'], upper_deg=body.angles[f'{side}upper_arm'],
                   forearm_deg=body.angles[f'{side}forearm'], sideways_deg=math.degrees(math.atan2(lean, up)),
                   flatness=math.hypot(lean, up) / length, bearing_deg=math.degrees(math.atan2(aside, ahead)),
                   elevation_deg=math.degrees(math.atan2(reach[2], math.hypot(ahead, aside))),
                   wrist=body[f'{side}wrist'] - body['neck'])
