"""People recorded by others (CMU), whom no rule was made for: what they do is told, and no fall is invented."""
from pathlib import Path

import bvhio
import numpy as np
import pytest

from pose_ros.activity.activity import UNKNOWN, Kind
from pose_ros.activity.body import KEYPOINTS, upright_from_optical
from pose_ros.activity.watcher import ActivityWatcher, posture_of
from pose_ros.benchmarks.performers import LOWEST_M, Performance

MOTION = Path(__file__).parents[3] / 'shared' / 'data' / 'motion'
UPRIGHT = upright_from_optical()
CMU = dict(zip(KEYPOINTS, ('Head', 'Neck', 'LeftShoulder', 'RightShoulder', 'LeftElbow', 'RightElbow', 'LeftWrist',
                           'RightWrist', 'LeftHip', 'RightHip', 'LeftKnee', 'RightKnee', 'LeftAnkle', 'RightAnkle')))

pytestmark = pytest.mark.skipif(not MOTION.is_dir(), reason='needs the motion capture of ../shared')


def performance(path, names, every, rate_hz, scale=1.0):
    """A BVH as a performance: its y is up."""
    root = bvhio.readAsHierarchy(str(path))
    joints = {joint.Name: joint for joint, _, _ in root.layout()}
    count = bvhio.readAsBvh(str(path)).FrameCount
    frames = []
    for frame in range(0, count, every):
        root.loadPose(frame)
        frames.append([np.array(joints[names[name]].PositionWorld) for name in KEYPOINTS])
    points = np.array(frames)[:, :, [2, 0, 1]] * scale
    points[:, :, 2] += LOWEST_M - points[:, :, 2].min()
    return Performance(np.arange(len(points)) * every / rate_hz, points)


def told(motion, **flaws):
    watcher = ActivityWatcher()
    return [watcher.update([person], stamp_s, UPRIGHT)[0]
            for stamp_s, person in zip(motion.stamps.tolist(), motion.persons(**flaws))]


@pytest.mark.parametrize('flaws', [{}, {'noise_m': 0.02, 'hidden': 0.03}], ids=['clean', 'noisy'])
@pytest.mark.parametrize('clip', ['131_01', '131_02', '131_03'])
def test_recorded_dance_steps_are_steps_and_no_fall(clip, flaws):
    """131_01 and 131_02 start, walk (one of them through a deep crouch) and stop; 131_03 hops."""
    motion = performance(MOTION / 'cmu_bvh11' / f'scaled_{clip}.bvh', CMU, every=4, rate_hz=120)
    found = told(motion, **flaws)
    postures = [posture_of(activities) for activities in found]
    assert set(postures) <= {'standing', 'walking', 'crouching', UNKNOWN} and 'walking' in postures
    assert not any(one.kind is Kind.FALL for activities in found for one in activities)


@pytest.mark.parametrize('clip', ['131_01', '131_03'])
def test_recorded_walks_have_a_gait(clip):
    found = told(performance(MOTION / 'cmu_bvh11' / f'scaled_{clip}.bvh', CMU, every=4, rate_hz=120))
    gaits = [one for activities in found for one in activities if one.kind is Kind.GAIT]
    assert 70 < gaits[-1].values['cadence_per_min'] < 160 and 0.3 < gaits[-1].values['step_length_m'] < 0.9
