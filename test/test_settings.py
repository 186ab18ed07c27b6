from dataclasses import dataclass, fields

import pytest

from pose_ros.errors import SettingError
from pose_ros.estimators import EstimatorSettings
from pose_ros.grouping import PafSettings
from pose_ros.settings import Settings, allowed, default_of, setting


@dataclass(frozen=True)
class Example(Settings):
    share: float = setting(0.5, 'A share', low=0.0, high=1.0)
    count: int = setting(3, 'A count', low=1)
    mode: str = setting('fast', 'A mode', choices=('fast', 'good'))
    topics: list[str] = setting(['image'], 'Topics')
    rates: list[float] = setting([1.0, 2.0], 'Rates', low=0.0, high=10.0)
    flag: bool = setting(True, 'A flag')


@pytest.mark.parametrize('values', [
    {'share': 0.0}, {'share': 1.0}, {'share': 1}, {'count': 1}, {'count': 10 ** 9}, {'mode': 'good'}, {'flag': False},
    {'topics': ['a', 'b']}, {'topics': []}, {'rates': [0.0, 10.0]}, {'rates': []}, {'rates': [3]}])
def test_what_is_allowed_is_kept(values):
    name, value = next(iter(values.items()))
    assert getattr(Example(**values), name) == value


@pytest.mark.parametrize('values', [
    {'share': -0.01}, {'share': 1.01}, {'share': float('nan')}, {'share': 'half'}, {'share': True}, {'share': None},
    {'count': 0}, {'count': 2.0}, {'count': True}, {'mode': 'slow'}, {'mode': 1}, {'flag': 1}, {'topics': 'image'},
    {'topics': [1]}, {'rates': [11.0]}, {'rates': [float('nan')]}, {'rates': ['a']}])
def test_what_is_not_allowed_is_named_with_what_is(values):
    name, value = next(iter(values.items()))
    with pytest.raises(SettingError) as error:
        Example(**values)
    assert name in str(error.value)
    assert repr(value) in str(error.value)
    assert 'allowed: ' in str(error.value)


def test_a_changed_copy_is_checked_and_the_original_stays():
    example = Example()
    assert example.changed(count=7).count == 7
    assert example == Example()
    with pytest.raises(SettingError, match='count = 0'):
        example.changed(count=0)
    with pytest.raises(SettingError, match="no setting named 'counts'; there are share, count"):
        example.changed(counts=1)


def test_two_copies_share_no_list():
    one, other = Example(), Example()
    assert one.topics == other.topics
    assert one.topics is not other.topics


def test_what_is_allowed_in_words():
    assert {item.name: allowed(item) for item in fields(Example)} == {
        'share': '0.0 .. 1.0', 'count': '1 .. ', 'mode': 'fast | good', 'topics': 'list', 'rates': '0.0 .. 10.0',
        'flag': 'bool'}


@pytest.mark.parametrize('cls', [EstimatorSettings, PafSettings])
def test_every_setting_of_the_package_is_described_and_its_ends_are_allowed(cls):
    for item in fields(cls):
        assert len(item.metadata['description']) > 10
        assert getattr(cls(), item.name) == default_of(item)
        for end in ('low', 'high'):
            if item.metadata[end] is not None:
                cls(**{item.name: item.metadata[end]})
