"""Demonstrations: motions found in noise, learnt motions to new goals, and what a killed recording leaves.

Segmentation: `taught.teach` with the noise of `motions.add_noise`, over seeds that no constant was chosen on, and with
less and more noise over a hundred others. DMP: one
motion of the person, to goals all over the joint ranges, clipped, timed and sent through the follower.
"""
from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from pose_ros.benchmarks.motions import add_noise
from pose_ros.benchmarks.row import Row
from pose_ros.benchmarks.taught import BEGIN, seen, teach
from pose_ros.sources import open_source

if TYPE_CHECKING:
    from pose_ros.retargeting.robot import Robot
    from pose_ros.retargeting.trajectory import Trajectory

CLIP = Path(__file__).parents[1] / 'demo_data' / 'people.mp4'
HELD_BACK, HELD_BACK_TOO = range(200, 240), range(1000, 1100)
# Noise on every axis [m] and share of wrong points.
NOISES = {'low_noise': (0.005, 0.02), 'double_noise': (0.02, 0.02), 'many_outliers': (0.01, 0.1)}
ROBOTS = ('arm7', 'torso14', 'torso17')
GOALS, MARGIN = 100, 0.05
KILLED_AFTER = 9000  # frames: the middle of 10 minutes


def rows(seeds: range = HELD_BACK, goals: int = GOALS, killed_after: int = KILLED_AFTER,
         robots: tuple[str, ...] = ROBOTS, more_seeds: range = HELD_BACK_TOO) -> list[Row]:
    """Segmentation, the killed recording, and, with the extras `robot` and `learning`, learnt motions.

    Args:
        seeds: of the motions to segment.
        goals: of the learnt motions.
        killed_after: frames of a recording, at which it is killed.
        robots: names or files.
        more_seeds: of the motions to segment in other noise.
    """
    found = [*segmentation(seeds), *killed_recording(killed_after), *camera_images()]
    found += [row for kind, noise in NOISES.items() for row in segmentation(more_seeds, kind, *noise)]
    if any(find_spec(name) is None for name in ('pinocchio', 'movement_primitives', 'toppra')):
        return found
    from pose_ros.retargeting.robot import load_robot
    return found + [row for name in robots for row in learning(load_robot(name), goals)]


def segmentation(seeds: range, kind: str = '', noise_m: float = 0.01, outliers: float = 0.02) -> list[Row]:
    """How many of six motions are found, and how far off their boundaries are."""
    from pose_ros.demonstrations.segment import segment
    errors, counts, begun = [], [], time.thread_time()
    for seed in seeds:
        motion, truth = teach(seed)
        segments = segment(seen(add_noise(motion, seed + 50, noise_m, outliers)))
        counts.append(len(segments))
        if len(segments) == len(truth):
            errors.append(np.abs([[part.begin - BEGIN, part.end - BEGIN] for part in segments] - truth))
    name, boundaries = f'demonstrations.segmentation{kind and "."}{kind}', 1e3 * np.array(errors)
    return [Row(f'{name}.recordings', len(seeds), ''), Row(f'{name}.all_six_found', len(errors), ''),
            Row(f'{name}.most_found', max(counts), ''), Row(f'{name}.fewest_found', min(counts), ''),
            Row(f'{name}.boundary_median_ms', float(np.median(boundaries)), 'ms'),
            Row(f'{name}.boundary_p95_ms', float(np.percentile(boundaries, 95)), 'ms'),
            Row(f'{name}.boundary_worst_ms', float(boundaries.max()), 'ms'),
            Row(f'{name}.ms', 1e3 * (time.thread_time() - begun) / len(seeds), 'ms')]


def killed_recording(frames: int) -> list[Row]:
    """A recording process killed with SIGKILL: how much of what it had is readable."""
    from pose_ros.bridge.demonstration_bag import read_demonstration
    with TemporaryDirectory(prefix='pose_ros_') as folder:
        recording = Path(folder) / 'killed'
        last = record_until_killed(recording, frames)
        read = read_demonstration(recording)
        size = sum(file.stat().st_size for file in recording.iterdir())
    stamps, name = read.persons.stamps, 'demonstrations.recording.killed'
    return [Row(f'{name}.recorded_s', last - BEGIN, 's'),
            Row(f'{name}.lost_s', max(last - float(stamps[-1]), 0.0), 's'),
            Row(f'{name}.missing_frames', round(30 * (stamps[-1] - BEGIN)) + 1 - len(stamps), ''),
            Row(f'{name}.mb_per_minute', size / 1e6 / (stamps[-1] - BEGIN) * 60, 'MB')]


