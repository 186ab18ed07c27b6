"""The file of exercises: what counts as a repetition, and what makes it a good one."""
from __future__ import annotations

import math
from pathlib import Path

from pose_ros.activity.body import ANGLES
from pose_ros.activity.exercise import Check, Rule
from pose_ros.errors import RuleError
from pose_ros.yaml_entry import Entry, read_yaml


def read_rules(path: Path) -> list[Rule]:
    """The exercises of a YAML file.

    Raises:
        RuleError: the file is absent or no YAML, or a rule names an unknown angle or has an impossible range; the
            message begins with file and line.
    """
    return [_rule(name, entry) for name, entry in read_yaml(path, RuleError).fields().items()]


def _rule(name: str, entry: Entry) -> Rule:
    fields = entry.fields('angle', 'rest_deg', 'turn_deg', 'beyond_deg', 'tempo_s', 'advice', 'checks')
    missing = [field for field in ('angle', 'rest_deg', 'turn_deg') if field not in fields]
    if missing:
        entry.fail(f'{name} has no {", ".join(missing)}')
    rest_deg, turn_deg = fields['rest_deg'].number(0, 180), fields['turn_deg'].number(0, 180)
    if abs(rest_deg - turn_deg) < 10:
        fields['turn_deg'].fail(f'turn_deg {turn_deg:g} is too near to rest_deg {rest_deg:g}; allowed: 10 deg away')
    beyond_deg = fields['beyond_deg'].number(0, 180) if 'beyond_deg' in fields else math.nan
    tempo_s = _range(fields.get('tempo_s'), 'tempo_s', 0, 60)
    return Rule(name, _angle(fields['angle']), rest_deg, turn_deg, beyond_deg, *tempo_s,
                advice=fields['advice'].text() if 'advice' in fields else 'go further',
                checks=tuple(_check(check) for check in fields['checks'].items()) if 'checks' in fields else ())


def _check(entry: Entry) -> Check:
    fields = entry.fields('angle', 'range_deg', 'advice')
    missing = [field for field in ('angle', 'range_deg', 'advice') if field not in fields]
    if missing:
        entry.fail(f'a check has no {", ".join(missing)}')
    low_deg, high_deg = _range(fields['range_deg'], 'range_deg', 0, 180)
    return Check(_angle(fields['angle']), low_deg, high_deg, fields['advice'].text())


def _angle(entry: Entry) -> str:
    name = entry.text()
    if name not in ANGLES:
        entry.fail(f'unknown angle {name!r}; allowed: {", ".join(ANGLES)}')
    return name


def _range(entry: Entry | None, name: str, low: float, high: float) -> tuple[float, float]:
    if entry is None:
        return 0.5, 10.0
    first, last = entry.numbers(2)
    if not low <= first < last <= high:
        entry.fail(f'{name} is {first:g} .. {last:g}; allowed: two growing numbers within {low:g} .. {high:g}')
    return first, last
