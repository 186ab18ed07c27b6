import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pose_ros.retargeting.safety import Safety, State
from pose_ros.retargeting.safety_settings import SafetySettings

STEP = 0.02


class World:
    """A clock, a robot that reports, and a person who is seen at every step unless told otherwise."""

    def __init__(self, **changes):
        self.now = 100.0
        self.safety = Safety(lambda: self.now, SafetySettings(**changes))

    def run(self, seconds, person=1, robot=True, error=5.0, stamp_offset=0.0):
        verdicts = []
        for _ in range(round(seconds / STEP)):
            self.now += STEP
            if robot:
                self.safety.see_robot()
            stamp = self.now + stamp_offset
            if person is not None and self.safety.accepts(person, stamp, self.now):
                self.safety.see_person(stamp, error)
            verdicts.append(self.safety.update())
        return verdicts

    def tracking(self):
        assert self.safety.enable(1) == ''
        assert self.run(3)[-1].state is State.TRACKING
        return self


def test_nothing_moves_before_it_is_enabled():
    assert {(v.state, v.follow) for v in World().run(2)} == {(State.DISABLED, False)}


def test_speed_ramps_up_after_arming():
    world = World(ramp_s=2.0, ramp_start=0.1)
    world.safety.enable(1)
    scales = [v.scale for v in world.run(3) if v.follow]
    assert scales[0] < 0.12 and scales[-1] == 1 and (np.diff(scales) >= 0).all()
    assert sum(s < 1 for s in scales) * STEP == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize(('what', 'reason'), [
    ({'robot': False}, 'no joint states'), ({'error': 30.0}, 'cannot match'), ({'error': np.nan}, 'cannot match'),
    ({'person': None}, 'person lost'), ({'person': 2}, 'person lost'), ({'stamp_offset': -1.0}, 'person lost'),
    ({'stamp_offset': 1.0}, 'person lost'), ({'stamp_offset': np.nan}, 'person lost'),
])
def test_it_does_not_arm_without(what, reason):
    world = World()
    world.safety.enable(1)
    last = world.run(3, **what)[-1]
    assert last.state is State.ARMING and reason in last.reason


def test_silence_brakes_then_holds_then_disables():
    world = World(soft_timeout_s=0.15, hard_timeout_s=0.5, disable_timeout_s=5.0).tracking()
    verdicts = world.run(6, person=None)
    states = [state for state, _ in itertools.groupby(v.state for v in verdicts)]
    assert states == [State.TRACKING, State.HOLDING, State.DISABLED]
    assert sum(v.follow for v in verdicts) * STEP == pytest.approx(0.15, abs=2 * STEP)
    assert sum(v.state is State.TRACKING for v in verdicts) * STEP == pytest.approx(0.5, abs=2 * STEP)
    assert sum(v.state is State.HOLDING for v in verdicts) * STEP == pytest.approx(5, abs=2 * STEP)


def test_another_person_never_takes_over():
    world = World().tracking()
    verdicts = world.run(2, person=2)
    assert not any(v.follow for v in verdicts[10:]) and verdicts[-1].state is State.HOLDING


def test_the_same_person_comes_back_through_the_ramp():
    world = World().tracking()
    world.run(1, person=None)
    verdicts = world.run(3)
    assert verdicts[0].state is State.ARMING and verdicts[-1].state is State.TRACKING
    assert next(v.scale for v in verdicts if v.follow) < 0.12


def test_old_stamps_are_silence():
    world = World().tracking()
    assert world.run(1, stamp_offset=-0.5)[-1].state is State.HOLDING


def test_stamps_that_stand_still_are_silence():
    world = World().tracking()
    stamp = world.now
    assert not world.safety.accepts(1, stamp, world.now)


def test_it_slows_down_and_holds_when_somebody_comes_near():
    world = World(slow_distance_m=1.0, stop_distance_m=0.4).tracking()
    scales = []
    for distance in (2.0, 0.9, 0.7, 0.5):
        world.safety.see_nearest(distance)
        scales.append(world.run(0.02)[-1].scale)
    assert scales[0] == 1 and (np.diff(scales) < 0).all()
    for distance in (0.3, np.nan):
        world.safety.see_nearest(distance)
        assert world.run(0.02)[-1].state is State.HOLDING
    world.safety.see_nearest(np.inf)
    assert world.run(3)[-1].state is State.TRACKING


def test_a_silent_robot_is_held():
    assert World().tracking().run(1, robot=False)[-1].state is State.HOLDING


def test_an_emergency_stop_is_latched():
    world = World().tracking()
    world.safety.see_emergency_stop(True)
    world.safety.see_emergency_stop(False)
    world.safety.disable()
    assert world.run(1)[-1].state is State.FAULT
    assert 'reset first' in world.safety.enable(1)
    world.safety.reset()
    assert world.run(1)[-1].state is State.DISABLED


def test_a_required_heartbeat_that_stops_is_an_emergency():
    world = World(require_heartbeat=True, heartbeat_timeout_s=0.5)
    world.safety.see_emergency_stop(False)
    world.safety.enable(1)
    last = world.run(1)[-1]
    assert last.state is State.FAULT and 'silent' in last.reason


def test_only_a_tracked_person_can_be_followed():
    assert 'tracked' in World().safety.enable(-1)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(['enable', 'stop', 'reset', 'disable', 'near', 'far', 'beat', 'run']),
                          st.sampled_from([None, 1, 2]), st.booleans(), st.floats(-1, 1)), max_size=30))
def test_whatever_happens_it_follows_only_the_enabled_person_with_everything_fresh(events):
    world, enabled = World(), False
    for event, person, robot, offset in events:
        {'enable': lambda: world.safety.enable(1), 'stop': lambda: world.safety.stop('test'),
         'reset': world.safety.reset, 'disable': world.safety.disable, 'beat': lambda: None, 'run': lambda: None,
         'near': lambda: world.safety.see_nearest(0.1), 'far': lambda: world.safety.see_nearest(9.0)}[event]()
        enabled = event == 'enable' or (enabled and event not in ('stop', 'disable'))
        last = world.run(0.6, person=person, robot=robot, stamp_offset=offset)[-1]
        assert not last.follow or (enabled and person == 1 and robot and -0.3 <= offset <= 0.05)
        assert (last.scale > 0) == last.follow and bool(last.reason) != last.follow
