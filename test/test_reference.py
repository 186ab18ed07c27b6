"""The tables of the README say what the code does."""
from pathlib import Path

import pytest

from pose_ros import reference
from pose_ros.estimators.fake import FakeEstimator
from pose_ros.msg import Keypoint, PersonPose, PersonPoseArray
from pose_ros.nodes.pose_node import PoseNode

README = Path(__file__).parents[1] / 'README.md'


def names_in(table):
    """The first column of every row."""
    return [line.split('`')[1] for line in table.splitlines() if line.startswith('| `')]


def test_the_readme_is_up_to_date():
    text = README.read_text(encoding='utf-8')
    assert reference.updated(text) == text, 'run: python -m pose_ros.reference README.md'


@pytest.mark.parametrize('name', ['parameters', 'messages'])
def test_the_readme_has_the_tables(name):
    text = README.read_text(encoding='utf-8')
    assert f'<!-- {name}:begin -->' in text
    assert f'<!-- {name}:end -->' in text


def test_every_parameter_of_the_node_is_in_the_table(graph):
    node = graph.add(PoseNode(lambda *_: FakeEstimator(), context=graph.context))
    own = {name for name in node._parameters if not name.startswith(('use_sim_time', 'start_type', 'qos_overrides'))}
    pose_node, _ = reference.parameters().split('`camera_node`')
    assert set(names_in(pose_node)) == own


@pytest.mark.parametrize('message', [PersonPoseArray, PersonPose, Keypoint])
def test_every_field_of_a_message_is_in_its_table(message):
    _, _, rest = reference.messages().partition(f'**`{message.__name__}`**')
    table, _, _ = rest.partition('**`')
    fields = [name for name in names_in(table) if '=' not in name]
    assert fields == list(message.get_fields_and_field_types())


def test_every_topic_of_the_node_is_in_the_table():
    names = {line.split('`')[1] for line in reference.topics().splitlines() if line.startswith('| publishes')}
    assert {'~/persons', '~/markers', '~/overlay', '/diagnostics', 'image_raw', 'camera_info'} <= names


def test_a_text_without_marks_stays_as_it_is():
    assert reference.updated('# nothing here\n') == '# nothing here\n'


def test_updating_twice_changes_nothing_more():
    text = reference.updated('a <!-- messages:begin --> outdated <!-- messages:end --> b')
    assert 'outdated' not in text
    assert text.startswith('a ')
    assert text.endswith(' b')
    assert reference.updated(text) == text


def test_cells_cannot_break_a_table():
    assert reference.table(('a',), [('x | <y>',)]).splitlines()[-1] == r'| x \| \<y> |'
