"""Random human poses within anatomical limits, as rotations per bone of the Anny rig."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pose_ros.synthetic.rotations import X, Y, Z, bend, rotation, turn_onto

SPINE = ('spine05', 'spine04', 'spine03', 'spine02', 'spine01')
NECK = ('neck01', 'neck02', 'neck03', 'head')
# How often each way of standing is drawn, and which arm gestures go with it.
ARCHETYPES = {'stand': .30, 'walk': .15, 'sit': .17, 'reach': .20, 'free': .13, 'crouch': .05}
GESTURES = {
    'stand': {'down': .62, 'forward': .20, 'hips': .10, 'any': .08},
    'walk': {'down': .85, 'forward': .15},
    'sit': {'down': .40, 'forward': .50, 'any': .10},
    'reach': {'up': .25, 'side': .20, 'forward': .25, 'any': .20, 'down': .10},
    'free': {'any': .60, 'forward': .25, 'down': .15},
    'crouch': {'any': .40, 'forward': .40, 'down': .20},
}


@dataclass(frozen=True)
class ArmRest:
    """Directions of one arm in the rest pose: (3,) from shoulder to elbow and (3,) from elbow to wrist."""

    upper: np.ndarray
    lower: np.ndarray


def sample_pose(random: np.random.Generator, arms: dict[str, ArmRest]) -> dict[str, np.ndarray]:
    """Rotations (3, 3) per bone name, world-aligned, relative to the parent bone; bones not named stay at rest."""
    kind = _choose(random, ARCHETYPES)
    pose = {'root': _root(random, kind), **_trunk(random, kind)}
    phase = random.uniform(0, 2 * np.pi)
    for side, sign, shift in (('L', 1, 0.0), ('R', -1, np.pi)):
        gesture = _choose(random, GESTURES[kind])
        swing = np.sin(phase + shift) * random.uniform(.15, .8) if kind == 'walk' else 0.0
        pose |= _arm(random, gesture, swing, side, sign, arms[side])
        pose |= _leg(random, kind, phase + shift, side, sign)
    return pose


def _choose(random: np.random.Generator, weights: dict[str, float]) -> str:
    return str(random.choice(list(weights), p=list(weights.values())))


def _root(random: np.random.Generator, kind: str) -> np.ndarray:
    if kind != 'walk' and random.random() < .06:  # lying
        return rotation(Y if random.random() < .5 else X, random.choice([-90, 90]) + random.normal(0, 15))
    if kind == 'free' and random.random() < .3:  # falling, jumping, climbing
        return rotation(random.normal(size=3), random.normal(0, 35))
    return bend(random.normal(0, 4), random.normal(0, 4))


def _trunk(random: np.random.Generator, kind: str) -> dict[str, np.ndarray]:
    forward, sideways, twist = random.normal((5, 0, 0), (6, 5, 8))
    if kind == 'crouch':
        forward = random.uniform(20, 60)
    if kind == 'sit':
        forward = random.uniform(-5, 30)
    if kind == 'free':
        forward, sideways, twist = random.uniform(-15, 60), random.normal(0, 14), random.normal(0, 20)
    # People look where they act: the head makes up for part of the bend of the trunk.
    nod, tilt, look = random.normal(5 - .4 * forward, 12), random.normal(0, 8), np.clip(random.normal(0, 25), -65, 65)
    return {**{bone: bend(forward / 5, sideways / 5, twist / 5) for bone in SPINE},
            **{bone: bend(nod / 4, tilt / 4, look / 4) for bone in NECK}}


def _upper_arm(random: np.random.Generator, gesture: str, sign: int) -> np.ndarray:
    """(3,) unit direction of the upper arm: `sign` outwards, -y forwards."""
    n = random.normal
    if gesture == 'any':
        return _reachable(random, sign)
    out, back, up = {
        'down': lambda: (abs(n(.18, .12)), n(.02, .18), -1.),
        'forward': lambda: (n(.25, .3), -abs(n(.8, .4)), -abs(n(.5, .4))),
        'hips': lambda: (abs(n(.7, .2)), n(.15, .15), -.8),
        'up': lambda: (abs(n(.45, .35)), -abs(n(.2, .25)), abs(n(.8, .4))),
        'side': lambda: (1., n(-.15, .35), n(-.1, .35)),
    }[gesture]()
    direction = np.array([sign * out, back, up])
    return direction / np.linalg.norm(direction)


def _reachable(random: np.random.Generator, sign: int) -> np.ndarray:
    while True:
        x, y, z = direction = random.normal(size=3)
        x, y, z = direction / np.linalg.norm(direction)
        if x * sign > -.45 and y < .5 and not (y > .1 and x * sign < .1):
            return np.array([x, y, z])


def _elbow(random: np.random.Generator, gesture: str) -> float:
    """Flexion of the elbow beyond the slightly bent rest pose [deg]."""
    low, high = {'down': (-35, 15), 'hips': (40, 80), 'forward': (-30, 95), 'up': (-35, 90)}.get(gesture, (-35, 100))
    return float(random.uniform(low, high))


def _arm(random: np.random.Generator, gesture: str, swing: float, side: str, sign: int,
         rest: ArmRest) -> dict[str, np.ndarray]:
    upper = _upper_arm(random, gesture, sign) + np.array([0, swing, 0])
    twist = {'down': random.normal(0, 20), 'hips': random.normal(-50, 15),
             'any': random.uniform(-90, 60)}.get(gesture, random.normal(-10, 35))
    curl = np.clip(abs(random.normal(20, 20)), 0, 70)
    fingers = {f'finger{finger}-{joint}.{side}': rotation(Y, sign * curl)
               for finger in range(2, 6) for joint in (1, 2, 3)}
    return {**arm(upper, twist, _elbow(random, gesture), side, sign, rest),
            f'wrist.{side}': rotation(random.normal(size=3), random.normal(0, 18)), **fingers}


def arm(upper: np.ndarray, twist_deg: float, elbow_deg: float, side: str, sign: int,
        rest: ArmRest) -> dict[str, np.ndarray]:
    """Rotations of one arm whose upper part points along `upper` (3,), turned about itself, with a bent elbow."""
    shrug = min(25.0, 25 * max(0.0, upper[2] + .2))
    return {f'clavicle.{side}': rotation(Y, -sign * shrug) @ rotation(Z, -sign * 12 * max(0.0, -upper[1])),
            f'upperarm01.{side}': rotation(upper, sign * twist_deg) @ turn_onto(rest.upper, upper),
            f'lowerarm01.{side}': rotation(np.cross(rest.upper, rest.lower), elbow_deg)}


def _leg(random: np.random.Generator, kind: str, phase: float, side: str, sign: int) -> dict[str, np.ndarray]:
    flex, spread, turn, knee = _leg_angles(random, kind, phase)
    return leg(flex, spread, turn, knee, random.normal(0, 12), side, sign)


def leg(flex_deg: float, spread_deg: float, turn_deg: float, knee_deg: float, foot_deg: float, side: str,
        sign: int) -> dict[str, np.ndarray]:
    """Rotations of one leg: hip flexed forwards, spread outwards and turned, knee and foot bent."""
    hip = rotation(Z, -sign * turn_deg) @ rotation(X, -flex_deg) @ rotation(Y, -sign * (spread_deg - 4))
    return {f'upperleg01.{side}': hip, f'lowerleg01.{side}': rotation(X, knee_deg),
            f'foot.{side}': rotation(X, foot_deg)}


def _leg_angles(random: np.random.Generator, kind: str, phase: float) -> tuple[float, float, float, float]:
    """Hip flexion, hip spread, hip rotation and knee flexion [deg]."""
    u, n = random.uniform, random.normal
    if kind == 'walk':
        lift = max(0.0, np.sin(phase + .2)) * u(5, 70)
        return -u(12, 45) * np.sin(phase) + 5, n(0, 4), n(0, 8), 5 + lift
    if kind == 'stand' and random.random() < .75:
        return n(3, 5), n(0, 5), n(0, 8), abs(n(3, 5))
    return {'stand': lambda: (u(0, 50), u(0, 15), n(0, 8), u(0, 60)),
            'reach': lambda: (n(8, 15), n(6, 8), n(0, 8), abs(n(10, 18))),
            'sit': lambda: (u(60, 100), u(-4, 25), n(0, 12), u(40, 120)),
            'crouch': lambda: (u(50, 120), u(0, 25), n(0, 8), u(50, 135)),
            'free': lambda: (u(-25, 105), u(-5, 45), n(0, 20), u(0, 120))}[kind]()
