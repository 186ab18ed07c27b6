"""Whether the robot may follow: DISABLED, ARMING, TRACKING, HOLDING, FAULT.

    DISABLED --enable--> ARMING --robot and person ready--> TRACKING --person lost or too near, robot silent--> HOLDING
    DISABLED --perform--> the same without a person who is followed
    HOLDING --the same person is back--> ARMING     HOLDING --long--> DISABLED
    any --stop--> FAULT --reset--> DISABLED         any but FAULT --disable--> DISABLED

Motion begins slowly after every ARMING. This is software on an ordinary computer and NO certified safety function: keep
the hardware emergency stop.
"""
from __future__ import annotations

import enum
import math
from collections.abc import Callable
from dataclasses import dataclass

from pose_ros.retargeting.safety_settings import SafetySettings


class State(enum.Enum):
    """Of the state machine."""

    DISABLED = 'disabled'
    ARMING = 'arming'
    TRACKING = 'tracking'
    HOLDING = 'holding'
    FAULT = 'fault'


@dataclass(frozen=True)
class Verdict:
    """What the robot may do now.

    Attributes:
        state: of the machine.
        follow: False = brake.
        scale: part of the velocity limits that may be used, 0..1.
        reason: why it does not follow; '' if it does.
    """

    state: State
    follow: bool
    scale: float
    reason: str


class Safety:
    """The state machine.

    Silence is measured by the clock, never by stamps; staleness by stamps and the time they are compared with.

    Args:
        clock: steady time [s] (`time.monotonic`).
        settings: see `SafetySettings`.
    """

    def __init__(self, clock: Callable[[], float], settings: SafetySettings | None = None) -> None:
        self._clock, self._settings = clock, settings or SafetySettings()
        self._robot_seen = self._heartbeat_seen = -math.inf
        self._nearest = math.inf
        self._enter(State.DISABLED, 'not enabled')
        self._forget_person()

    def enable(self, track_id: int) -> str:
        """Wants to follow one person; returns why not, or ''."""
        if self._state is State.FAULT:
            return f'fault: {self._reason}; reset first'
        if track_id < 0:
            return f'only a tracked person can be followed, got track_id {track_id}'
        self._begin(track_id)
        return ''

    def perform(self) -> str:
        """Wants to move without following anyone; returns why not, or ''."""
        if self._state is State.FAULT:
            return f'fault: {self._reason}; reset first'
        self._begin(-1)
        return ''

    def disable(self, reason: str = 'disabled on request') -> None:
        """Ends following; a fault stays a fault."""
        if self._state is not State.FAULT:
            self._enter(State.DISABLED, reason)

    def stop(self, reason: str) -> None:
        """Emergency: latched until `reset`."""
        self._enter(State.FAULT, reason)

    def reset(self) -> None:
        """Leaves a fault, into DISABLED."""
        if self._state is State.FAULT:
            self._enter(State.DISABLED, 'reset')

    @property
    def state(self) -> State:
        """Of the machine."""
        return self._state

    @property
    def track_id(self) -> int:
        """Who is followed; -1 = nobody."""
        return self._track_id

    def see_robot(self) -> None:
        """The robot's joint states have arrived."""
        self._robot_seen = self._clock()

    def see_emergency_stop(self, pressed: bool) -> None:
        """The emergency stop topic has spoken."""
        self._heartbeat_seen = self._clock()
        if pressed:
            self.stop('emergency stop pressed')

    def see_nearest(self, distance_m: float) -> None:
        """How near the nearest person is to the robot [m]; infinite = nobody, NaN = unknown, which counts as 0."""
        self._nearest = 0.0 if math.isnan(distance_m) else distance_m

    def accepts(self, track_id: int, stamp: float, now: float) -> bool:
        """If a person is the chosen one and the image is of now; another person never replaces the chosen one.

        Args:
            track_id: of the person seen.
            stamp: of the image [s].
            now: the time, of the stamps' clock [s].
        """
        settings = self._settings
        fresh = -settings.max_ahead_s <= now - stamp <= settings.max_age_s and stamp > self._stamp
        return self._follows_person and track_id == self._track_id and fresh

    def see_person(self, stamp: float, error_deg: float) -> None:
        """The chosen person was seen and the shadow solved.

        Args:
            stamp: of the image [s].
            error_deg: worst angle left between a robot bone and the person's [deg].
        """
        self._stamp, self._error_deg, self._person_seen = stamp, error_deg, self._clock()

    def update(self) -> Verdict:
        """The verdict of now; call it at every step."""
        now = self._clock()
        self._watch(now)
        silent = self._follows_person and now - self._person_seen > self._settings.soft_timeout_s
        follow = self._state is State.TRACKING and not silent
        reason = '' if follow else 'person not seen' if self._state is State.TRACKING else self._reason
        return Verdict(self._state, follow, self._scale(now) if follow else 0.0, reason)

    def _watch(self, now: float) -> None:
        settings = self._settings
        if settings.require_heartbeat and now - self._heartbeat_seen > settings.heartbeat_timeout_s:
            if self._state not in (State.DISABLED, State.FAULT):
                self.stop('the emergency stop topic is silent')
        obstacle = self._obstacle(now)
        if self._state is State.TRACKING and obstacle:
            self._enter(State.HOLDING, obstacle)
        elif self._state is State.HOLDING and now - self._since > settings.disable_timeout_s:
            self._enter(State.DISABLED, f'held too long: {self._reason}')
        elif self._state is State.HOLDING and not obstacle:
            self._enter(State.ARMING, 'waiting for the robot and the person')
        elif self._state is State.ARMING:
            self._arm(now, obstacle)

    def _arm(self, now: float, obstacle: str) -> None:
        if obstacle:
            self._reason = obstacle
        elif self._follows_person and not self._error_deg <= self._settings.arming_error_deg:
            self._reason = f'the robot cannot match the pose: {self._error_deg:.0f} deg off'
        else:
            self._enter(State.TRACKING, '')

    def _obstacle(self, now: float) -> str:
        if now - self._robot_seen > self._settings.robot_timeout_s:
            return 'no joint states from the robot'
        if self._follows_person and now - self._person_seen > self._settings.hard_timeout_s:
            return 'person lost'
        if self._nearest < self._settings.stop_distance_m:
            return f'somebody is {self._nearest:.2f} m from the robot'
        return ''

    def _scale(self, now: float) -> float:
        settings = self._settings
        ramp = min((now - self._since) / settings.ramp_s, 1.0) if settings.ramp_s else 1.0
        speed = settings.ramp_start + (1 - settings.ramp_start) * ramp
        room = self._nearest - settings.stop_distance_m
        zone = settings.slow_distance_m - settings.stop_distance_m
        return speed * (1.0 if room >= zone else max(room / zone, 0.05))

    def _enter(self, state: State, reason: str) -> None:
        self._state, self._reason, self._since = state, reason, self._clock()

    def _begin(self, track_id: int) -> None:
        self._forget_person()
        self._track_id = track_id
        self._enter(State.ARMING, 'waiting for the robot and the person')

    @property
    def _follows_person(self) -> bool:
        return self._track_id >= 0

    def _forget_person(self) -> None:
        self._track_id = -1
        self._stamp, self._person_seen, self._error_deg = -math.inf, -math.inf, math.inf