def camera_images(count: int = 100) -> list[Row]:
    """What it costs to record the images of a camera: the demo's clip, 640x480, at 30 Hz."""
    from std_msgs.msg import Header

    from pose_ros.bridge.camera_jpeg import jpeg_from_msg
    from pose_ros.bridge.images import image_to_msg
    with closing(open_source(str(CLIP))) as source:
        messages = [image_to_msg(frame.image, Header()) for frame in islice(source, count)]
    begun = time.thread_time()
    jpegs = [jpeg_from_msg(message, 640) for message in messages]
    each_ms = 1e3 * (time.thread_time() - begun) / len(jpegs)
    size_mb = sum(map(len, jpegs)) / len(jpegs) * 30 * 60 / 1e6
    return [Row('demonstrations.image.ms', each_ms, 'ms'), Row('demonstrations.image.mb_per_minute', size_mb, 'MB')]


def record_until_killed(folder: Path, frames: int) -> float:
    """Kills a recording process after so many frames; returns the stamp of the last frame that it wrote [s]."""
    command = [sys.executable, '-m', 'pose_ros.benchmarks.endless_recording', str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        told = [process.stdout.readline() for _ in range(frames)]
        process.kill()
        told += process.stdout.readlines()
    return float([line for line in told if line.endswith('\n')][-1])


def learning(robot: Robot, goals: int) -> list[Row]:
    """One motion as a DMP, to random goals that the robot can stand at."""
    from pose_ros.demonstrations.primitives import LearntMotion
    from pose_ros.retargeting.rehearsal import violations
    shown = show(robot)
    learnt, begun = LearntMotion.of(shown), time.thread_time()
    again = learnt.rolled_out(shown.positions[0], shown.positions[-1])
    imitation = np.degrees(np.abs(again.at(shown.times)[0] - shown.positions)).mean()
    results, refused, raw = [], 0, 0
    for goal in free_poses(robot, 3 * goals):
        wanted = learnt.rolled_out(shown.positions[0], goal)
        raw += any(violations(robot.limits, wanted.positions, float(wanted.times[1])))
        result = _perform(robot, wanted, goal)
        refused += not result
        results += [result] if result else []
        if len(results) == goals:
            break
    broken, collided, errors, stretches, detours = (np.array(values) for values in zip(*results))
    name = f'demonstrations.dmp.{robot.config.name}'
    return [Row(f'{name}.goals', len(results), ''), Row(f'{name}.refused_self_collision', refused, ''),
            Row(f'{name}.led_round_itself', int((detours > 0).sum()), ''),
            Row(f'{name}.detour_most_deg', float(np.degrees(detours.max())), 'deg'),
            Row(f'{name}.violations', int(broken.sum()), ''), Row(f'{name}.collisions', int(collided.sum()), ''),
            Row(f'{name}.rollouts_that_would_violate', raw, ''),
            Row(f'{name}.goal_error_deg', float(errors.max()), 'deg'),
            Row(f'{name}.stretch_median', float(np.median(stretches)), ''),
            Row(f'{name}.stretch_most', float(stretches.max()), ''),
            Row(f'{name}.imitation_deg', float(imitation), 'deg'),
            Row(f'{name}.ms', 1e3 * (time.thread_time() - begun) / (len(results) + refused), 'ms')]


def show(robot: Robot, seed: int = 1) -> Trajectory:
    """What a robot is commanded while a person shows one motion, with noise."""
    from pose_ros.demonstrations.replay import commanded, segments_of
    from pose_ros.demonstrations.transfer import transferred
    demonstration = transferred(seen(add_noise(teach(seed)[0])), robot)
    return commanded(demonstration.commands, segments_of(demonstration)[2])


def free_poses(robot: Robot, count: int, seed: int = 0) -> list[np.ndarray]:
    """Random poses (n,) within the limits in which the robot does not touch itself [rad]."""
    from pose_ros.retargeting.collision import CollisionChecker
    checker, random, limits = CollisionChecker(robot), np.random.default_rng(seed), robot.limits
    poses: list[np.ndarray] = []
    while len(poses) < count:
        pose = random.uniform(limits.lower + MARGIN, limits.upper - MARGIN)
        poses += [pose] if checker.clearance(pose) > 0 else []
    return poses


def _perform(robot: Robot, wanted: Trajectory, goal: np.ndarray) -> tuple[int, int, float, float, float] | None:
    """Violations, collisions, error at the end [deg], stretch, detour [rad]; None where no way is free."""
    from pose_ros.demonstrations.feasibility import planned
    from pose_ros.demonstrations.performance import perform
    from pose_ros.retargeting.rehearsal import collisions, violations
    motion, report = planned(wanted, robot)
    if not report.free:
        return None
    done = perform(robot, motion)
    error = np.degrees(np.abs(done.positions[-1] - goal).max())
    return (sum(violations(robot.limits, done.positions, float(done.times[1]))), collisions(robot, done.positions),
            float(error), report.stretch, report.detour)
