import pytest
import torch
from safetensors.torch import save_file

from pose_ros.errors import SettingError, WeightsError
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


@pytest.mark.parametrize('name', list(ESTIMATORS))
@pytest.mark.parametrize('file, message', [
    ('net.png', 'net.png is of no known kind; allowed: files that end in .safetensors'),
    ('net.safetensors', "net.safetensors holds weights of kind 'pose_ros.other'; allowed: 'pose_ros."),
    ('missing', "no weights '.*missing'; allowed: a file, or one of")])
def test_every_estimator_refuses_weights_of_another_kind(tmp_path, name, file, message):
    (tmp_path / 'net.png').write_bytes(b'')
    save_file({'x': torch.zeros(1)}, tmp_path / 'net.safetensors', {'kind': 'pose_ros.other', 'shape': '{}'})
    with pytest.raises(WeightsError, match=message):
        load(EstimatorSettings(estimator=name, weights=str(tmp_path / file)))


@pytest.mark.parametrize('name', list(ESTIMATORS))
def test_every_estimator_refuses_registered_weights_of_others(name):
    with pytest.raises(WeightsError, match='the weights lifting are for lifting; allowed here: a file, or one of'):
        load(EstimatorSettings(estimator=name, weights='lifting'))
