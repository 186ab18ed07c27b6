import pytest

from pose_ros import cli
from pose_ros.weights import entry_of, file_of, list_weights


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Runs `pose-ros weights` with an empty cache -> (exit status, stdout, stderr)."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            cli.main(['weights', *arguments])
        return ended.value.code, *capsys.readouterr()
    return run


def test_list_names_all_of_them_and_says_which_nobody_here_has_seen(call):
    status, out, _ = call('list')
    assert status == 0
    for weights in list_weights():
        assert weights.name in out and weights.licence in out
    assert 'never downloaded by us: keypointrcnn_resnet50_fpn_coco' in out


def test_what_may_not_be_used_commercially_is_not_pulled_by_default(call):
    status, _, error = call('pull', 'openpose_coco')
    assert status == 2 and 'may not be used commercially' in error and '--non-commercial' in error
    assert not file_of(entry_of('openpose_coco')).exists()


@pytest.mark.parametrize('name, message', [('nothing', "no weights named 'nothing'"),
                                           ('openpose', 'is not downloaded')])
def test_what_cannot_be_pulled_is_told(call, name, message):
    status, _, error = call('pull', name)
    assert status == 2 and message in error


def test_verify_looks_at_the_package_and_the_cache(call):
    status, out, _ = call('verify')
    assert status == 0 and 'openpose.safetensors: as registered' in out
    assert 'rtmo_s.onnx: not on this computer' in out


def test_verify_refuses_a_download_that_has_changed(call):
    path = file_of(entry_of('keypointrcnn_resnet50_fpn_coco'))
    path.parent.mkdir(parents=True)
    path.write_bytes(b'other')
    status, _, error = call('verify')
    assert status == 2 and 'has changed since it was downloaded' in error
