"""`pose-ros doctor`: what is installed, what is wrong, and what to do about it."""
from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

_COLOURS = {'ok': 'green', 'warn': 'yellow', 'fail': 'bold red'}


def doctor(topic: Annotated[str, typer.Argument(help='Image topic to look at on the running graph, such as '
                                                     '/camera/image_raw', show_default=False)] = '') -> None:
    """Say what is installed, which ROS and GPU there are, what a topic offers, and what is wrong.

    Exit status 1 if something cannot work.
    """
    from pose_ros.doctor import diagnose
    table = Table('', 'check', Column('found', overflow='fold'), Column('what to do', overflow='fold'))
    checks = diagnose(topic)
    for check in checks:
        table.add_row(f'[{_COLOURS[check.status]}]{check.status}[/]', check.name, escape(check.detail),
                      escape(check.remedy))
    Console().print(table)
    if any(check.status == 'fail' for check in checks):
        raise typer.Exit(1)
