import numpy as np
import pinocchio as pin
import pytest

from pose_ros.errors import RobotError
from pose_ros.retargeting.config_file import read_robot_config, robots_folder
from pose_ros.retargeting.description import Description
from pose_ros.retargeting.limits import REACTION_S
from pose_ros.retargeting.robot import load_robot

LIMIT = '<limit lower="-1" upper="1" velocity="2" effort="1"/>'


def urdf(kind='revolute', limit=LIMIT, extra=''):
    """Two links in a row on a base, and a third joint to try things on."""
    joint = """<joint name="{name}" type="{kind}"><parent link="{parent}"/><child link="{child}"/>
               <origin xyz="0 0 0.3"/><axis xyz="0 1 0"/>{limit}{extra}</joint>"""
    return ('<robot name="r"><link name="base"/><link name="a"/><link name="b"/><link name="c"/>'
            + joint.format(name='one', kind='revolute', parent='base', child='a', limit=LIMIT, extra='')
            + joint.format(name='two', kind='revolute', parent='a', child='b', limit=LIMIT, extra='')
            + joint.format(name='three', kind=kind, parent='b', child='c', limit=limit, extra=extra) + '</robot>')


TASKS = 'tasks:\n  - {bone: [right_shoulder, right_elbow], links: [a, b]}\n'
GOOD = 'robot: {urdf: r.urdf}\nlimits:\n  acceleration: {default: 5}\n' + TASKS


@pytest.fixture
def load(tmp_path):
    """Loads a robot from the text of a config and of a URDF."""
    def load(config=GOOD, description=None):
        (tmp_path / 'r.yaml').write_text(config)
        (tmp_path / 'r.urdf').write_text(urdf() if description is None else description)
        return load_robot(tmp_path / 'r.yaml')
    return load


def test_the_robots_of_the_package(robot):
    assert robot.config.name.endswith(str(len(robot.joints)))
    assert (robot.limits.lower < robot.home).all() and (robot.home < robot.limits.upper).all()
    assert (robot.limits.velocity > 0).all() and (robot.limits.acceleration > 0).all()


def test_they_need_no_meshes():
    for path in robots_folder().glob('*.urdf'):
        assert '<mesh' not in path.read_text()


def test_the_mount_moves_the_whole_robot(load):
    plain = load()
    mounted = load(GOOD.replace('{urdf: r.urdf}', '{urdf: r.urdf, mount: {xyz: [1, 2, 3], rpy: [0.3, 0.2, 0.1]}}'))
    mount = pin.SE3(pin.rpy.rpyToMatrix(0.3, 0.2, 0.1), np.array([1., 2, 3]))
    q = np.array([.3, -.2, .5])
    for link in ('base', 'a', 'c'):
        before, after = (_place(robot, q, link) for robot in (plain, mounted))
        np.testing.assert_allclose((mount * before).homogeneous, after.homogeneous, atol=1e-12)


def _place(robot, q, link):
    data = robot.model.createData()
    pin.framesForwardKinematics(robot.model, data, q)
    return data.oMf[robot.model.getFrameId(link)]


def test_joints_that_are_not_named_are_locked(load):
    robot = load(GOOD.replace('{urdf: r.urdf}', '{urdf: r.urdf, joints: [two, one]}'))
    assert set(robot.joints) == {'one', 'two'}


def test_limits_come_from_the_file_before_the_urdf(load):
    robot = load(GOOD.replace('limits:', 'limits:\n  position: {two: [-0.5, 0.25]}\n  velocity: {two: 1.0}\n'
                              '  velocity_scale: 0.5'))
    two = robot.joints.index('two')
    assert (robot.limits.lower[two], robot.limits.upper[two]) == (-0.5, 0.25)
    np.testing.assert_allclose(robot.limits.velocity[two], 0.5)
    np.testing.assert_allclose(np.delete(robot.limits.velocity, two), 1.0)


@pytest.mark.parametrize('degrees', [0.5, 5.0, 90.0])
def test_speeds_from_which_it_rests_within_an_angle(load, degrees):
    limits = load(GOOD.replace('limits:', f'limits:\n  velocity_scale: 1.0\n  stop_within_deg: {degrees}')).limits
    travelled = limits.velocity * REACTION_S + limits.velocity ** 2 / (2 * limits.acceleration)
    assert (np.isclose(travelled, np.radians(degrees)) | (limits.velocity == 2.0)).all()
    assert (travelled <= np.radians(degrees) + 1e-9).all()


def test_a_continuous_joint_needs_limits_and_then_works(load):
    with pytest.raises(RobotError, match='three is continuous; give limits: position'):
        load(description=urdf('continuous', '<limit velocity="2" effort="1"/>'))
    robot = load(GOOD.replace('limits:', 'limits:\n  position: {three: [-3, 3]}'),
                 urdf('continuous', '<limit velocity="2" effort="1"/>'))
    assert robot.limits.upper[robot.joints.index('three')] == 3 and robot.model.nq == 3


def test_a_mimic_joint_is_left_out_and_cannot_be_asked_for(load):
    description = urdf(extra='<mimic joint="one"/>')
    assert set(load(description=description).joints) == {'one', 'two'}
    with pytest.raises(RobotError, match=r'r.yaml:1: joint three mimics one'):
        load(GOOD.replace('{urdf: r.urdf}', '{urdf: r.urdf, joints: [one, three]}'), description)


