"""Lifecycle nodes: transitions that say why they failed, stages that end cleanly, a start without being asked."""
from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar

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


class StagedNode(LifecycleNode):
    """A lifecycle node whose stages end cleanly, in whatever state and however the node ends.

    What `on_configure` and `on_activate` open they register in `self._configured` and `self._active`; it is closed in
    reverse order when that stage ends.

    Args:
        name: of the node.
        options: of rclpy's Node.
    """

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(name, **options)
        self._configured, self._active = ExitStack(), ExitStack()

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Ends what `on_activate` began."""
        self._active.close()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Ends whatever runs; from here the node can be configured again."""
        self._free()
        return super().on_cleanup(state)

    on_shutdown = on_error = on_cleanup

    def destroy_node(self) -> None:
        """Ends whatever runs and destroys the node."""
        self._free()
        super().destroy_node()
        # rclpy forgets it, and it would hold the node's place in the graph and the log.
        self._state_machine.destroy_when_not_in_use()

    def _start_by_itself(self, ready: Callable[[], bool] = lambda: True, period_s: float = 0.0) -> None:
        """Configures and activates the node once it spins and is ready, which is asked every `period_s` [s]."""
        def start() -> None:
            if not ready():
                return
            starter.cancel()
            if self.trigger_configure() == TransitionCallbackReturn.SUCCESS:
                self.trigger_activate()

        starter = self.create_timer(period_s, start)

    def _free(self) -> None:
        self._active.close()
        self._configured.close()
