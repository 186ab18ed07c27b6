import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pose_ros.retargeting.schedule import Schedule

TICK, STEP, LEAD = 0.01, 0.02, 0.03


def begin(times):
    schedule = Schedule(TICK, STEP, LEAD)
    return [(now, schedule.next(now), schedule.back_s) for now in times]


def test_a_timer_in_time_gives_one_step_after_another():
    found = begin([5.0 + STEP * i for i in range(50)])
    assert all(late == 0 for _, (_, late), _ in found)
    assert [begins for _, (begins, _), _ in found] == pytest.approx([5.03 + STEP * i for i in range(50)])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0.0, 100.0), min_size=1, max_size=60))
def test_any_timer_stays_on_the_grid_and_ahead(gaps):
    times = [100.0]
    for gap in gaps:
        times.append(times[-1] + gap)
    steps = [(now, *due) for now, due, back in begin(times) if due and not back]
    for now, begins, _ in steps:
        assert LEAD - TICK - 1e-6 <= begins - now <= LEAD + STEP + 1e-6
    for (_, before, _), (_, begins, late) in zip(steps, steps[1:]):
        assert begins - before == pytest.approx(STEP + late * TICK, abs=1e-9) and late >= 0


@pytest.mark.parametrize('jump', [-3600.0, -1.5])
def test_a_clock_that_is_set_back_begins_a_new_grid_and_is_told(jump):
    *_, (now, (begins, late), back) = begin([5.0, 5.02, 5.04 + jump])
    assert begins == pytest.approx(now + LEAD) and late == 0 and back == pytest.approx(-jump)
