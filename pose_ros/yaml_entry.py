"""YAML that remembers its lines, so that every error about a file names file and line."""
from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from pose_ros.errors import PoseRosError


@dataclass(frozen=True)
class Entry:
    """One value of a YAML file and where it stands.

    Attributes:
        file: name of the file, for messages.
        node: the parsed YAML node.
        key: name of this value, for messages.
        error: raised for a value that is not allowed.
    """

    file: str
    node: Any
    key: str
    error: type[PoseRosError]

    @property
    def where(self) -> str:
        """'file:line' of this value."""
        return f'{self.file}:{self.node.start_mark.line + 1}'

    def fail(self, message: str) -> NoReturn:
        """Raises an error that begins with file and line."""
        raise self.error(f'{self.where}: {message}')

    def fields(self, *allowed: str) -> dict[str, Entry]:
        """The entries of a mapping; names outside `allowed` are refused, unless `allowed` is empty."""
        if not isinstance(self.node, yaml.MappingNode):
            wanted = f' with {", ".join(allowed)}' if allowed else ''
            self.fail(f'{self.key} must be a mapping{wanted}, got {self._shown()}')
        found: dict[str, Entry] = {}
        for name, entry in ((str(key.value), self._inside(value, str(key.value))) for key, value in self.node.value):
            if allowed and name not in allowed:
                entry.fail(f'unknown {self.key} entry {name!r}; allowed: {", ".join(allowed)}')
            if name in found:
                entry.fail(f'{name} is given twice, first at {found[name].where}')
            found[name] = entry
        return found

    def items(self) -> list[Entry]:
        """The entries of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.fail(f'{self.key} must be a list, got {self._shown()}')
        return [self._inside(node, self.key) for node in self.node.value]

    def text(self) -> str:
        """A string."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value:
            self.fail(f'{self.key} must be a text, got {self._shown()}')
        return str(self.node.value)

    def texts(self, count: int) -> tuple[str, ...]:
        """A list of `count` strings."""
        found = tuple(entry.text() for entry in self.items())
        if len(found) != count:
            self.fail(f'{self.key} must have {count} names, got {len(found)}')
        return found

    def number(self, low: float = -math.inf, high: float = math.inf) -> float:
        """A finite number within low..high."""
        try:
            value = float(self.node.value)
        except (TypeError, ValueError):
            value = math.nan
        if not (math.isfinite(value) and low <= value <= high):
            self.fail(f'{self.key} must be a number{_range(low, high)}, got {self._shown()}')
        return value

    def numbers(self, count: int) -> tuple[float, ...]:
        """A list of `count` finite numbers."""
        found = tuple(entry.number() for entry in self.items())
        if len(found) != count:
            self.fail(f'{self.key} must have {count} numbers, got {len(found)}')
        return found

    def flag(self) -> bool:
        """true or false."""
        if self.node.value not in ('true', 'false'):
            self.fail(f'{self.key} must be true or false, got {self._shown()}')
        return bool(self.node.value == 'true')

    def _inside(self, node: Any, key: str) -> Entry:
        return Entry(self.file, node, key, self.error)

    def _shown(self) -> str:
        return repr(self.node.value) if isinstance(self.node, yaml.ScalarNode) else f'a {self.node.id}'


def _range(low: float, high: float) -> str:
    if math.isfinite(high):
        return f' {low:g} .. {high:g}'
    return f' from {low:g} on' if math.isfinite(low) else ''


def read_yaml(path: Path, error: type[PoseRosError]) -> Entry:
    """The top entry of a YAML file.

    Args:
        path: of the file.
        error: raised for everything in it that is not allowed.

    Raises:
        PoseRosError: the file is absent, empty or no YAML; of the type `error`.
    """
    try:
        node = yaml.compose(path.read_text(encoding='utf-8'), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as failure:
        raise error(f'cannot read {path}: {failure}') from failure
    except yaml.YAMLError as failure:
        raise error(f'{path} is no YAML: {failure}') from failure
    if node is None:
        raise error(f'{path} is empty')
    return Entry(path.name, node, 'the file', error)
