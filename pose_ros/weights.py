"""The registry of network weights: what ships in `checkpoints/`, with its digest, licence and skeleton."""
from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pose_ros.errors import WeightsError

CHECKPOINTS = Path(__file__).parent / 'checkpoints'
_REGISTRY = 'weights.json'


@dataclass(frozen=True)
class Weights:
    """One entry of the registry.

    Attributes:
        name: of the estimator that loads them.
        file: name of the file beside the registry.
        sha256: of the file, 64 hexadecimal digits.
        size: of the file [bytes].
        licence: SPDX identifier.
        skeleton: name of the skeleton that they find.
    """

    name: str
    file: str
    sha256: str
    size: int
    licence: str
    skeleton: str


def list_weights(folder: Path = CHECKPOINTS) -> list[Weights]:
    """The registered weights.

    Raises:
        WeightsError: the registry is missing or damaged.
    """
    path = folder / _REGISTRY
    try:
        return [Weights(**entry) for entry in json.loads(path.read_text())]
    except (OSError, ValueError, TypeError) as error:
        raise WeightsError(f'cannot read the registry of weights {path}: {error}; reinstall pose_ros') from error


def find_weights(name: str, folder: Path = CHECKPOINTS) -> Path:
    """The file of registered weights, after a check of its digest.

    Raises:
        WeightsError: no such name, or the file is missing or not the registered one.
    """
    known = {weights.name: weights for weights in list_weights(folder)}
    if name not in known:
        raise WeightsError(f'no weights named {name!r}; there are {", ".join(known) or "none"}')
    verify(known[name], folder)
    return folder / known[name].file


def verify(weights: Weights, folder: Path = CHECKPOINTS) -> None:
    """Compare the file's digest with the registered one.

    Raises:
        WeightsError: the file is missing, unreadable, or another one.
    """
    got = sha256_of(folder / weights.file)
    if got != weights.sha256:
        raise WeightsError(f'{weights.file} is not the registered file: its sha256 is {got}, allowed is '
                           f'{weights.sha256}; reinstall pose_ros, or name your own file in `weights`')


def register(name: str, file: str, licence: str, skeleton: str, folder: Path = CHECKPOINTS) -> Weights:
    """Add or replace the entry of a file in the registry's folder; returns it.

    Raises:
        WeightsError: the file cannot be read.
    """
    path = folder / file
    entry = Weights(name, file, sha256_of(path), path.stat().st_size, licence, skeleton)
    others = [weights for weights in list_weights(folder) if weights.name != name] if _exists(folder) else []
    (folder / _REGISTRY).write_text(json.dumps([asdict(weights) for weights in (*others, entry)], indent=2) + '\n')
    return entry


def sha256_of(path: Path) -> str:
    """The sha256 of a file, 64 hexadecimal digits.

    Raises:
        WeightsError: the file cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise WeightsError(f'cannot read the weights {path}: {error.strerror}; allowed: a readable file') from error


def _exists(folder: Path) -> bool:
    return (folder / _REGISTRY).exists()
