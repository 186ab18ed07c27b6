"""What performers do, with what is true about it: everyday motion, falls, signals and exercises."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pose_ros.benchmarks.performers import Performance, Pose, perform, walk

STAND = Pose()
SIT = Pose(thighs=(85, 85), knees=(85, 85), trunk=5)
SQUAT = Pose(thighs=(85, 85), knees=(110, 110), trunk=30, ahead=(60, 60))
BEND = Pose(trunk=80, ahead=(70, 70))
FLOOR = Pose(thighs=(75, 75), knees=(20, 20), trunk=-10)
ON_BACK = Pose(tilt=-88)
STOP = Pose(ahead=(5, 0), aside=(8, 80), elbows=(10, 0), turns=(0, 90))
POINT = Pose(ahead=(5, 80), aside=(8, 15), elbows=(10, 5))
ARMS_UP = Pose(ahead=(0, 0), aside=(170, 170), elbows=(0, 0))
CURL = Pose(elbows=(130, 130))
SIDE = Pose(aside=(95, 95), elbows=(0, 0))

EXERCISES = {'squat': SQUAT, 'biceps_curl': CURL, 'side_raise': SIDE, 'jumping_jack': ARMS_UP, 'forward_bend': BEND}
FALLS = {'ahead': Pose(tilt=85), 'backward': Pose(tilt=-85), 'left': Pose(roll=85), 'right': Pose(roll=-85),
         'collapse': Pose(thighs=(80, 80), knees=(120, 120), trunk=20, tilt=-75)}


def hold(pose: Pose, duration_s: float) -> Performance:
    """Stays in a pose."""
    return perform([(0.0, pose), (duration_s, pose)])


def fall(way: str, start: Pose = STAND, before_s: float = 2.0, lying_s: float = 4.0) -> Performance:
    """Stands, or sits, and falls: 0.7 s for a body of this height (free fall of 1.4 m takes 0.5 s)."""
    down = perform([(0.0, start), (0.75, FALLS[way])], falling=True)
    return hold(start, before_s).then(down).then(hold(FALLS[way], lying_s))


def repeat(pose: Pose, count: int, period_s: float, still_s: float = 1.0) -> Performance:
    """From standing to the pose and back, again and again."""
    turns = [(still_s + index * period_s / 2, pose if index % 2 else STAND) for index in range(2 * count + 1)]
    return perform([(0.0, STAND), *turns, (turns[-1][0] + still_s, STAND)])


def wave(swings: int = 6, period_s: float = 0.7) -> Performance:
    """Lifts the right hand and waves."""
    leans = [Pose(ahead=(5, 0), aside=(8, 80), elbows=(10, 0), turns=(0, 90 + 30 * (-1) ** index))
             for index in range(swings)]
    frames = [(1.6 + index * period_s / 2, pose) for index, pose in enumerate(leans)]
    return perform([(0.0, STAND), (1.0, STAND), *frames, (frames[-1][0] + 0.8, STAND), (frames[-1][0] + 2.5, STAND)])


def beckon(swings: int = 6, period_s: float = 0.8) -> Performance:
    """Stretches the right arm out and bends it towards the body, several times."""
    ends = (Pose(ahead=(5, 60), elbows=(10, 20)), Pose(ahead=(5, 50), elbows=(10, 110)))
    frames = [(1.6 + index * period_s / 2, ends[index % 2]) for index in range(swings)]
    return perform([(0.0, STAND), (1.0, STAND), *frames, (frames[-1][0] + 0.8, STAND), (frames[-1][0] + 2.5, STAND)])


def signal(pose: Pose, held_s: float = 2.0) -> Performance:
    """Takes a pose, holds it and stands again."""
    return perform([(0.0, STAND), (1.0, STAND), (1.6, pose), (1.6 + held_s, pose), (2.4 + held_s, STAND),
                    (4.0 + held_s, STAND)])


SIGNALS: dict[str, Callable[[], Performance]] = {
    'wave': wave, 'come_here': beckon, 'stop': lambda: signal(STOP), 'point': lambda: signal(POINT),
    'arms_up': lambda: signal(ARMS_UP),
}


def everyday(duration_s: float, seed: int = 0) -> Performance:
    """Ordinary motion without a fall: walks, stands, sits, bends, crouches, lies down, squats and waves."""
    random = np.random.default_rng(seed)
    scenes: list[Callable[[], Performance]] = [
        lambda: walk(*random.uniform((3, 85, 15), (8, 125, 26))).turned(random.uniform(0, 360)),
        lambda: hold(STAND, random.uniform(1, 5)),
        lambda: _there_and_back([SIT], random),
        lambda: _there_and_back([BEND], random),
        lambda: _there_and_back([SQUAT], random),
        lambda: _there_and_back([SIT, FLOOR], random),
        lambda: _there_and_back([SIT, FLOOR, ON_BACK], random),
        lambda: repeat(SQUAT, 3, random.uniform(1.5, 3)),
        wave,
    ]
    whole = hold(STAND, 1.0)
    while whole.stamps[-1] < duration_s:
        whole = whole.then(scenes[random.integers(len(scenes))]())
    return whole


def _there_and_back(poses: list[Pose], random: np.random.Generator) -> Performance:
    """Through some poses, each in 1 to 2.5 s, a rest, and the same way back."""
    way = [STAND, *poses, poses[-1], *poses[-2::-1], STAND]
    times = np.concatenate([[0], np.cumsum(random.uniform(1.0, 2.5, len(way) - 1))])
    return perform(list(zip(times.tolist(), way)))
