"""`pose-ros parameters`: what can be set on the nodes."""
from __future__ import annotations

from rich.console import Console
from rich.markdown import Markdown


def parameters() -> None:
    """List the ROS parameters of every node: default, what is allowed, meaning."""
    from pose_ros.reference import parameters as tables
    Console().print(Markdown(tables()))
