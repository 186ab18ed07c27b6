"""Draws docs/demonstrations_segments.png and docs/demonstrations_dmp.png.

Run `.venv/bin/python docs/demonstrations.py`; it needs the extras `robot` and `learning`.
"""
from pathlib import Path

import matplotlib
import numpy as np

from pose_ros.benchmarks.demonstrations import free_poses, show
from pose_ros.benchmarks.motions import add_noise
from pose_ros.benchmarks.taught import BEGIN, seen, teach
from pose_ros.demonstrations.arms import arm_motion
from pose_ros.demonstrations.feasibility import planned
from pose_ros.demonstrations.performance import perform
from pose_ros.demonstrations.primitives import LearntMotion
from pose_ros.demonstrations.segment import segment
from pose_ros.demonstrations.settings import SegmentSettings
from pose_ros.retargeting.robot import load_robot

matplotlib.use('Agg')
from matplotlib import pyplot as plt  # noqa: E402  (the backend has to be chosen first)

SEED = 200  # the first of those that nothing was chosen on
GOALS = 8


def draw_segments(path: Path) -> None:
    """A wrist in noise, the speed of the arms, what was moved and what was found."""
    motion, truth = teach(SEED)
    demonstration = seen(add_noise(motion, SEED + 50))
    arms = arm_motion(demonstration.persons, demonstration.about.skeleton)
    figure, axes = plt.subplots(2, 1, figsize=(9, 4.2), sharex=True)
    wrist = demonstration.about.skeleton.index('right_wrist')
    axes[0].plot(motion.stamps, demonstration.persons.points[:, wrist], '.', markersize=2)
    axes[0].set(ylabel='right wrist [m]', ylim=(-0.6, 1.2))
    window = arms.frames(SegmentSettings().dwell_s)
    middles = arms.times[window // 2:][:len(arms.times) - window + 1]
    axes[1].plot(middles - BEGIN, arms.speeds(window), 'k', linewidth=1)
    axes[1].axhline(SegmentSettings().still, color='0.6', linewidth=1)
    axes[1].set(ylabel='speed [m/s]', xlabel='s', ylim=(0, 1.6))
    for axis in axes:
        for begin, end in truth:
            axis.axvspan(begin, end, color='tab:green', alpha=0.15)
        for part in segment(demonstration):
            for edge in (part.begin, part.end):
                axis.axvline(edge - BEGIN, color='tab:red', linewidth=1)
    figure.suptitle('10 mm noise and 2 % outliers; moved (green), found (red)', fontsize=10)
    figure.tight_layout()
    figure.savefig(path, dpi=90)


def draw_rollouts(path: Path) -> None:
    """Two joints of one shown motion, and of the same motion to other goals, as wanted and as performed."""
    robot = load_robot('arm7')
    shown, joints = show(robot), (1, 3)
    learnt = LearntMotion.of(shown)
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4))
    for number, goal in enumerate(free_poses(robot, GOALS, seed=3)):
        wanted = learnt.rolled_out(shown.positions[0], goal)
        motion, report = planned(wanted, robot)
        if report.free:
            done = perform(robot, motion)
            for axis, joint in zip(axes, joints):
                axis.plot(wanted.times, np.degrees(wanted.positions[:, joint]), ':', color=f'C{number}', linewidth=1)
                axis.plot(done.times, np.degrees(done.positions[:, joint]), color=f'C{number}', linewidth=1.5)
                axis.plot(done.times[-1], np.degrees(goal[joint]), 'o', color=f'C{number}', markersize=4)
    for axis, joint in zip(axes, joints):
        axis.plot(shown.times, np.degrees(shown.positions[:, joint]), 'k', linewidth=3, label='shown')
        for limit in (robot.limits.lower[joint], robot.limits.upper[joint]):
            axis.axhline(np.degrees(limit), color='tab:red', linewidth=1)
        axis.set(xlabel='s', ylabel=f'{robot.joints[joint]} [deg]')
    axes[0].legend()
    figure.suptitle('a shown motion (black) as DMP to other goals (dots): dotted as wanted, solid as performed; '
                    'limits red', fontsize=10)
    figure.tight_layout()
    figure.savefig(path, dpi=90)


if __name__ == '__main__':
    here = Path(__file__).parent
    draw_segments(here / 'demonstrations_segments.png')
    draw_rollouts(here / 'demonstrations_dmp.png')
