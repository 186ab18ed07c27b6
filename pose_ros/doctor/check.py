"""One finding of the doctor."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Status = Literal['ok', 'warn', 'fail']


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: what was looked at, such as 'torch'.
        status: 'ok', 'warn' (works, with a drawback) or 'fail' (something of this package cannot work).
        detail: what was found.
        remedy: what to do; empty where nothing has to be done.
    """

    name: str
    status: Status
    detail: str
    remedy: str = ''


def guarded(name: str, look: Callable[[], Check], remedy: str = '') -> Check:
    """The finding of `look`; if that breaks, the finding is that it broke.

    Args:
        name: of the finding where `look` breaks.
        look: may raise anything.
        remedy: for that case.
    """
    try:
        return look()
    except Exception as error:  # A broken installation raises anything, and to say so is the doctor's work.
        return Check(name, 'fail', f'{type(error).__name__}: {error}'.strip(), remedy)