@pytest.mark.parametrize(('limit', 'missing'), [
    ('', 'no position limits'),
    ('<limit lower="1" upper="1" velocity="2" effort="1"/>', 'no position limits'),
    ('<limit lower="-1" upper="1" velocity="0" effort="1"/>', 'no velocity limit'),
    ('<limit lower="-1" upper="x" velocity="1" effort="1"/>', 'a limit is no number'),
])
def test_a_joint_without_limits_is_named(load, limit, missing):
    with pytest.raises(RobotError, match=f'three.*{missing}'):
        load(description=urdf(limit=limit))


@pytest.mark.parametrize(('old', 'new', 'message'), [
    ('links: [a, b]', 'links: [a, elbow]', r"r.yaml:5: no link 'elbow' in the URDF; it has base, a, b, c"),
    ('{default: 5}', '{default: 5, four: 2}', r"r.yaml:3: no moving joint 'four' in the URDF; it has one, two, three"),
    ('{default: 5}', '{default: fast}', r"r.yaml:3: default must be a number .* got 'fast'"),
    ('{default: 5}', '{one: 5}', 'joint .* has no acceleration limit'),
    ('robot: {urdf: r.urdf}', 'robot: {urdf: gone.urdf}', 'cannot read URDF .*gone.urdf'),
    ('robot: {urdf: r.urdf}', 'robot: {}', 'comes from robot_description'),
    ('robot:', 'robots:', "unknown the file entry 'robots'; allowed: robot, limits"),
    ('bone: [right_shoulder, right_elbow], ', '', 'r.yaml:5: a task needs bone'),
    ('[right_shoulder, right_elbow]', '[right_shoulder]', r'r.yaml:5: bone must have 2 names, got 1'),
    ('links: [a, b]', 'links: [a, a]', 'r.yaml:5: links must be two different names'),
    ('right_elbow]', 'right_shoulder]', 'r.yaml:5: bone must be two different names'),
    ('limits:', 'limits:\n  velocity_scale: 0.3\n  velocity_scale: 0.5', 'r.yaml:4: velocity_scale is given twice'),
    ('limits:', 'limits:\n  position: {two: [1, -1]}', r'r.yaml:3: joint two .*got 1 .. -1, the upper is not above'),
    ('tasks:', 'posture: {q: {two: -80 deg}}\ntasks:', "r.yaml:4: two must be a number, got '-80 deg'"),
    ('robot: {urdf: r.urdf}', 'robot: r.urdf', "r.yaml:1: robot must be a mapping with urdf, .*, got 'r.urdf'"),
    ('links: [a, b]', 'links: [a, b], weight: -1', r'r.yaml:5: weight must be a number 0.001 .. 1000'),
    ('links: [a, b]', 'links: [a, b], optional: maybe', 'optional must be true or false'),
    ('tasks:', 'posture: {q: {two: 1.5}}\ntasks:', r'r.yaml:4: posture two = 1.5 is outside its limits -1 .. 1'),
    ('tasks:', 'collision:\n  capsules:\n    - {link: hand, radius: 0.1}\ntasks:', "r.yaml:6: no link 'hand'"),
    ('tasks:', 'collision: {ignore: [[a, x]]}\ntasks:', "r.yaml:4: no link 'x'"),
    ('robot: {urdf: r.urdf}', 'robot: [', 'is no YAML'),
    (GOOD, '', 'is empty'),
    (GOOD, 'robot: {}', "no 'tasks' in it"),
    (GOOD, '- 1', 'r.yaml:1: the file must be a mapping'),
])
def test_errors_name_the_line(load, old, new, message):
    with pytest.raises(RobotError, match=message):
        load(GOOD.replace(old, new))


@pytest.mark.parametrize(('text', 'message'), [
    (urdf().replace('parent link="a"', 'parent link="x"'), "joint two: no link 'x' for its parent; there are base, a"),
    (urdf().replace('child link="c"', 'child link="b"'), 'link b is the child of two joints: two and three'),
    (urdf().replace('<link name="c"/>', '<link name="c"/><link name="d"/>'), 'one root link, got base, d'),
    (urdf().replace('0 0 0.3', '0 0 0'), 'r.yaml:5: links a and b begin at the same place'),
    ('<robot xmlns:xacro="http://x"><xacro:arm/></robot>', 'no links: it is xacro; make a URDF of it first'),
    ('', 'no XML'), ('<html/>', 'begin with <robot>'), (urdf('floating'), 'three is floating; allowed: revolute'),
])
def test_what_is_no_urdf(load, text, message):
    with pytest.raises(RobotError, match=message):
        load(description=text or ' ')


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RobotError, match='cannot read'):
        read_robot_config(tmp_path / 'none.yaml')


def test_the_order_of_the_urdf_is_kept_by_name():
    description = Description(urdf())
    assert list(description.joints) == ['one', 'two', 'three']
    assert description.joints['one'].velocity == 2


@pytest.mark.parametrize('path', sorted(robots_folder().glob('*.yaml')), ids=lambda path: path.stem)
def test_every_robot_file_can_be_read(path):
    config = read_robot_config(path)
    assert config.bones + config.wrists and config.accelerations
    assert config.urdf == 'robot_description' or (config.folder / config.urdf).is_file()
