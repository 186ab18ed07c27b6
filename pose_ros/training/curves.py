"""The curves of training runs, as a picture for `docs/training.md`.

python -m pose_ros.training.curves out/train/log.jsonl docs/training_curves.png
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from pose_ros.errors import DatasetError

CURVES = {'heat': 'heatmaps, last stage', 'paf': 'PAFs, last stage', 'hint': 'hints'}


def read_log(path: Path) -> dict[str, np.ndarray]:
    """Every column of a run's log; steps that were made twice, after a stop without saving, count once.

    Raises:
        DatasetError: the file is missing or no log.
    """
    try:
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        last = {line['step']: line for line in lines}
        return {name: np.array([line[name] for line in last.values()]) for name in lines[0]}
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise DatasetError(f'cannot read the log {path}: {error!r}; allowed: log.jsonl of a training run') from error


def plot(log: dict[str, np.ndarray], output: Path) -> None:
    """One panel per part of the loss, over the pictures seen."""
    from matplotlib.figure import Figure
    figure = Figure(figsize=(10, 3), layout='constrained')
    order = np.argsort(log['samples'])
    for axes, (name, title) in zip(figure.subplots(1, len(CURVES)), CURVES.items()):
        axes.plot(log['samples'][order] / 1000, log[name][order], linewidth=.8)
        axes.set(title=title, xlabel='pictures seen [thousands]', ylabel='squared error per cell')
    figure.savefig(output, dpi=90)


if __name__ == '__main__':
    plot(read_log(Path(sys.argv[1])), Path(sys.argv[2]))
