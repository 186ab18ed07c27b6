"""`pose-ros weights`: the networks that there are, in this package and elsewhere."""
from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from pose_ros.errors import WeightsError
from pose_ros.weights import Weights, entry_of, file_of, list_weights, sha256_of, verify
from pose_ros.weights.download import pull as download

app = typer.Typer(help='Network weights: list them, get them, verify them.', no_args_is_help=True)


def _place(weights: Weights) -> str:
    if not weights.url:
        return 'in the package'
    return 'here' if file_of(weights).is_file() else 'to pull'


@app.command('list')
def list_() -> None:
    """List the weights: name, where they are, size, licence, skeleton, who uses them, digest."""
    table = Table('name', 'where', 'MB', 'licence', 'skeleton', 'for estimator', 'sha256')
    for weights in list_weights():
        size = f'{weights.size / 1e6:.1f}' if weights.size else '?'
        table.add_row(weights.name, _place(weights), size, weights.licence, weights.skeleton or '-',
                      ' '.join(weights.estimators or (weights.name,)), weights.sha256[:12] or 'not published')
    # Of names and digests no part is left out, whatever the width of the terminal.
    Console(width=None if Console().is_terminal else 200).print(table)
    unchecked = [weights.name for weights in list_weights() if not weights.checked]
    if unchecked:
        Console().print(f'Registered from what their makers publish, never downloaded by us: {", ".join(unchecked)}.',
                        soft_wrap=True)


@app.command()
def pull(names: Annotated[list[str], typer.Argument(help='From `pose-ros weights list`')],
         non_commercial: Annotated[bool, typer.Option(help='Also weights that may not be used commercially')] = False
         ) -> None:
    """Download weights into the cache folder; goes on where it was cut, checks the digest before use."""
    for weights in [entry_of(name) for name in names]:
        if not (weights.commercial or non_commercial):
            raise WeightsError(f'{weights.name} may not be used commercially ({weights.licence}); allowed: '
                               '`--non-commercial`, if that suits you')
        path = _download(weights)
        digest = '' if len(weights.sha256) == 64 else f', sha256 {sha256_of(path)}'
        Console().print(f'{path} ({weights.licence}{digest})', highlight=False, soft_wrap=True)


def _download(weights: Weights) -> Path:
    with _download_bar() as bar:
        task = bar.add_task(weights.name, total=weights.size or None)
        return download(weights, lambda done, total: bar.update(task, completed=done, total=total or None))


@app.command('verify')
def verify_all() -> None:
    """Compare every file that is here with its registered digest; exit status 2 if one differs."""
    for weights in list_weights():
        if not weights.url:
            verify(weights)
            _say(weights, f'as registered ({weights.sha256})')
        elif not file_of(weights).is_file():
            _say(weights, 'not on this computer')
        else:
            _say(weights, _downloaded(weights))


def _downloaded(weights: Weights) -> str:
    """What can be said of a file in the cache.

    Raises:
        WeightsError: it is not the registered one.
    """
    got = sha256_of(file_of(weights))
    if weights.member or not weights.sha256:
        return f'here; its maker publishes no digest of it ({got})'
    if not got.startswith(weights.sha256):
        raise WeightsError(f'{file_of(weights)} has changed since it was downloaded: its sha256 is {got}, allowed is '
                           f'{weights.sha256}...; delete it and pull it again')
    return f'as registered ({got})'


def _say(weights: Weights, text: str) -> None:
    Console().print(f'{weights.file}: {text}', highlight=False, soft_wrap=True)


def _download_bar() -> Progress:
    return Progress(TextColumn('{task.description}'), BarColumn(), DownloadColumn(), TransferSpeedColumn(),
                    console=Console(stderr=True))
