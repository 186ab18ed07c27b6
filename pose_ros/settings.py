"""A parameter is written once: a dataclass field with its default, description and range or choices.

From such a dataclass come the ROS parameter declarations, the validation, the README table and the checks of
`config/*.yaml`. Example:

    @dataclass(frozen=True)
    class PeakSettings(Settings):
        threshold: float = setting(0.1, 'Smallest heatmap value of a peak', low=0.0, high=1.0)
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from typing import Any, TypeVar

from pose_ros.errors import SettingError

S = TypeVar('S', bound='Settings')


def setting(default: Any, description: str, *, low: float | None = None, high: float | None = None,
            choices: tuple[str, ...] = (), read_only: bool = False) -> Any:
    """A dataclass field that knows its description, range (ends allowed) or choices, and if it is fixed at run time.

    The elements of a list are like those of its default; an empty default means strings.
    """
    metadata = {'description': description, 'low': low, 'high': high, 'choices': choices, 'read_only': read_only}
    if isinstance(default, list):
        return field(default_factory=lambda: list(default), metadata=metadata)
    return field(default=default, metadata=metadata)


def default_of(item: Field[Any]) -> Any:
    """The default value of a setting."""
    return item.default_factory() if item.default_factory is not MISSING else item.default


def allowed(item: Field[Any]) -> str:
    """What a setting accepts, in words: '0.0 .. 1.0', 'a | b', or the type."""
    meta = item.metadata
    if meta['choices']:
        return ' | '.join(meta['choices'])
    if meta['low'] is None and meta['high'] is None:
        return type(default_of(item)).__name__
    return f'{"" if meta["low"] is None else meta["low"]} .. {"" if meta["high"] is None else meta["high"]}'


def _fits_type(value: Any, default: Any) -> bool:
    if isinstance(default, list):
        element = default[0] if default else ''
        return isinstance(value, (list, tuple)) and all(_fits_type(v, element) for v in value)
    if isinstance(default, float):
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return type(value) is type(default)


def _in_range(value: Any, meta: Mapping[str, Any]) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_in_range(v, meta) for v in value)
    if meta['choices']:
        return value in meta['choices']
    low, high = meta['low'], meta['high']
    return (low is None or value >= low) and (high is None or value <= high)


@dataclass(frozen=True)
class Settings:
    """Base of all settings; checks every field against its type, range and choices when it is made.

    Raises:
        SettingError: names the field, the value got and what is allowed.
    """

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if not (_fits_type(value, default_of(item)) and _in_range(value, item.metadata)):
                raise SettingError(f'{item.name} = {value!r} is not allowed; allowed: {allowed(item)}')

    def changed(self: S, **values: Any) -> S:
        """A copy with some values replaced, checked again.

        Raises:
            SettingError: also for a name that is no setting.
        """
        names = [item.name for item in fields(self)]
        for name in values:
            if name not in names:
                raise SettingError(f'no setting named {name!r}; there are {", ".join(names)}')
        return replace(self, **values)
