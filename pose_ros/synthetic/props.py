"""What belongs to people in a picture: the shadow at their feet, the table they sit at, the thing in their hand."""
from __future__ import annotations

import cv2
import numpy as np

from pose_ros.skeletons import COCO17
from pose_ros.synthetic.backgrounds import Photos, fill

ANKLES, WRISTS, HIPS = ([COCO17.index(f'{side}_{part}') for side in ('left', 'right')]
                        for part in ('ankle', 'wrist', 'hip'))


def cast_shadow(random: np.random.Generator, image: np.ndarray, keypoints: np.ndarray) -> None:
    """Darken the ground under a person, in place.

    Args:
        keypoints: (17, 2) px of the person.
    """
    extent = np.ptp(keypoints[:, 1]) + 8
    mask = np.zeros(image.shape[:2], np.uint8)
    for foot in keypoints[ANKLES]:
        _ellipse(mask, foot + (random.normal(0, .04) * extent, .05 * extent), extent * random.uniform(.08, .2),
                 extent * random.uniform(.02, .05))
    soft = cv2.GaussianBlur(mask, (0, 0), max(1.0, .02 * extent)).astype(np.float32) / 255
    image[:] = image * (1 - random.uniform(.2, .7) * soft[..., None])


def put_table(random: np.random.Generator, image: np.ndarray, photos: Photos, keypoints: np.ndarray) -> np.ndarray:
    """Paint a table or counter in front of a person (17, 2) px, in place; the (H, W) uint8 mask of it."""
    extent, size = np.ptp(keypoints[:, 1]) + 8, len(image)
    top = keypoints[HIPS, 1].mean() + random.uniform(-.2, .1) * extent
    middle = keypoints[HIPS, 0].mean() + random.normal(0, .3) * extent
    near, far = np.sort(extent * random.uniform(.4, 1.6, 2))[::-1]
    height = extent * random.uniform(.08, .6) if random.random() < .6 else size
    corners = [(middle - far, top), (middle + far, top), (middle + near, top + height), (middle - near, top + height)]
    return _cover(random, image, photos, np.array(corners))


def put_in_hand(random: np.random.Generator, image: np.ndarray, photos: Photos, keypoints: np.ndarray) -> np.ndarray:
    """Paint a box, bag or tool over a hand of a person (17, 2) px, in place; the (H, W) uint8 mask of it."""
    extent = np.ptp(keypoints[:, 1]) + 8
    hand = keypoints[random.choice(WRISTS)] + random.normal(0, .05, 2) * extent
    sides = extent * random.uniform(.04, .3, 2)
    box = cv2.boxPoints((tuple(hand.tolist()), tuple(sides.tolist()), float(random.uniform(0, 180))))
    return _cover(random, image, photos, box)


def _cover(random: np.random.Generator, image: np.ndarray, photos: Photos, corners: np.ndarray) -> np.ndarray:
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.clip(np.rint(corners), -9999, 9999).astype(np.int32)], 255, cv2.LINE_AA)
    alpha = mask[..., None].astype(np.float32) / 255
    image[:] = image * (1 - alpha) + fill(random, photos, len(image)) * alpha
    return mask


def _ellipse(mask: np.ndarray, centre: np.ndarray, across: float, along: float) -> None:
    x, y = np.clip(np.rint(centre), -9999, 9999).astype(int).tolist()
    cv2.ellipse(mask, (x, y), (round(across) + 1, round(along) + 1), 0, 0, 360, 255, -1)
