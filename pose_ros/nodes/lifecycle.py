"""Transitions of lifecycle nodes that say why they failed."""
from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from typing import TypeVar

from rclpy.exceptions import NameValidationException
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn

from pose_ros.errors import PoseRosError

N = TypeVar('N', bound=LifecycleNode)
Transition = Callable[[N, LifecycleState], TransitionCallbackReturn]


def explained(transition: Transition[N]) -> Transition[N]:
    """Logs an expected error and lets the transition fail, so that the node stays in the state it was in.

    An unexpected one is logged with its traceback and raised on: rclpy alone would say nothing.
    """
    @functools.wraps(transition)
    def guarded(node: N, state: LifecycleState) -> TransitionCallbackReturn:
        try:
            return transition(node, state)
        except (PoseRosError, NameValidationException) as error:
            node.get_logger().error(f'{transition.__name__.removeprefix("on_")}: {error}')
            return TransitionCallbackReturn.FAILURE
        except Exception:
            node.get_logger().fatal(traceback.format_exc())
            raise

    return guarded
