"""Retargeting on the robots of the package: limits kept, CPU time, wrist error, lag, collisions, and how soon it stops.

Where example-robot-data is installed (the extra `bench`), a Panda, TALOS and G1 too, at all the speed that their URDFs
allow, as the figures of others are. Stopping is also measured at 0.3 of the speed limits, the default of robot files
(slowed), and with all the speed from which a robot still rests within 5 deg (bounded), which has its price in error.
Clean: the motion of `motions.move`; noisy: 10 mm on every point and axis and 2 % outliers of 200 mm; fuzzed: NaN,
infinite and huge points, drops, jumps, warped time. Wrist errors include all lag.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pose_ros.benchmarks.motions import ARMS, Motion, add_noise, move, spoil
from pose_ros.benchmarks.row import Row

if TYPE_CHECKING:
    from pose_ros.retargeting.rehearsal import Rehearsal
    from pose_ros.retargeting.robot import Robot

ROBOTS = ('arm7', 'torso14', 'torso17')
# Of example-robot-data.
DATA = 'cmeel.prefix/share/example-robot-data/robots'
DESCRIBED = {'panda': 'panda_description/urdf/panda.urdf', 'talos': 'talos_data/robots/talos_reduced.urdf',
             'g1': 'g1_description/urdf/g1_29dof_rev_1_0.urdf'}
FRAMES, FUZZED_FRAMES = 900, 45000
DEFAULT_SCALE, REST_WITHIN_DEG = 0.3, 5.0
# Left out of the errors: the way from the preferred pose to the person's [s].
WARM_UP = 0.5
# Faster than this is no rest [rad/s].
AT_REST = 0.02


def rows(frames: int = FRAMES, fuzzed_frames: int = FUZZED_FRAMES, robots: Sequence[str] = ()) -> list[Row]:
    """For every robot: violations (clean, noisy, fuzzed), collisions, time per frame, errors, lag and stopping.

    No rows where the extra `robot` is not installed.

    Args:
        frames: of 1/30 s, clean and noisy.
        fuzzed_frames: of spoilt input.
        robots: names; none = all there are.
    """
    if find_spec('pinocchio') is None:
        return []
    made = {name: make for name, make in _robots().items() if not robots or name in robots}
    return [row for make in made.values() for row in measure(make(), frames, fuzzed_frames)]


def _robots() -> dict[str, Callable[[], Robot]]:
    """The robots of the package, and those whose descriptions are installed."""
    from pose_ros.retargeting.robot import load_robot
    made: dict[str, Callable[[], Robot]] = {name: partial(load_robot, name) for name in ROBOTS}
    try:
        folder = Path(str(distribution('example-robot-data').locate_file(DATA)))
    except PackageNotFoundError:
        return made
    return made | {name: partial(_at_full_speed, name, folder / urdf) for name, urdf in DESCRIBED.items()}


def _at_full_speed(name: str, urdf: Path) -> Robot:
    from pose_ros.retargeting.config_file import find_robot_config
    from pose_ros.retargeting.robot import load_robot, read_urdf
    return load_robot(replace(find_robot_config(name), velocity_scale=1.0, stop_within=np.inf), read_urdf(urdf))


def _slowed(robot: Robot) -> Robot:
    """The same robot with 0.3 of its speed limits."""
    return replace(robot, limits=replace(robot.limits, velocity=DEFAULT_SCALE * robot.limits.velocity))


def bounded(robot: Robot) -> Robot:
    """The same robot, so slow that it rests within 5 deg after the last image."""
    from pose_ros.retargeting.limits import resting_within
    return replace(robot, limits=resting_within(robot.limits, np.radians(REST_WITHIN_DEG)))


def measure(robot: Robot, frames: int, fuzzed_frames: int) -> list[Row]:
    """The rows of one robot."""
    truth = move(frames)
    runs = {'clean': run(robot, truth), 'noisy': run(robot, add_noise(truth)),
            'fuzzed': run(robot, spoil(add_noise(move(fuzzed_frames))))}
    name = f'retarget.{robot.config.name}'
    found = [row for kind, done in runs.items() for row in _laws(f'{name}.{kind}', robot, done)]
    found.append(Row(f'{name}.ms', float(np.median([np.median(runs[kind].frame_ms) for kind in ('clean', 'noisy')])),
                     'ms'))
    for kind in ('clean', 'noisy'):
        errors = 1e3 * wrist_errors(robot, runs[kind], truth)
        found += [Row(f'{name}.{kind}.wrist_median_mm', float(np.median(errors)), 'mm'),
                  Row(f'{name}.{kind}.wrist_p95_mm', float(np.percentile(errors, 95)), 'mm')]
    found.append(Row(f'{name}.lag_ms', 1e3 * lag(robot, runs['clean'], truth), 'ms'))
    return [*found, *_stops(name, robot, truth), *_stops(f'{name}.slowed', _slowed(robot), truth),
            *_bounded(f'{name}.bounded', bounded(robot), truth)]


def _bounded(name: str, robot: Robot, truth: Motion) -> list[Row]:
    errors = 1e3 * wrist_errors(robot, run(robot, add_noise(truth)), truth)
    return [Row(f'{name}.noisy.wrist_p95_mm', float(np.percentile(errors, 95)), 'mm'), *_stops(name, robot, truth)]


def run(robot: Robot, motion: Motion) -> Rehearsal:
    """A person's motion through a fresh retargeter, from the preferred pose."""
    from pose_ros.retargeting.rehearsal import rehearse
    from pose_ros.retargeting.retargeter import Retargeter
    return rehearse(Retargeter(robot, ARMS, robot.home), motion.stamps, motion.points)


