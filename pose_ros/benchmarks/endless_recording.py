"""Records until it is killed: `python -m pose_ros.benchmarks.endless_recording FOLDER`.

30 frames and 50 commands per second of recorded time, as fast as this machine writes them. Tells every stamp of a frame
on stdout once it was handed to the writer.
"""
from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

import numpy as np

from pose_ros.benchmarks.motions import ARMS, add_noise, move
from pose_ros.benchmarks.taught import BEGIN
from pose_ros.demonstrations.demonstration import About

ABOUT = About('toy', ('one', 'two'), ARMS)


def main(folder: Path) -> None:
    """Never returns."""
    from pose_ros.bridge.demonstration_bag import DemonstrationWriter
    writer, points, scores = DemonstrationWriter(folder, ABOUT), add_noise(move(300)).points, np.ones(len(ARMS))
    commands = 0
    for frame in count():
        stamp = BEGIN + frame / 30
        writer.write_person(stamp, points[frame % len(points)], scores, 0)
        while commands < frame * 50 / 30:
            writer.write_command(BEGIN + commands / 50, np.full(2, commands), np.zeros(2))
            commands += 1
        print(stamp, flush=True)


if __name__ == '__main__':
    main(Path(sys.argv[1]))
