"""A person who teaches: motions with rests between them, for benchmarks and tests of demonstrations."""
from __future__ import annotations

import numpy as np

from pose_ros.benchmarks.motions import ARMS, RATE_HZ, Motion, move
from pose_ros.demonstrations.demonstration import About, Demonstration, JointSamples, Sightings

BEGIN = 1.7e9


def teach(seed: int = 1, count: int = 6, moving: int = 60, resting: int = 24) -> tuple[Motion, np.ndarray]:
    """Some motions of both arms, cut out of `move` and held still in between.

    Args:
        seed: of the motion.
        count: of motions.
        moving, resting: frames of 1/30 s of each motion and of each rest, of which there is one more.

    Returns:
        The person, and (count, 2) begins and ends [s].
    """
    person = move(count * moving, seed).points
    parts, begins = [np.repeat(person[:1], resting, axis=0)], []
    for motion in np.split(person, count):
        begins.append(sum(map(len, parts)))
        parts += [motion, np.repeat(motion[-1:], resting, axis=0)]
    points = np.concatenate(parts)
    ends = np.array([[begin, begin + moving - 1] for begin in begins]) / RATE_HZ
    return Motion(np.arange(len(points)) / RATE_HZ, points), ends


def seen(motion: Motion) -> Demonstration:
    """A recording of nothing but a person, from BEGIN on."""
    count, nothing = len(motion.stamps), JointSamples(np.empty(0), np.empty((0, 0)), np.empty((0, 0)))
    persons = Sightings(BEGIN + motion.stamps, motion.points, np.ones((count, len(ARMS))), np.zeros(count, int))
    return Demonstration(About('nobody', (), ARMS), persons, nothing, nothing)
