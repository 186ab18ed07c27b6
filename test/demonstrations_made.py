"""Demonstrations for tests, made without a robot library."""
from __future__ import annotations

import cv2
import numpy as np

from pose_ros.benchmarks.motions import ARMS, add_noise, move
from pose_ros.demonstrations.camera_images import CameraImages
from pose_ros.demonstrations.demonstration import About, Demonstration, JointSamples, Mark, Sightings

BEGIN = 1.7e9
JOINTS = ('shoulder', 'elbow')


def make_images(stamps: np.ndarray, width: int = 64, height: int = 48) -> CameraImages:
    """Images that get brighter from one to the next, red on the left, blue on the right."""
    ramp = np.linspace(60, 200, len(stamps))
    pictures = np.zeros((len(stamps), height, width, 3), np.uint8)
    pictures[:, :, :width // 2, 2] = pictures[:, :, width // 2:, 0] = ramp[:, None, None]
    return CameraImages.of((stamp, cv2.imencode('.jpg', picture)[1].tobytes())
                           for stamp, picture in zip(stamps.tolist(), pictures))


def make_demonstration(seconds: float = 3.0, joints: tuple[str, ...] = JOINTS, marks: tuple[Mark, ...] = (),
                       seed: int = 1, images_hz: float = 0.0) -> Demonstration:
    """A person at 30 Hz, commands at 50 Hz and measured joints at 100 Hz, 30 ms behind the commands; maybe images."""
    motion = add_noise(move(round(30 * seconds), seed))
    count, times, random = len(motion.stamps), np.arange(0, seconds, 0.02), np.random.default_rng(seed)
    phases = random.uniform(0, 1, len(joints))

    def wave(at: np.ndarray) -> np.ndarray:
        return np.asarray(np.sin(at[:, None] + phases))

    fast = np.arange(0, seconds, 0.01)
    return Demonstration(
        About('toy', joints, ARMS, 'fake 0123456789ab', 'robot: {}\n', '<robot/>'),
        Sightings(BEGIN + motion.stamps, motion.points, random.uniform(0.5, 1, (count, len(ARMS))), np.full(count, 4)),
        JointSamples(BEGIN + times, wave(times), np.cos(times[:, None] + phases)),
        JointSamples(BEGIN + fast, wave(fast - 0.03), np.full((len(fast), len(joints)), np.nan)), marks,
        make_images(BEGIN + np.arange(0, seconds, 1 / images_hz) if images_hz else np.empty(0)))
