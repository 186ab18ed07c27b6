"""ROS parameters from Settings dataclasses: declared with ranges, validated when set, read back into the dataclass.

Floats and lists are declared with dynamic typing and checked here, because rclpy refuses `1` for a float and takes an
empty list for a list of bytes.
"""
from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import Field, fields
from typing import Any, TypeVar, cast

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor, SetParametersResult
from rclpy.exceptions import ParameterException
from rclpy.node import Node
from rclpy.parameter import Parameter

from pose_ros.errors import SettingError
from pose_ros.settings import Settings, allowed, default_of

S = TypeVar('S', bound=Settings)
_INT_LIMITS = (-2**63, 2**63 - 1)
_FLOAT_LIMITS = (-sys.float_info.max, sys.float_info.max)


def _ends(item: Field[Any], limits: tuple[Any, Any]) -> tuple[Any, Any]:
    low, high = item.metadata['low'], item.metadata['high']
    return limits[0] if low is None else low, limits[1] if high is None else high


def descriptor_of(item: Field[Any]) -> ParameterDescriptor:
    """The descriptor of one setting: description, range, choices in words, read_only."""
    default, meta = default_of(item), item.metadata
    descriptor = ParameterDescriptor(description=meta['description'], read_only=meta['read_only'],
                                     dynamic_typing=isinstance(default, (float, list)))
    bounded = meta['low'] is not None or meta['high'] is not None
    if meta['choices'] or (bounded and isinstance(default, list)):
        descriptor.additional_constraints = f'allowed: {allowed(item)}'
    elif bounded and isinstance(default, float):
        low, high = _ends(item, _FLOAT_LIMITS)
        descriptor.floating_point_range = [FloatingPointRange(from_value=float(low), to_value=float(high))]
    elif bounded:
        low, high = _ends(item, _INT_LIMITS)
        descriptor.integer_range = [IntegerRange(from_value=int(low), to_value=int(high), step=1)]
    return descriptor


def _plain(value: Any, default: Any) -> Any:
    if isinstance(default, float) and type(value) is int:
        return float(value)
    return list(value) if isinstance(default, list) and not isinstance(value, (str, bytes, type(None))) else value


def _changed(settings: S, prefix: str, values: Mapping[str, Any]) -> S:
    """Settings with the values of those parameters that are theirs."""
    own = {item.name: _plain(values[prefix + item.name], default_of(item))
           for item in fields(settings) if prefix + item.name in values}
    try:
        return settings.changed(**own) if own else settings
    except SettingError as error:
        raise SettingError(f'parameter {prefix}{error}') from error


class Parameters:
    """The parameters of a node, as Settings that are always valid.

    Example::

        parameters = Parameters(node, [('', EstimatorSettings()), ('grouping.', GroupingSettings())], self.apply)
        parameters.of(GroupingSettings).threshold

    A value that is not allowed is refused with the reason, and the old one stays. `on_change` is called with each
    Settings that has changed, after ROS has set the parameters.
    """

    def __init__(self, node: Node, parts: Sequence[tuple[str, Settings]],
                 on_change: Callable[[Settings], None] | None = None) -> None:
        """Declares one parameter per field; its default is the value in the Settings given.

        Args:
            node: that gets the parameters.
            parts: prefix of the names, such as 'grouping.', and defaults; one Settings class each.
            on_change: called in the thread that sets parameters.

        Raises:
            SettingError: a launch file, YAML file or command line gives a value that is not allowed.
        """
        self._prefixes = {type(settings): prefix for prefix, settings in parts}
        self._settings = {type(settings): _declared(node, prefix, settings) for prefix, settings in parts}
        self._on_change = on_change
        node.add_on_set_parameters_callback(self._validate)
        node.add_post_set_parameters_callback(self._apply)

    def of(self, kind: type[S]) -> S:
        """The current settings of a part, by its class."""
        return cast(S, self._settings[kind])

    def _after(self, parameters: Iterable[Parameter]) -> dict[type[Settings], Settings]:
        values = {parameter.name: parameter.value for parameter in parameters}
        return {kind: _changed(settings, self._prefixes[kind], values) for kind, settings in self._settings.items()}

    def _validate(self, parameters: list[Parameter]) -> SetParametersResult:
        try:
            self._after(parameters)
        except SettingError as error:
            return SetParametersResult(successful=False, reason=str(error))
        return SetParametersResult(successful=True)

    def _apply(self, parameters: list[Parameter]) -> None:
        before, self._settings = self._settings, self._after(parameters)
        for kind, settings in self._settings.items():
            if settings != before[kind] and self._on_change:
                self._on_change(settings)


def _declared(node: Node, prefix: str, settings: S) -> S:
    values = {}
    for item in fields(settings):
        name = prefix + item.name
        try:
            value = node.declare_parameter(name, getattr(settings, item.name), descriptor_of(item)).value
        except ParameterException as error:
            raise SettingError(f'parameter {name} cannot be set: {error}; allowed: {allowed(item)}') from error
        # `topics: []` in a file comes as a parameter without a type.
        values[name] = [] if value is None and isinstance(default_of(item), list) else value
    return _changed(settings, prefix, values)
