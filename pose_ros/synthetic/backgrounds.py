"""What stands behind and before synthetic people: crops of photos, textures, and clutter that looks like limbs."""
from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

Photos = Sequence[np.ndarray]


def crop_photo(random: np.random.Generator, photos: Photos, size: int) -> np.ndarray:
    """(size, size, 3) uint8: a random square of a random photo, sometimes mirrored or with its colours swapped."""
    photo = photos[int(random.integers(len(photos)))]
    side = int(min(photo.shape[:2]) * random.uniform(.4, 1))
    y, x = (random.integers(length - side + 1) for length in photo.shape[:2])
    shrink = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    crop = cv2.resize(photo[y:y + side, x:x + side], (size, size), interpolation=shrink)
    crop = crop[:, ::-1] if random.random() < .5 else crop
    return np.ascontiguousarray(crop[..., random.permutation(3)] if random.random() < .1 else crop)


def texture(random: np.random.Generator, size: int) -> np.ndarray:
    """(size, size, 3) uint8: several octaves of coloured noise between two colours."""
    total, strength = np.zeros((size, size, 3), np.float32), 1.0
    channels = 3 if random.random() < .5 else 1
    for cells in (2, 4, 8, 16, 32, 64):
        octave = random.random((cells + 1, cells + 1, channels), np.float32)
        total += strength * cv2.resize(octave, (size, size), interpolation=cv2.INTER_CUBIC).reshape(size, size, -1)
        strength *= random.uniform(.4, .95)
    total = (total - total.min()) / (np.ptp(total) + 1e-6)
    low, high = random.uniform(0, 255, (2, 3)).astype(np.float32)
    return (low + total * (high - low)).astype(np.uint8)


def plain(random: np.random.Generator, size: int) -> np.ndarray:
    """(size, size, 3) uint8: one colour with a soft gradient."""
    ramp = np.linspace(-1, 1, size)
    shade = random.uniform(-40, 40) * ramp[:, None] + random.uniform(-40, 40) * ramp
    return np.clip(random.uniform(0, 255, 3) + shade[..., None], 0, 255).astype(np.uint8)


def background(random: np.random.Generator, photos: Photos, size: int) -> np.ndarray:
    """(size, size, 3) uint8: mostly photos, some noise, some walls and floors; often cluttered or out of focus."""
    kind = random.random()
    if kind < .7:
        image = crop_photo(random, photos, size)
    elif kind < .82:
        image = texture(random, size)
    else:
        image, horizon = plain(random, size), int(size * random.uniform(.4, .9))
        floor = texture(random, size) if random.random() < .5 else crop_photo(random, photos, size)
        image[horizon:] = floor[horizon:]
    if random.random() < .6:
        for _ in range(random.integers(1, 9)):
            paint(random, image, photos, random.choice([.3, .6, 1.0]))
    return cv2.GaussianBlur(image, (0, 0), random.uniform(.5, 3)) if random.random() < .35 else image


def paint(random: np.random.Generator, image: np.ndarray, photos: Photos, largest: float) -> np.ndarray:
    """Paint one random shape into `image`, in place.

    Args:
        largest: size of the largest shape, as a share of the image.

    Returns:
        (size, size) uint8 mask of the shape, 0..255.
    """
    size = image.shape[0]
    mask = np.zeros((size, size), np.uint8)
    draw = _SHAPES[random.choice(len(_SHAPES), p=[.3, .15, .2, .2, .15])]
    draw(random, mask, random.uniform(.04, largest) * size)
    alpha = mask[..., None].astype(np.float32) / 255
    image[:] = image * (1 - alpha) + fill(random, photos, size) * alpha
    return mask


def fill(random: np.random.Generator, photos: Photos, size: int) -> np.ndarray:
    """(size, size, 3) uint8: what a painted shape is made of: a photo, noise, or one colour."""
    kind = random.random()
    if kind < .4:
        return crop_photo(random, photos, size)
    return texture(random, size) if kind < .5 else plain(random, size)


def _box(random: np.random.Generator, mask: np.ndarray, extent: float) -> None:
    turn = 0.0 if random.random() < .5 else random.uniform(0, 180)
    corners = cv2.boxPoints((tuple(random.uniform(0, len(mask), 2)), (extent, extent * random.uniform(.1, 2)), turn))
    cv2.fillPoly(mask, [corners.astype(np.int32)], 255, cv2.LINE_AA)


def _ellipse(random: np.random.Generator, mask: np.ndarray, extent: float) -> None:
    axes = (int(extent / 2) + 1, int(extent * random.uniform(.1, .7)) + 1)
    centre = random.integers(0, len(mask), 2).tolist()
    cv2.ellipse(mask, centre, axes, random.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA)


def _pole(random: np.random.Generator, mask: np.ndarray, extent: float) -> None:
    start = random.uniform(0, len(mask), 2)
    end = start + random.normal(0, (.1, .6), 2) * len(mask)
    _line(mask, start, end, random.uniform(1, .08 * len(mask)))


def _branches(random: np.random.Generator, mask: np.ndarray, extent: float) -> None:
    """Jointed capsules, such as lamps, trees and taps: what networks trained on clean scenes mistake for limbs."""
    knots = [random.uniform(0, len(mask), 2)]
    for _ in range(random.integers(3, 10)):
        start = knots[random.integers(len(knots))]
        knots.append(start + random.normal(0, .5 * extent, 2))
        _line(mask, start, knots[-1], random.uniform(2, .15 * extent + 3))


def _line(mask: np.ndarray, start: np.ndarray, end: np.ndarray, width: float) -> None:
    cv2.line(mask, start.astype(int).tolist(), end.astype(int).tolist(), 255, int(width), cv2.LINE_AA)


def _blob(random: np.random.Generator, mask: np.ndarray, extent: float) -> None:
    angles = np.sort(random.uniform(0, 2 * np.pi, random.integers(5, 12)))
    radii = extent * .6 * random.uniform(.4, 1, len(angles))
    rim = random.uniform(0, len(mask), 2) + np.stack([np.cos(angles), np.sin(angles)], 1) * radii[:, None]
    cv2.fillPoly(mask, [rim.astype(np.int32)], 255, cv2.LINE_AA)


_SHAPES = (_box, _ellipse, _pole, _branches, _blob)
