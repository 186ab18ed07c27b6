"""The mailbox: nothing but the newest is ever taken, and nothing is lost uncounted."""
from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pose_ros.bridge.mailbox import Letter, Mailbox

DEADLINE_S = 20.0


class MailboxMachine(RuleBasedStateMachine):
    """Any order of calls, against a list of everything put and not yet taken."""

    def __init__(self) -> None:
        super().__init__()
        self.mailbox: Mailbox[int] = Mailbox()
        self.waiting: list[tuple[str, list[int]]] = []
        self.number = self.taken = 0
        self.lost: dict[str, int] = {}

    @rule(slot=st.sampled_from('abc'))
    def put(self, slot: str) -> None:
        self.number += 1
        self.mailbox.put(self.number, slot)
        for name, items in self.waiting:
            if name == slot:
                items.append(self.number)
                return
        self.waiting.append((slot, [self.number]))

    @rule(limit=st.sampled_from([None, 1, 2]))
    def take_all(self, limit: int | None) -> None:
        expected = [Letter(slot, items[-1], len(items) - 1 + self.lost.pop(slot, 0))
                    for slot, items in self.waiting[:limit]]
        assert self.mailbox.take_all(timeout_s=0, limit=limit) == expected
        self.taken += len(expected)
        self.waiting = self.waiting[len(expected):]

    @rule()
    def clear(self) -> None:
        self.mailbox.clear()
        for slot, items in self.waiting:
            self.lost[slot] = self.lost.get(slot, 0) + len(items)
        self.waiting = []

    @invariant()
    def everything_is_counted(self) -> None:
        counts = self.mailbox.counts
        assert (counts.put, counts.taken, counts.pending) == (self.number, self.taken, len(self.waiting))
        assert counts.taken + counts.dropped + counts.pending == counts.put


TestMailbox = MailboxMachine.TestCase
TestMailbox.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


def test_an_empty_mailbox_gives_nothing_when_its_time_is_over():
    assert Mailbox().take(timeout_s=0.01) is None
    assert Mailbox().take_all(timeout_s=0.01) == []


def test_take_gives_the_slot_that_has_waited_longest():
    mailbox: Mailbox[int] = Mailbox()
    for number, slot in enumerate(('left', 'right', 'left')):
        mailbox.put(number, slot)
    assert [mailbox.take(0), mailbox.take(0), mailbox.take(0)] == [Letter('left', 2, 1), Letter('right', 1, 0), None]


def test_a_busy_camera_does_not_starve_another():
    mailbox: Mailbox[int] = Mailbox()
    mailbox.put(0, 'slow')
    taken = []
    for number in range(4):
        mailbox.put(number, 'busy')
        letter = mailbox.take(0)
        taken.append(letter and letter.slot)
    assert taken[0] == 'slow' and set(taken[1:]) == {'busy'}


@pytest.mark.parametrize('act', [lambda mailbox: mailbox.put(7), lambda mailbox: mailbox.close()], ids=['put', 'close'])
def test_a_waiting_worker_is_woken(act):
    mailbox: Mailbox[int] = Mailbox()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(mailbox.take_all)
        act(mailbox)
        letters = waiting.result(DEADLINE_S)
    assert [letter.item for letter in letters] in ([7], [])


def test_a_closed_mailbox_drops_what_comes_and_never_waits():
    mailbox: Mailbox[int] = Mailbox()
    mailbox.put(1)
    mailbox.close()
    mailbox.put(2)
    assert mailbox.take_all() == [] and mailbox.take() is None
    assert (mailbox.counts.put, mailbox.counts.dropped) == (2, 2)


def test_many_writers_and_readers_lose_nothing_uncounted():
    """Each slot's items are taken in the order put, so what is taken is always newer than what was taken before."""
    mailbox: Mailbox[int] = Mailbox()
    writers = 4

    def write(slot: str) -> None:
        for number in range(2000):
            mailbox.put(number, slot)

    def read() -> list[Letter[int]]:
        taken: list[Letter[int]] = []
        while letters := mailbox.take_all():
            taken += letters
        return taken

    with ThreadPoolExecutor(2) as readers:
        results = [readers.submit(read) for _ in range(2)]
        threads = [threading.Thread(target=write, args=(str(number),)) for number in range(writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(DEADLINE_S)
        pending = mailbox.counts.pending
        mailbox.close()
        taken = [result.result(DEADLINE_S) for result in results]
    counts = mailbox.counts
    assert counts.put == writers * 2000 == counts.taken + counts.dropped and pending <= writers
    assert sum(map(len, taken)) == counts.taken
    for letters in taken:
        for slot in map(str, range(writers)):
            items = [letter.item for letter in letters if letter.slot == slot]
            assert items == sorted(set(items))
