"""Command line options made from Settings, so that a parameter is written once."""
from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import Field, fields
from typing import Annotated, Any

import typer
from rich.markup import escape

from pose_ros.settings import Settings, allowed, default_of


def _option(item: Field[Any], panel: str) -> inspect.Parameter:
    default = default_of(item)
    kind = list[type(default[0])] if isinstance(default, list) else type(default)  # type: ignore[misc]
    meta = item.metadata
    limited = meta['choices'] or meta['low'] is not None or meta['high'] is not None
    text = f'{meta["description"]}; allowed: {allowed(item)}' if limited else meta['description']
    option = typer.Option(help=escape(text), rich_help_panel=panel)
    return inspect.Parameter(item.name, inspect.Parameter.KEYWORD_ONLY, default=default,
                             annotation=Annotated[kind, option])


def with_settings(**parts: type[Settings]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A command whose parameters named in `parts` are given as one option per setting of that class.

        @with_settings(grouping=GroupingSettings)
        def run(source: str, grouping: GroupingSettings) -> None: ...

    Their values are checked by the class itself, which raises SettingError.
    """
    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        def command(**values: Any) -> None:
            made = {name: kind(**{item.name: values.pop(item.name) for item in fields(kind)})
                    for name, kind in parts.items()}
            function(**values, **made)

        own = inspect.signature(function, eval_str=True)
        kept = [parameter for name, parameter in own.parameters.items() if name not in parts]
        made = [_option(item, name.capitalize()) for name, kind in parts.items() for item in fields(kind)]
        command.__name__, command.__doc__ = function.__name__, function.__doc__
        command.__signature__ = own.replace(parameters=kept + made)  # type: ignore[attr-defined]
        command.__annotations__ = {parameter.name: parameter.annotation for parameter in kept + made}
        return command
    return decorate
