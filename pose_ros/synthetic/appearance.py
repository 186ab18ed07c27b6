"""Random skin, hair and clothes of one person, and how far cloth and hair stand off the skin."""
from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

# sRGB, from light to dark, and usual hair colours with their shares.
SKIN = np.array([[.96, .82, .72], [.90, .72, .60], [.82, .62, .48], [.70, .50, .36], [.52, .36, .25], [.36, .24, .17],
                 [.25, .16, .11]])
HAIR = np.array([[.06, .05, .045], [.16, .10, .06], [.30, .19, .10], [.55, .40, .22], [.80, .66, .42], [.45, .20, .10],
                 [.6, .6, .6], [.85, .85, .83]])
HAIR_SHARE = [.3, .2, .14, .1, .08, .06, .06, .06]
SLEEVES = (-.0, .38, .5, .97, .97, 1.02)
HEMS = (-.35, -.42, -.2, -.78, -.79, -.78, -.78, -.77)
NO_HAIR = 9.0


@dataclass(frozen=True)
class Appearance:
    """How one person looks.

    Attributes:
        colours, numbers: uniforms of the fragment shader.
        prints: indices of the pictures printed on shirt and trousers.
        looseness: how far shirt, trousers and hair stand off the skin [m].
        waves: phases and frequencies of the folds.
        long_hair, skirt: their length [m], 0 for none. flare: widening of the skirt.
    """

    colours: dict[str, tuple[float, ...]]
    numbers: dict[str, float]
    prints: tuple[int, int]
    looseness: tuple[float, float, float]
    waves: np.ndarray
    long_hair: float
    skirt: float
    flare: float


def sample_appearance(random: np.random.Generator, prints: int) -> Appearance:
    """One person's look; `prints` pictures are there to print on cloth."""
    u = random.uniform
    colours = {**_colours(random), 'weave': _weave(random), 'seed': tuple(random.random(3))}
    numbers = {**_cuts(random), **_head(random), 'folds': u(0, .9), 'gloss': u(0, .25)}
    bald = numbers['hairline'] == NO_HAIR
    return Appearance(
        colours, numbers, (int(random.integers(prints)), int(random.integers(prints))),
        (u(.002, .02), u(.002, .014), 0.0 if bald else u(0, .03)), random.uniform(0, 2 * np.pi, 8),
        long_hair=u(.12, .36) if not bald and random.random() < .28 else 0.0,
        skirt=u(.3, .75) if random.random() < .13 else 0.0, flare=u(0, .9))


def displacement(look: Appearance, rest: np.ndarray) -> np.ndarray:
    """(V,) [m] along the normals, for vertices at (V, 3) on the rest pose."""
    shirt, trousers, hair = look.looseness
    side, height, u, p = np.abs(rest[:, 0]), rest[:, 2], look.numbers, look.waves
    arm = (side > .17) & (height > -.12) & (height < .47)
    folds = 1 + .5 * np.sin(height * (8 + 4 * p[0]) + rest[:, 0] * 15 + p[1]) * np.sin(rest[:, 1] * 20 + p[2])
    strands = .7 + .3 * np.sin(rest[:, 0] * 40 + p[3]) * np.sin(rest[:, 1] * 35 + height * 30 + p[4])
    sleeves = arm & ((side - .13) / .314 < u['sleeve'])
    torso = ~arm & (height > u['waist']) & (height < u['collar']) & (u['sleeve'] > -.5)
    legs = ~arm & (height <= u['waist']) & (height > max(u['hem'], -.78))
    scalp = (height > u['hairline'] - u['hair_slope'] * rest[:, 1] + .004) & (height > .5)
    out = np.zeros(len(rest))
    for where, value in ((sleeves | torso, shirt * folds), (legs, trousers * folds), (scalp, hair * strands),
                         (~arm & (height < -.79), np.full(len(rest), .008))):
        out[where] = value[where]
    return out


def _linear(srgb: np.ndarray) -> tuple[float, ...]:
    return tuple(float(x) for x in np.clip(srgb, .01, 1) ** 2.2)


def _cloth_colour(random: np.random.Generator) -> tuple[float, ...]:
    kind = random.random()
    if kind < .3:  # grey, black, white
        return _linear(np.full(3, random.uniform(.02, 1)) + random.normal(0, .02, 3))
    if kind < .45:  # denim and navy
        blue = random.normal(.6, .03) % 1
        return _linear(np.array(colorsys.hsv_to_rgb(blue, random.uniform(.3, .8), random.uniform(.15, .6))))
    return _linear(np.array(colorsys.hsv_to_rgb(random.random(), random.uniform(.1, 1) ** .8, random.uniform(.1, 1))))


def _colours(random: np.random.Generator) -> dict[str, tuple[float, ...]]:
    tone = random.uniform(0, len(SKIN) - 1)
    skin = np.array([np.interp(tone, range(len(SKIN)), channel) for channel in SKIN.T])
    hair = HAIR[random.choice(len(HAIR), p=HAIR_SHARE)] * random.uniform(.7, 1.2)
    clothes = ('shirt', 'shirt_trim', 'trousers', 'trousers_trim', 'shoe', 'sock')
    return {'skin': _linear(skin * random.uniform(.9, 1.08) + random.normal(0, .012, 3)), 'hair': _linear(hair),
            **{name: _cloth_colour(random) for name in clothes}}


def _weave(random: np.random.Generator) -> tuple[float, float, float, float]:
    """Pattern and frequency of the shirt, then of the trousers."""
    shirt = random.choice(8, p=[.4, .1, .06, .08, .08, .12, .11, .05])
    trousers = random.choice([0, 2, 3, 4, 5, 7], p=[.72, .04, .06, .06, .06, .06])
    return float(shirt), random.uniform(6, 40), float(trousers), random.uniform(6, 40)


def _cuts(random: np.random.Generator) -> dict[str, float]:
    return {'sleeve': -1.0 if random.random() < .05 else float(random.choice(SLEEVES)),
            'waist': random.uniform(-.10, .04), 'hem': float(random.choice(HEMS)), 'collar': random.uniform(.44, .50)}


def _head(random: np.random.Generator) -> dict[str, float]:
    return {'hairline': NO_HAIR if random.random() < .07 else random.uniform(.595, .625),
            'hair_slope': random.uniform(.7, .95), 'glasses': float(random.choice(3, p=[.8, .1, .1])),
            'beard': float(random.random() < .15)}


def sample_light(random: np.random.Generator) -> dict[str, tuple[float, ...]]:
    """Two lights and the ambient light of a scene, as uniforms; directions in the camera frame."""
    strength, shine = random.uniform(.25, 1.1), random.uniform(0, .4)
    return {'light': _direction(random), 'light_colour': tuple(strength * random.normal(1, .08, 3)),
            'fill': _direction(random), 'fill_colour': tuple(shine * random.normal(1, .15, 3)),
            'ambient': tuple(random.uniform(.12, .6) * random.normal(1, .08, 3))}


def _direction(random: np.random.Generator) -> tuple[float, ...]:
    turn, rise = random.uniform(0, 2 * np.pi), random.uniform(-.2, 1.3)
    towards_camera = -1 if random.random() < .8 else 1
    return (np.cos(turn) * np.cos(rise), -np.sin(rise), towards_camera * abs(np.sin(turn)) * np.cos(rise))
