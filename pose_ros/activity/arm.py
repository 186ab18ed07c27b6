"""How somebody holds an arm, in the frame of their own trunk."""
from __future__ import annotations

import math
from dataclasses import dataclass

from pose_ros.activity.body import Body, Place


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
        wrist: x, y, z [m] against the neck.
    """

    elbow_deg: float
    upper_deg: float
    forearm_deg: float
    sideways_deg: float
    flatness: float
    bearing_deg: float
    elevation_deg: float
    wrist: Place


def arm_pose(body: Body, side: str) -> ArmPose:
    """The arm of one side, `left_` or `right_`."""
    neck, elbow, wrist, shoulder = body['neck'], body[f'{side}elbow'], body[f'{side}wrist'], body[f'{side}shoulder']
    left_x, left_y = _leftwards(body)
    reach_x, reach_y, reach_z = (end - start for end, start in zip(wrist, shoulder))
    fore_x, fore_y, up = (end - start for end, start in zip(wrist, elbow))
    ahead, aside = left_y * reach_x - left_x * reach_y, left_x * reach_x + left_y * reach_y
    lean, length = left_x * fore_x + left_y * fore_y, math.hypot(fore_x, fore_y, up) or math.nan
    return ArmPose(elbow_deg=body.angles[f'{side}elbow'], upper_deg=body.angles[f'{side}upper_arm'],
                   forearm_deg=body.angles[f'{side}forearm'], sideways_deg=math.degrees(math.atan2(lean, up)),
                   flatness=math.hypot(lean, up) / length, bearing_deg=math.degrees(math.atan2(aside, ahead)),
                   elevation_deg=math.degrees(math.atan2(reach_z, math.hypot(ahead, aside))),
                   wrist=(wrist[0] - neck[0], wrist[1] - neck[1], wrist[2] - neck[2]))


def _leftwards(body: Body) -> tuple[float, float]:
    """x, y of the level direction from the right shoulder to the left one."""
    left, right = body['left_shoulder'], body['right_shoulder']
    across = math.hypot(left[0] - right[0], left[1] - right[1]) or math.nan
    return (left[0] - right[0]) / across, (left[1] - right[1]) / across
