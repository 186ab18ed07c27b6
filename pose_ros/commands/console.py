"""What commands print: progress to stderr, results to stdout."""
from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn


def progress_bar() -> Progress:
    """A progress bar on stderr: what is being done, a bar, how many of how many, the time left."""
    return Progress(TextColumn('[progress.description]{task.description}'), BarColumn(), TaskProgressColumn(),
                    MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True))
