"""Rule files: what is wrong is refused by line, and the shipped file is right."""
import pytest

from pose_ros.activity.body import ANGLES
from pose_ros.activity.rules import read_rules
from pose_ros.errors import RuleError
from pose_ros.files import shipped_config

GOOD = """squat:
  angle: knee
  rest_deg: 160
  turn_deg: 100
  checks:
    - {angle: trunk, range_deg: [0, 50], advice: up}
"""


def test_the_shipped_rules_are_read():
    rules = read_rules(shipped_config('exercises.yaml'))
    assert len(rules) >= 5 and len({rule.name for rule in rules}) == len(rules)
    assert {rule.angle for rule in rules} <= set(ANGLES)


def test_a_rule_is_as_the_file_says(tmp_path):
    path = tmp_path / 'rules.yaml'
    path.write_text(GOOD)
    [rule] = read_rules(path)
    assert (rule.name, rule.angle, rule.rest_deg, rule.turn_deg) == ('squat', 'knee', 160, 100)
    assert [(check.angle, check.high_deg, check.advice) for check in rule.checks] == [('trunk', 50, 'up')]


@pytest.mark.parametrize(('old', 'new', 'words'), [
    ('angle: knee', 'angle: nose', r'rules.yaml:2: unknown angle .nose.; allowed: left_elbow'),
    ('angle: trunk', 'angle: left_toe', 'rules.yaml:6: unknown angle .left_toe.'),
    ('rest_deg: 160', 'rest_deg: 300', 'rules.yaml:3: rest_deg must be a number 0 .. 180'),
    ('turn_deg: 100', 'turn_deg: 155', 'rules.yaml:4: turn_deg 155 is too near'),
    ('[0, 50]', '[50, 0]', 'rules.yaml:6: range_deg is 50 .. 0'),
    ('  angle: knee\n', '', 'squat has no angle'),
    (', advice: up', '', 'a check has no advice'),
    ('turn_deg', 'trun_deg', 'unknown squat entry .trun_deg.'),
    (GOOD, '', 'is empty'), (GOOD, 'squat: [', 'is no YAML'),
])
def test_what_is_wrong_is_refused_by_line(old, new, words, tmp_path):
    path = tmp_path / 'rules.yaml'
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(RuleError, match=words):
        read_rules(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RuleError, match='cannot read'):
        read_rules(tmp_path / 'none.yaml')
