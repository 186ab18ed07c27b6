"""Each kind is logged at once, then once per period with the number of those left out."""
from __future__ import annotations

from pose_ros.nodes.throttled_log import ThrottledLog


class FakeLogger:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def warning(self, text: str) -> None:
        self.lines.append(('warning', text))

    def error(self, text: str) -> None:
        self.lines.append(('error', text))


def test_kinds_do_not_hide_each_other_and_nothing_is_lost_count_of():
    now, logger = [0.0], FakeLogger()
    log = ThrottledLog(logger, period_s=5.0, clock=lambda: now[0])
    for now[0] in (0.0, 1.0, 2.0):
        log.warning('left', 'left is bad')
        log.error('right', 'right is bad')
    now[0] = 5.0
    log.warning('left', 'left is worse')
    now[0] = 20.0
    log.warning('left', 'left again')
    assert logger.lines == [('warning', 'left is bad'), ('error', 'right is bad'),
                            ('warning', 'left is worse (2 more of this kind)'), ('warning', 'left again')]
