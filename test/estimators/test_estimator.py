import pytest

from pose_ros.errors import SettingError
from pose_ros.estimators import ESTIMATORS, EstimatorSettings, load


def test_the_registry_is_the_choice_of_the_parameter():
    for name in ESTIMATORS:
        assert EstimatorSettings(estimator=name).estimator == name
    with pytest.raises(SettingError, match='|'.join(ESTIMATORS)):
        EstimatorSettings(estimator='alphapose')


@pytest.mark.parametrize('bad', [{'input_size': 32}, {'input_size': 4096}, {'min_person_score': 1.5},
                                 {'precision': 'int8'}, {'threads': -1}, {'device': 0}])
def test_settings_out_of_range_are_refused(bad):
    with pytest.raises(SettingError, match=next(iter(bad))):
        EstimatorSettings(**bad)


@pytest.mark.parametrize('name', list(ESTIMATORS))
def test_every_estimator_refuses_a_device_that_does_not_exist(name):
    with pytest.raises(SettingError, match='device'):
        load(EstimatorSettings(estimator=name, device='tpu'))
