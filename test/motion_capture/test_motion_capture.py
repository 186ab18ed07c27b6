"""Motions in files, read again by other people's readers: the joints are where the person was."""
import json
import struct

import bvhio
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pose_ros.activity.body import body_of, upright_from_optical
from pose_ros.benchmarks.performers import walk
from pose_ros.benchmarks.repertoire import SIGNALS, fall
from pose_ros.errors import MotionError
from pose_ros.motion_capture.bvh import TO_Y_UP
from pose_ros.motion_capture.capture import NAMES, capture
from pose_ros.motion_capture.capture_settings import CaptureSettings
from pose_ros.motion_capture.puppet import JOINTS, animate
from pose_ros.motion_capture.write import FORMATS, write_capture

UPRIGHT = upright_from_optical()
MOTIONS = {'walk': lambda: walk(2.0), 'fall': lambda: fall('left', before_s=0.3, lying_s=0.5), 'wave': SIGNALS['wave']}
every_motion = pytest.mark.parametrize('name', MOTIONS)


def bodies(performance, **flaws):
    persons = performance.persons(**flaws)
    return [body_of(person, stamp_s, UPRIGHT) for stamp_s, person in zip(performance.stamps.tolist(), persons)]


@every_motion
def test_the_puppet_moves_like_the_person(name):
    motion = capture(bodies(MOTIONS[name]()))
    places = animate(motion).places()
    wanted = motion.points[:, [NAMES.index(joint.keypoint) for joint in JOINTS]]
    np.testing.assert_allclose(places, wanted, atol=1e-4)


@every_motion
def test_bvh_is_read_by_another_reader(name, tmp_path):
    motion = capture(bodies(MOTIONS[name]()))
    write_capture(motion, tmp_path / 'motion.bvh')
    root = bvhio.readAsHierarchy(str(tmp_path / 'motion.bvh'))
    wanted = animate(motion).places() @ TO_Y_UP.T * 100
    for frame in (0, len(wanted) // 2, len(wanted) - 1):
        root.loadPose(frame)
        found = {joint.Name: np.array(joint.PositionWorld) for joint, _, _ in root.layout()}
        named = {joint.name: wanted[frame, index] for index, joint in enumerate(JOINTS) if joint.aim >= 0 or index == 0}
        for joint, place in named.items():
            np.testing.assert_allclose(found[joint], place, atol=0.1)
    assert bvhio.readAsBvh(str(tmp_path / 'motion.bvh')).FrameTime == pytest.approx(1 / 30, abs=1e-6)


def gltf_values(path):
    """The document and the numbers of a .glb file, read by its specification."""
    data = path.read_bytes()
    magic, version, length = struct.unpack_from('<4sII', data)
    assert (magic, version, length) == (b'glTF', 2, len(data))
    size, = struct.unpack_from('<I', data, 12)
    document, binary = json.loads(data[20:20 + size]), data[28 + size:]
    widths = {'SCALAR': 1, 'VEC3': 3, 'VEC4': 4}
    values = []
    for accessor in document['accessors']:
        view = document['bufferViews'][accessor['bufferView']]
        width = widths[accessor['type']]
        flat = np.frombuffer(binary, np.float32, accessor['count'] * width, view.get('byteOffset', 0))
        values.append(flat.reshape(-1, width))
    return document, values


@every_motion
def test_gltf_holds_the_motion_by_its_specification(name, tmp_path):
    motion = capture(bodies(MOTIONS[name]()))
    write_capture(motion, tmp_path / 'motion.glb')
    document, values = gltf_values(tmp_path / 'motion.glb')
    [animation] = document['animations']
    tracks = {(channel['target']['node'], channel['target']['path']):
              values[animation['samplers'][channel['sampler']]['output']] for channel in animation['channels']}
    frame = len(motion.points) // 2
    wanted = animate(motion).places()[frame] @ TO_Y_UP.T

    def check(node, start, turned):
        offset = tracks.get((node, 'translation'), [document['nodes'][node]['translation']] * (frame + 1))[frame]
        place = start + turned.apply(offset)
        np.testing.assert_allclose(place, wanted[node], atol=1e-4)
        for child in document['nodes'][node].get('children', ()):
            check(child, place, turned * Rotation.from_quat(tracks[node, 'rotation'][frame]))

    check(document['scenes'][0]['nodes'][0], np.zeros(3), Rotation.identity())
    times = values[animation['samplers'][0]['input']]
    np.testing.assert_allclose(np.diff(times[:, 0]), 1 / 30, atol=1e-5)


def test_gltf_opens_in_another_library(tmp_path):
    import trimesh
    write_capture(capture(bodies(walk(1.0))), tmp_path / 'motion.glb')
    scene = trimesh.load(tmp_path / 'motion.glb')
    assert {joint.name for joint in JOINTS} <= set(scene.graph.nodes)


def test_npz_says_what_is_known(tmp_path):
    performance = walk(3.0)
    performance.points[20:50, 6] = np.nan
    write_capture(capture(bodies(performance)), tmp_path / 'motion.npz')
    with np.load(tmp_path / 'motion.npz') as content:
        known = content['known'][:, content['names'].tolist().index('left_wrist')]
        assert not known[20:49].any() and known[:19].all() and known[51:].all()
        assert np.isfinite(content['points_m']).all()
        np.testing.assert_allclose(np.diff(content['stamps_s']), 1 / content['rate_hz'])


def test_a_short_gap_is_a_straight_line():
    performance = walk(2.0)
    whole = capture(bodies(performance))
    performance.points[20:24, 6] = np.nan
    gapped = capture(bodies(performance))
    assert gapped.known.all()
    np.testing.assert_allclose(gapped.points, whole.points, atol=0.03)


@pytest.mark.parametrize(('rate_hz', 'theirs', 'ours'), [(10.0, 1, 3), (120.0, 4, 1)])
def test_another_rate_is_the_same_motion(rate_hz, theirs, ours):
    other = capture(bodies(walk(2.0)), CaptureSettings(rate_hz=rate_hz)).points[::theirs][:15]
    np.testing.assert_allclose(other, capture(bodies(walk(2.0))).points[::ours][:15], atol=1e-6)


def test_what_cannot_be_captured_or_written_is_refused(tmp_path):
    performance = walk(1.0)
    with pytest.raises(MotionError, match='1 moments of this person; allowed: 2 or more'):
        capture(bodies(performance)[:1])
    with pytest.raises(MotionError, match=f'allowed: {", ".join(FORMATS)}'):
        write_capture(capture(bodies(performance)), tmp_path / 'motion.fbx')
    performance.points[:, 12] = np.nan
    with pytest.raises(MotionError, match='never seen in space: left_ankle'):
        capture(bodies(performance))
