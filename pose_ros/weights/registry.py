"""The registry of weights: what ships in `checkpoints/`, and what can be downloaded into the user's cache."""
from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from pose_ros.errors import WeightsError

CHECKPOINTS = Path(__file__).parents[1] / 'checkpoints'
_REGISTRY = 'weights.json'
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Weights:
    """One entry of the registry.

    Attributes:
        name: of the estimator that loads them, or of the network.
        file: its name, beside the registry or in the cache.
        sha256: of the file (of a downloaded archive: of the archive), in hexadecimal digits: all 64, or as many first
            ones as are published; empty if none are.
        size: of the same [bytes]; 0 = not published.
        licence: SPDX identifier, or one that begins with LicenseRef-.
        skeleton: name of the skeleton that they find; empty for detectors.
        url: to download from; empty = comes with the package, or from the user.
        member: end of the name of the file inside the downloaded zip; empty = it is no archive.
        estimators: that can use them.
        colour: order of the channels, rgb or bgr.
        mean, scale: the network takes (x - mean) * scale of x in 0..255, for each channel in that order.
        commercial: the licence allows any use; what it does not is downloaded only on request.
        checked: somebody of this project has downloaded and run exactly this file.
        note: what else there is to know.
    """

    name: str
    file: str
    sha256: str
    size: int
    licence: str
    skeleton: str
    url: str = ''
    member: str = ''
    estimators: tuple[str, ...] = ()
    colour: str = 'rgb'
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale: tuple[float, float, float] = (1 / 255, 1 / 255, 1 / 255)
    commercial: bool = True
    checked: bool = True
    note: str = ''


def list_weights(folder: Path = CHECKPOINTS) -> list[Weights]:
    """The registered weights.

    Raises:
        WeightsError: the registry is missing or damaged.
    """
    path = folder / _REGISTRY
    try:
        return [_entry(entry) for entry in json.loads(path.read_text())]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise WeightsError(f'cannot read the registry of weights {path}: {error}; reinstall pose_ros') from error


def cache_folder() -> Path:
    """Where downloads lie: $XDG_CACHE_HOME/pose_ros/weights, by default in ~/.cache."""
    base = os.environ.get('XDG_CACHE_HOME', '')
    return (Path(base) if os.path.isabs(base) else Path.home() / '.cache') / 'pose_ros' / 'weights'


def file_of(weights: Weights, folder: Path = CHECKPOINTS) -> Path:
    """Where the file lies, or would lie: in the package, or in the cache."""
    return (cache_folder() if weights.url else folder) / weights.file


def entry_of(name: str, folder: Path = CHECKPOINTS) -> Weights:
    """The entry of a name.

    Raises:
        WeightsError: there is none.
    """
    known = {weights.name: weights for weights in list_weights(folder)}
    if name not in known:
        raise WeightsError(f'no weights named {name!r}; there are {", ".join(known) or "none"}')
    return known[name]


def find_weights(name: str, folder: Path = CHECKPOINTS) -> Path:
    """The file of registered weights; a file of the package after a check of its digest.

    A downloaded file was checked before it got its name.

    Raises:
        WeightsError: no such name, or the file is missing or not the registered one.
    """
    weights = entry_of(name, folder)
    path = file_of(weights, folder)
    if not weights.url:
        verify(weights, folder)
    elif not path.is_file():
        raise WeightsError(f'the weights {name} are not on this computer; `pose-ros weights pull {name}` gets them')
    return path


def locate(setting: str, default: str, folder: Path = CHECKPOINTS) -> Path:
    """The file that a setting names: a registered name, or else a file; empty means registered default ones.

    Args:
        default: the name of the estimator's own weights.

    Raises:
        WeightsError: neither is there, or the registered weights are for others; see also `find_weights`.
    """
    users = {weights.name: weights.estimators or (weights.name,) for weights in list_weights(folder)}
    names = [name for name, estimators in users.items() if default in estimators]
    if not setting or setting in names:
        return find_weights(setting or default, folder)
    if setting in users:
        raise WeightsError(f'the weights {setting} are for {" | ".join(users[setting])}; allowed here: a file, or one '
                           f'of {", ".join(names)}')
    path = Path(setting).expanduser()
    if not path.is_file():
        raise WeightsError(f'no weights {setting!r}; allowed: a file, or one of {", ".join(names)}')
    return path


def check_ending(path: Path, endings: tuple[str, ...]) -> None:
    """Refuse a file of weights of another kind.

    Raises:
        WeightsError: its name ends otherwise.
    """
    if path.suffix not in endings:
        raise WeightsError(f'{path.name} is of no known kind; allowed: files that end in {", ".join(endings)}')


def verify(weights: Weights, folder: Path = CHECKPOINTS) -> None:
    """Compare the digest of a file of the package with the registered one.

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
    others = list_weights(folder) if (folder / _REGISTRY).exists() else []
    places = [weights.name for weights in others]
    position = places.index(name) if name in places else len(places)
    entries = [*others[:position], entry, *others[position + 1:]]
    (folder / _REGISTRY).write_text(json.dumps([_plain(weights) for weights in entries], indent=2) + '\n')
    return entry


def sha256_of(path: Path) -> str:
    """The sha256 of a file, 64 hexadecimal digits.

    Raises:
        WeightsError: the file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open('rb') as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise WeightsError(f'cannot read the weights {path}: {error.strerror}; allowed: a readable file') from error
    return digest.hexdigest()


def _entry(values: dict[str, object]) -> Weights:
    """An entry as read from JSON, which knows no tuples."""
    return Weights(**{name: tuple(value) if isinstance(value, list) else value  # type: ignore[arg-type]
                      for name, value in values.items()})


def _plain(weights: Weights) -> dict[str, object]:
    """An entry for JSON, without what is as by default."""
    defaults = {item.name: item.default for item in fields(Weights)}
    return {name: value for name, value in asdict(weights).items() if value != defaults[name]}
