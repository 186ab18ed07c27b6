"""`pose-ros weights`: the networks that come with the package."""
from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

from pose_ros.weights import list_weights, verify

app = typer.Typer(help='The network weights in this package: list them, verify them.', no_args_is_help=True)


@app.command('list')
def list_() -> None:
    """List the weights: estimator, file, size, licence, skeleton, digest."""
    table = Table('estimator', 'file', 'MB', 'licence', 'skeleton', 'sha256')
    for weights in list_weights():
        table.add_row(weights.name, weights.file, f'{weights.size / 1e6:.1f}', weights.licence, weights.skeleton,
                      weights.sha256[:12])
    Console().print(table)


@app.command('verify')
def verify_all() -> None:
    """Compare every file with its registered digest; exit status 2 if one differs."""
    for weights in list_weights():
        verify(weights)
        Console().print(f'{weights.file}: as registered ({weights.sha256})', highlight=False, soft_wrap=True)
