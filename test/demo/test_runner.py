"""The demo as a user starts it: real nodes in processes of their own, over short clips."""
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict

import cv2
import numpy as np
import pytest
import torch
from conftest import wait_until
from rosbags.highlevel import AnyReader

from pose_ros.commands import demo
from pose_ros.commands.demo import CLIP, SPACE_CLIP
from pose_ros.demo.runner import changed_parameters
from pose_ros.demo.settings import DemoSettings
from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.networks.checkpoint import save_openpose
from pose_ros.networks.openpose import OpenPoseNet, OpenPoseShape
from pose_ros.video import VideoWriter
from pose_ros.weights import CHECKPOINTS, sha256_of

IMAGES, RATE_HZ = 20, 10.0
FILES = ('overlay.mp4', 'overlay.png', 'poses.mcap')


@pytest.fixture
def weights(tmp_path):
    """A tiny network that has learned nothing."""
    path = tmp_path / 'tiny.safetensors'
    torch.manual_seed(0)
    save_openpose(path, OpenPoseNet(OpenPoseShape(widths=(8, 8, 8, 8), blocks=(1, 1, 1, 1), features=8, stages=1)), {})
    return path


def make_clip(path, images):
    with VideoWriter(path, RATE_HZ) as video:
        for number in range(images):
            video.write(np.full((120, 160, 3), 2 * number % 256, np.uint8))
    return path


def start(*arguments, folder):
    environment = os.environ | {'OMP_NUM_THREADS': '1', 'COLUMNS': '200'}
    return subprocess.Popen([sys.executable, '-m', 'pose_ros.cli', 'demo', *map(str, arguments), '--out', str(folder)],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def messages_in(path):
    with AnyReader([path]) as bag:
        return [(connection.topic, bag.deserialize(raw, connection.msgtype)) for connection, _, raw in bag.messages()]


def length_of(path):
    return int(cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FRAME_COUNT))


def test_the_demo_records_what_the_nodes_publish(tmp_path, weights):
    clip, folder = make_clip(tmp_path / 'clip.mp4', IMAGES), tmp_path / 'demo'
    process = start(clip, '--weights', weights, folder=folder)
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    summary = json.loads((folder / 'summary.json').read_text())
    assert summary['complete'] and summary['frames_in'] == IMAGES and summary['source'] == str(clip)
    assert summary['published'] + summary['dropped'] == IMAGES and summary['published'] > 0
    assert 0 <= summary['dropped_reported'] <= summary['dropped']
    assert summary['device'] in ('cpu', 'cuda:0') and summary['model'] == f'openpose@{sha256_of(weights)[:12]}'
    assert 0 < summary['latency_ms']['p50'] <= summary['latency_ms']['p99'] < 10_000
    assert summary['ground_truth'] is None
    messages = messages_in(folder / 'poses.mcap')
    persons = [message for topic, message in messages if topic == '/pose_node/persons']
    assert len(persons) == summary['published'] and (persons[0].image_width, persons[0].image_height) == (160, 120)
    assert '/pose_node/markers' in {topic for topic, _ in messages}
    in_real_time = 1 + RATE_HZ * (summary['published'] - 1) / summary['rate_hz']
    assert length_of(folder / 'overlay.mp4') == pytest.approx(in_real_time, abs=1 + summary['published'] / 2)
    assert all(str(folder / name) in out for name in (*FILES, 'summary.json')) and f'│ {IMAGES}' in out


def test_a_node_that_dies_ends_the_demo_with_its_last_words(tmp_path):
    process = start(make_clip(tmp_path / 'clip.mp4', 5), '--weights', tmp_path / 'none.safetensors',
                    folder=tmp_path / 'demo')
    _, err = process.communicate(timeout=100)
    assert process.returncode == 2
    assert 'error: pose_node' in err and 'none.safetensors' in err and 'Traceback' not in err


def test_an_interrupted_demo_leaves_valid_files(tmp_path, weights):
    folder = tmp_path / 'demo'
    process = start(make_clip(tmp_path / 'clip.mp4', 1000), '--weights', weights, folder=folder)
    wait_until(lambda: (folder / 'overlay.mp4').exists() or process.poll() is not None, 60)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    summary = json.loads((folder / 'summary.json').read_text())
    assert not summary['complete'] and 0 < summary['published'] < 1000
    persons = [topic for topic, _ in messages_in(folder / 'poses.mcap') if topic == '/pose_node/persons']
    assert len(persons) == summary['published']
    assert length_of(folder / 'overlay.mp4') >= summary['published']
    assert cv2.imread(str(folder / 'overlay.png')) is not None


def shown(clip, folder):
    """Two seconds of a shipped clip; the summary."""
    if not any(CHECKPOINTS.glob('*.safetensors')):
        pytest.skip('needs the shipped checkpoint')
    process = start(clip, '--duration', 2, folder=folder)
    _, err = process.communicate(timeout=110)
    assert process.returncode == 0, err
    summary = json.loads((folder / 'summary.json').read_text())
    assert summary['complete'] and summary['frames_in'] < 90, 'the clip is longer'
    assert summary['ground_truth']['frames'] == summary['published'] > 0
    assert any(message.markers for topic, message in messages_in(folder / 'poses.mcap') if 'markers' in topic)
    return summary


def test_the_shipped_clip_shows_people_that_the_shipped_network_finds(tmp_path):
    summary = shown(CLIP, tmp_path / 'demo')
    assert summary['persons'] > summary['published'] and summary['ground_truth']['mean_oks'] > 0.2


def test_the_shipped_clip_with_depth_gives_identities_metres_and_a_plan(tmp_path):
    summary = shown(SPACE_CLIP, tmp_path / 'demo')
    truth = summary['ground_truth']
    assert truth['idf1'] > 0 and truth['points'] > 0 and truth['median_error_m'] < 0.3
    assert cv2.imread(str(tmp_path / 'demo' / 'floor.png')) is not None
    persons = [message for topic, message in messages_in(tmp_path / 'demo' / 'poses.mcap') if 'persons' in topic]
    assert any(one.has_3d and one.track_id >= 0 for message in persons for one in message.persons)


def test_without_a_source_both_clips_are_shown(tmp_path, monkeypatch):
    plans, robots = [], []
    monkeypatch.setattr(demo, '_show', plans.append)
    monkeypatch.setattr(demo, '_show_robot', lambda folder, _: robots.append(folder))
    settings = (DemoSettings(), EstimatorSettings(), GroupingSettings())
    demo.demo(source='', out=tmp_path, **{name: value for part in settings for name, value in asdict(part).items()})
    folders = {plan.source: plan.folder for plan in plans}
    assert robots == [tmp_path]
    assert folders == {str(CLIP): tmp_path, str(SPACE_CLIP): tmp_path / 'space'}
    assert 'depth_topics' not in plans[0].pose_parameters and plans[1].pose_parameters['depth_topics']


def test_only_what_differs_from_the_defaults_becomes_a_parameter():
    assert changed_parameters(EstimatorSettings()) == {}
    assert changed_parameters(EstimatorSettings(input_size=128)) | changed_parameters(
        GroupingSettings(min_keypoints=7), 'grouping.') == {'input_size': 128, 'grouping.min_keypoints': 7}