def _laws(name: str, robot: Robot, done: Rehearsal) -> list[Row]:
    from pose_ros.retargeting.rehearsal import collisions, violations
    broken = violations(robot.limits, done.positions, done.times[0])
    values = {'violations': sum(broken), 'collisions': collisions(robot, done.positions), 'ticks': len(done.times)}
    return [Row(f'{name}.{what}', value, '') for what, value in values.items()]


def wrist_errors(robot: Robot, done: Rehearsal, truth: Motion, delays: Sequence[float] = (0.0,)) -> np.ndarray:
    """(D, T) of all arms after the warm-up [m], against the person `delays` seconds ago."""
    from pose_ros.retargeting import rehearsal
    late = done.times > WARM_UP
    errors = []
    for arm in rehearsal.arms(robot):
        vectors = rehearsal.bone_vectors(robot, arm, done.positions[late])
        persons = (truth.at(done.times[late] - delay) for delay in delays)
        directions = [np.stack([person.directions(bone.keypoints) for bone in arm], 1) for person in persons]
        errors.append([rehearsal.wrist_errors(vectors, wanted) for wanted in directions])
    return np.concatenate(errors, axis=1)


def lag(robot: Robot, done: Rehearsal, truth: Motion) -> float:
    """The delay [s] of the person that the wrists match best (median error)."""
    delays = np.arange(-0.02, 0.08, 0.004)
    return float(delays[np.argmin(np.median(wrist_errors(robot, done, truth, list(delays)), axis=1))])


def _stops(name: str, robot: Robot, truth: Motion) -> list[Row]:
    """The worst of a person lost at many moments: time to rest, movement since, and its avoidable part."""
    moments = range(30, len(truth.stamps) - 30, max(len(truth.stamps) // 12, 1))
    times, drifts, avoidable = np.array([stop(robot, truth, frame) for frame in moments]).T
    return [Row(f'{name}.stop_ms', 1e3 * float(times.max()), 'ms'),
            Row(f'{name}.stop_drift_deg', float(np.degrees(drifts.max())), 'deg'),
            Row(f'{name}.stop_drift_beyond_braking_deg', float(np.degrees(avoidable.max())), 'deg')]


def stop(robot: Robot, truth: Motion, frame: int) -> tuple[float, float, float]:
    """Loses the person after a frame: no more images come, the worst case of those in which there are images.

    Returns:
        Time to rest [s], the furthest movement of a joint [rad], and the furthest beyond the distance that the joint
        needs to brake from its speed at that frame [rad].
    """
    seen, nothing = slice(0, frame + 1), np.full((1, len(ARMS), 3), np.nan)
    done = run(robot, Motion(np.append(truth.stamps[seen], truth.stamps[frame] + 1.0),
                             np.concatenate([truth.points[seen], nothing])))
    first = int(np.searchsorted(done.times, truth.stamps[frame]))
    moving = np.flatnonzero((np.abs(done.velocities[first:]) > AT_REST).any(1))
    seconds = (moving[-1] + 1) * done.times[0] if len(moving) else 0.0
    drift = np.abs(done.positions[first:] - done.positions[first]).max(0)
    braking = done.velocities[first] ** 2 / (2 * robot.limits.acceleration)
    return float(seconds), float(drift.max()), float((drift - braking).max())
