"""How far a long piece of work is, what it still costs, and what it reached: one line now and then."""
from __future__ import annotations

import time
from collections.abc import Callable


class Progress:
    """Says now and then how far a count of things is.

    Args:
        what: is counted, in the plural.
        total: to be reached.
        done: already.
        every_s: shortest time between two lines.
        say: what is done with a line. now: a clock [s].
    """

    def __init__(self, what: str, total: int, done: int = 0, every_s: float = 30.0,
                 say: Callable[[str], None] = lambda line: print(line, flush=True),
                 now: Callable[[], float] = time.monotonic) -> None:
        self._what, self._total, self._begin = what, total, done
        self._every_s, self._say, self._now = every_s, say, now
        self._started = self._said = now()

    def update(self, done: int, reached: str = '') -> None:
        """Note how many are done; `reached` is added to the line."""
        now = self._now()
        if now - self._said >= self._every_s or done >= self._total:
            self._said = now
            self._say(self.line(done) + (f'; {reached}' if reached else ''))

    def line(self, done: int) -> str:
        """How far it is, how fast it goes and how long it will take."""
        share = 100 * min(done, self._total) / max(1, self._total)
        line = f'{self._what}: {done:,} of {self._total:,} ({share:.0f} %)'
        elapsed, made = self._now() - self._started, done - self._begin
        if made <= 0 or elapsed <= 0:
            return line
        return f'{line}, {made / elapsed:.1f}/s, {_words(max(0, self._total - done) * elapsed / made)} to go'


def _words(seconds: float) -> str:
    """A duration as people say it: 40 s, 12 min, 3 h 05 min."""
    if seconds < 90:
        return f'{seconds:.0f} s'
    minutes = round(seconds / 60)
    return f'{minutes} min' if minutes < 90 else f'{minutes // 60} h {minutes % 60:02d} min'
