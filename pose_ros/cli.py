"""`pose-ros`: the command line. Each command is a file in `pose_ros.commands`."""
from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape

from pose_ros.commands import weights
from pose_ros.commands.bench import bench
from pose_ros.commands.calibrate import calibrate
from pose_ros.commands.demo import demo
from pose_ros.commands.doctor import doctor
from pose_ros.commands.evaluate import evaluate
from pose_ros.commands.export import export
from pose_ros.commands.learn import learn
from pose_ros.commands.mocap import mocap
from pose_ros.commands.parameters import parameters
from pose_ros.commands.replay import replay
from pose_ros.commands.report import report
from pose_ros.commands.retarget import retarget
from pose_ros.commands.run import run
from pose_ros.commands.segment import segment
from pose_ros.commands.train import train
from pose_ros.commands.train_lifting import train_lifting
from pose_ros.commands.train_pairs import train_pairs
from pose_ros.commands.train_top_down import train_top_down
from pose_ros.errors import PoseRosError

app = typer.Typer(name='pose-ros', no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode='rich',
                  context_settings={'help_option_names': ['-h', '--help']})
for command in (run, demo, evaluate, bench, doctor, parameters, train, calibrate, train_lifting, train_pairs,
                train_top_down, segment, replay, retarget, learn, export, report,
                mocap):
    app.command()(command)
app.add_typer(weights.app, name='weights')


@app.callback()
def configure(verbose: Annotated[bool, typer.Option('--verbose', '-v', help='Show where errors come from')] = False
              ) -> None:
    """Camera images in, human skeletons out."""
    logging.basicConfig(level=logging.WARNING, format='%(message)s', force=True,
                        handlers=[RichHandler(console=Console(stderr=True), show_time=False, show_path=False)])
    logging.getLogger('pose_ros').setLevel(logging.DEBUG if verbose else logging.WARNING)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `pose-ros`; expected errors, and those of the file system, become one line and exit status 2.

    Args:
        arguments: None takes those of the process.
    """
    try:
        app(args=arguments)
    except (PoseRosError, OSError) as error:
        logging.getLogger('pose_ros.cli').debug('where it comes from', exc_info=True)
        Console(stderr=True).print(f'[bold red]error:[/] {escape(str(error))}', highlight=False, soft_wrap=True)
        sys.exit(2)


if __name__ == '__main__':
    main()
