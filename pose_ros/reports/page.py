"""The diary of a recording as one HTML page that needs nothing else: no network, no scripts."""
from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import cv2
import jinja2
import numpy as np

from pose_ros.activity.activity import UNKNOWN, Kind
from pose_ros.reports.diary import Diary, PersonDiary, Span

_LEAST_S = 1.0
# Okabe and Ito, "Color Universal Design" (2008): colour-blind people can tell them apart.
COLOURS: Mapping[str, str] = {
    'standing': '#56b4e9', 'walking': '#009e73', 'sitting': '#e69f00', 'crouching': '#cc79a7', 'bending': '#f0e442',
    'lying': '#d55e00', UNKNOWN: '#cccccc',
}
_GAIT_WORDS = {'cadence_per_min': ('cadence', 'steps/min', '.0f'), 'step_length_m': ('step length', 'm', '.2f'),
               'speed_mps': ('speed', 'm/s', '.2f')}
_TICKS_S = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600, 7200, 14400, 43200, 86400)


@dataclass(frozen=True)
class Still:
    """A picture of a fall.

    Attributes:
        track_id: who fell.
        stamp_s: of the picture [s].
        image: (H, W, 3) uint8 RGB.
    """

    track_id: int
    stamp_s: float
    image: np.ndarray


@dataclass(frozen=True)
class Bar:
    """A coloured bar on a time line, in percent of the whole."""

    left: float
    width: float
    colour: str
    title: str


class _Clock:
    """Places and words for times of the recording."""

    def __init__(self, diary: Diary) -> None:
        self._start_s = diary.start_s
        self._length_s = max(diary.end_s - diary.start_s, 1e-3)

    def percent(self, stamp_s: float) -> float:
        return 100 * (stamp_s - self._start_s) / self._length_s

    def words(self, stamp_s: float) -> str:
        minutes, seconds = divmod(stamp_s - self._start_s, 60)
        hours, minutes = divmod(int(minutes), 60)
        return f'{hours}:{minutes:02}:{seconds:04.1f}' if hours else f'{minutes}:{seconds:04.1f}'

    def bar(self, span: Span, colour: str) -> Bar:
        title = f'{span.label.replace("_", " ")}, {self.words(span.start_s)} to {self.words(span.end_s)}'
        return Bar(self.percent(span.start_s), 100 * span.duration_s / self._length_s, colour, title)

    def ticks(self) -> list[tuple[float, str]]:
        step = next((step for step in _TICKS_S if self._length_s / step <= 12), _TICKS_S[-1])
        return [(100 * second / self._length_s, self.words(self._start_s + second).removesuffix('.0'))
                for second in range(0, int(self._length_s) + 1, step)]


def render(diary: Diary, title: str, stills: Sequence[Still] = (), notes: Sequence[str] = ()) -> str:
    """The page.

    Args:
        diary: of the recording.
        title: such as the name of the bag.
        stills: pictures of falls.
        notes: what the reader should know of the recording.
    """
    folder = jinja2.FileSystemLoader(Path(__file__).parent)
    template = jinja2.Environment(loader=folder, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    clock = _Clock(diary)
    people = diary.lasting(_LEAST_S)
    began = datetime.fromtimestamp(diary.start_s, timezone.utc) if people else None
    return template.get_template('page.html.j2').render(
        title=title, notes=notes, colours=COLOURS, ticks=clock.ticks() if people else [],
        began=f'{began:%Y-%m-%d %H:%M:%S} UTC' if began and began.year > 2000 else '',
        length=clock.words(diary.end_s) if people else '', briefly=len(diary.people) - len(people),
        people=[_person(person, clock) for person in people], falls=_falls(people, stills, clock))


def _person(person: PersonDiary, clock: _Clock) -> dict[str, object]:
    return {
        'name': f'Person {person.track_id}', 'time': f'{sum(span.duration_s for span in person.present):.0f} s',
        'present': [clock.bar(span, '#888888') for span in person.present],
        'postures': [clock.bar(span, COLOURS.get(span.label, '#888888')) for span in person.spans[Kind.POSTURE]],
        'falls': [clock.bar(span, '#c00000') for span in person.falls],
        'shares': [(label, f'{100 * share:.0f} %') for label, share in person.shares().items()],
        'gestures': [(span.label.replace('_', ' '), clock.words(span.start_s)) for span in person.spans[Kind.GESTURE]],
        'exercises': [(name.replace('_', ' '), count, ', '.join(sorted(person.advice.get(name, ()))) or 'well done')
                      for name, count in person.repetitions.items()],
        'gait': [(word, f'{person.gait[name]:{form}} {unit}') for name, (word, unit, form) in _GAIT_WORDS.items()
                 if name in person.gait], 'steps': person.steps,
    }


def _falls(people: Sequence[PersonDiary], stills: Sequence[Still], clock: _Clock) -> list[dict[str, object]]:
    falls = sorted(((span, person) for person in people for span in person.falls), key=lambda one: one[0].start_s)
    return [{'name': f'Person {person.track_id}', 'time': clock.words(span.start_s), 'down': f'{span.duration_s:.0f} s',
             'still': any(still.label == 'lying_still' and still.end_s > span.start_s
                          for still in person.spans[Kind.FALL]),
             'picture': _picture(person.track_id, span, stills)} for span, person in falls]


def _picture(track_id: int, span: Span, stills: Sequence[Still]) -> str:
    """The still of a fall as a data URL; '' without one."""
    own = [still for still in stills if still.track_id == track_id and still.stamp_s >= span.start_s - 1]
    if not own:
        return ''
    image = min(own, key=lambda still: abs(still.stamp_s - span.start_s)).image
    _, jpeg = cv2.imencode('.jpg', image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
    return f'data:image/jpeg;base64,{base64.b64encode(jpeg.tobytes()).decode()}'
