"""Parameters of a real node: declared with ranges, refused when they are out of them, given back as Settings."""
from __future__ import annotations

from dataclasses import dataclass

import pytest
from conftest import DEADLINE_S, wait_until
from rcl_interfaces.msg import ParameterType
from rcl_interfaces.srv import SetParameters, SetParametersAtomically
from rclpy.parameter import Parameter

from pose_ros.bridge.params import Parameters
from pose_ros.errors import SettingError
from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class CameraSettings(Settings):
    """One setting of every type."""

    name: str = setting('front', 'Name of the camera')
    mode: str = setting('fast', 'How it works', choices=('fast', 'exact'))
    rate_hz: float = setting(30.0, 'Images per second', low=0.1, high=240.0)
    gain: float = setting(1.0, 'Gain without a range')
    depth: int = setting(3, 'Images to keep', low=1)
    loop: bool = setting(True, 'Begin again at the end')
    topics: list[str] = setting([], 'Image topics')
    weights: list[float] = setting([0.5, 1.0], 'Weights', low=0.0, high=1.0)
    device: str = setting('cpu', 'Fixed at start', read_only=True)


@dataclass(frozen=True)
class LimitSettings(Settings):
    """Two settings that must fit together."""

    low: float = setting(0.2, 'Lower', low=0.0, high=1.0)
    high: float = setting(0.8, 'Upper', low=0.0, high=1.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low > self.high:
            raise SettingError(f'low = {self.low} must not be above high = {self.high}')


def parameters_of(graph, *overrides: str, on_change=None, parts=None):
    """A node whose command line gives these values, and its parameters."""
    arguments = [word for override in overrides for word in ('-p', override)]
    node = graph.node('camera', cli_args=['--ros-args', *arguments] if arguments else None)
    parts = parts or [('', CameraSettings()), ('limits.', LimitSettings())]
    return node, Parameters(node, parts, on_change)


def test_defaults_are_those_of_the_settings(graph):
    node, parameters = parameters_of(graph)
    assert parameters.of(CameraSettings) == CameraSettings() and parameters.of(LimitSettings) == LimitSettings()
    assert node.get_parameter('limits.low').value == 0.2 and node.get_parameter('rate_hz').value == 30.0


def test_other_defaults_may_be_given(graph):
    _, parameters = parameters_of(graph, parts=[('', CameraSettings(rate_hz=5.0))])
    assert parameters.of(CameraSettings) == CameraSettings(rate_hz=5.0)


@pytest.mark.parametrize(('override', 'name', 'value'), [
    ('rate_hz:=12.5', 'rate_hz', 12.5), ('rate_hz:=12', 'rate_hz', 12.0), ('depth:=7', 'depth', 7),
    ('topics:=[/a, /b]', 'topics', ['/a', '/b']), ('topics:=[]', 'topics', []), ('weights:=[1, 0]', 'weights', [1, 0]),
    ('loop:=false', 'loop', False), ('mode:=exact', 'mode', 'exact'), ('device:=cuda', 'device', 'cuda')])
def test_the_command_line_wins(graph, override, name, value):
    _, parameters = parameters_of(graph, override)
    got = getattr(parameters.of(CameraSettings), name)
    assert got == value and type(got) is type(value)


@pytest.mark.parametrize(('override', 'words'), [
    ('rate_hz:=1000.0', ['rate_hz', '1000', '0.1', '240']), ('rate_hz:=0', ['rate_hz', '0.1 .. 240']),
    ('rate_hz:=fast', ['rate_hz', 'fast', '0.1 .. 240']), ('depth:=0', ['depth', '0', '1']),
    ('depth:=1.5', ['depth', '1 ..']), ('mode:=slow', ['mode', 'slow', 'fast | exact']),
    ('weights:=[0.5, 1.5]', ['weights', '1.5', '0.0 .. 1.0']), ('loop:=3', ['loop', 'bool']),
    ('topics:=[1, 2]', ['topics', '[1, 2]', 'list']), ('topics:=/a', ['topics', '/a', 'list']),
    ('limits.low:=0.9', ['low = 0.9', 'high = 0.8']), ('limits.high:=7.0', ['limits.high', '7', '1'])])
def test_a_bad_start_says_what_is_allowed(graph, override, words):
    with pytest.raises(SettingError) as error:
        parameters_of(graph, override)
    assert [word for word in words if word not in str(error.value)] == []


@pytest.mark.parametrize(('name', 'value', 'words'), [
    ('rate_hz', 0.0, ['rate_hz', '0.1', '240']), ('rate_hz', float('nan'), ['rate_hz', 'nan']),
    ('rate_hz', 'fast', ['rate_hz', "'fast'"]), ('rate_hz', None, ['rate_hz', 'None']),
    ('depth', 0, ['depth', '0']), ('depth', 1.0, ['INTEGER']), ('mode', 'slow', ['mode', "'slow'", 'fast | exact']),
    ('weights', [2.0], ['weights', '2.0', '0.0 .. 1.0']), ('topics', [1], ['topics', '[1]']),
    ('device', 'cuda', ['read-only', 'device']), ('limits.low', 0.9, ['low = 0.9', 'high = 0.8'])])
def test_a_bad_value_is_refused_with_the_reason_and_the_old_one_stays(graph, name, value, words):
    changes = []
    node, parameters = parameters_of(graph, on_change=changes.append)
    before = node.get_parameter(name).value
    result = node.set_parameters([Parameter(name, value=value)])[0]
    assert not result.successful
    assert [word for word in words if word not in result.reason] == []
    assert node.get_parameter(name).value == before and changes == []
    assert parameters.of(CameraSettings) == CameraSettings() and parameters.of(LimitSettings) == LimitSettings()


def test_a_good_value_reaches_the_settings_once(graph):
    changes = []
    node, parameters = parameters_of(graph, on_change=changes.append)
    for value in (15.0, 15.0, 16):
        assert node.set_parameters([Parameter('rate_hz', value=value)])[0].successful
    assert changes == [CameraSettings(rate_hz=15.0), CameraSettings(rate_hz=16.0)]
    assert parameters.of(CameraSettings) == CameraSettings(rate_hz=16.0)


def test_values_that_fit_only_together_are_set_together(graph):
    node, parameters = parameters_of(graph)
    both = [Parameter('limits.low', value=0.85), Parameter('limits.high', value=0.9)]
    assert not node.set_parameters(both[:1])[0].successful
    assert node.set_parameters_atomically(both).successful
    assert parameters.of(LimitSettings) == LimitSettings(low=0.85, high=0.9)


def test_lists_may_become_empty_and_full_again(graph):
    node, parameters = parameters_of(graph)
    for topics in (['/a'], [], ['/b', '/c'], []):
        assert node.set_parameters([Parameter('topics', value=topics)])[0].successful
        assert parameters.of(CameraSettings).topics == topics


def test_parameters_of_others_are_left_alone(graph):
    changes = []
    node, parameters = parameters_of(graph, on_change=changes.append)
    node.declare_parameter('other', 3)
    assert node.set_parameters([Parameter('other', value=4), Parameter('use_sim_time', value=True)])[0].successful
    assert changes == [] and parameters.of(CameraSettings) == CameraSettings()


def test_descriptors_tell_everything(graph):
    node, _ = parameters_of(graph)
    rate, depth, mode, device, weights = (node.describe_parameter(name) for name in
                                          ('rate_hz', 'depth', 'mode', 'device', 'weights'))
    assert rate.description == 'Images per second' and rate.type == ParameterType.PARAMETER_DOUBLE
    assert (rate.floating_point_range[0].from_value, rate.floating_point_range[0].to_value) == (0.1, 240.0)
    assert (depth.integer_range[0].from_value, depth.integer_range[0].to_value) == (1, 2 ** 63 - 1)
    assert mode.additional_constraints == 'allowed: fast | exact'
    assert weights.additional_constraints == 'allowed: 0.0 .. 1.0'
    assert device.read_only and not mode.read_only


@pytest.mark.parametrize('service', [SetParameters, SetParametersAtomically])
def test_another_process_gets_the_reason_and_can_go_on(graph, service):
    node, parameters = parameters_of(graph)
    ending = 'set_parameters' if service is SetParameters else 'set_parameters_atomically'
    client = graph.node('rqt').create_client(service, f'/camera/{ending}')
    assert client.wait_for_service(DEADLINE_S)
    reasons = []
    for value in (-3.0, 20.0):
        call = client.call_async(service.Request(parameters=[Parameter('rate_hz', value=value).to_parameter_msg()]))
        wait_until(call.done)
        results = call.result().results if service is SetParameters else [call.result().result]
        reasons.append(results[0].reason)
    assert 'rate_hz' in reasons[0] and '0.1' in reasons[0] and reasons[1] == ''
    assert parameters.of(CameraSettings).rate_hz == 20.0
