"""`pose-ros bench`: every benchmark of the package in one table and one file."""
from __future__ import annotations

import json
import math
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from pose_ros.benchmarks import Row


def _benchmarks(prefix: str) -> Iterator[tuple[str, Callable[[], list[Row]]]]:
    """The files of the benchmarks room that measure something; the names of their rows begin with the file's name."""
    import pose_ros.benchmarks as room
    for found in pkgutil.iter_modules(room.__path__):
        rows = getattr(import_module(f'{room.__name__}.{found.name}'), 'rows', None)
        if rows and f'{found.name}.'.startswith(prefix.partition('.')[0]):
            yield found.name, rows


def _table(rows: Sequence[Row]) -> Table:
    table = Table('benchmark', 'value', 'unit')
    table.columns[1].justify = 'right'
    for row in rows:
        table.add_row(row.name, f'{row.value:.4g}', row.unit)
    return table


def _save(rows: Sequence[Row], path: Path) -> None:
    plain = [{'name': row.name, 'value': row.value if math.isfinite(row.value) else None, 'unit': row.unit}
             for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(plain, indent=1, allow_nan=False) + '\n')


def bench(only: Annotated[str, typer.Option(help='Only what begins with this, such as grouping.46x82')] = '',
          out: Annotated[Path, typer.Option(help='File to write')] = Path('out/bench.json')
          ) -> None:
    """Measure speed and quality of the parts on this machine; print a table and write it as JSON."""
    rows: list[Row] = []
    with Console(stderr=True).status('') as status:
        for name, measure in _benchmarks(only):
            status.update(f'measuring {name}')
            rows += [row for row in measure() if row.name.startswith(only)]
    if not rows:
        raise typer.BadParameter(f'nothing begins with {only!r}')
    Console().print(_table(rows))
    _save(rows, out)
    Console().print(f'  {out}', highlight=False)
