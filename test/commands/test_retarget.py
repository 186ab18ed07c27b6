"""`pose-ros retarget --check` says what a robot file lacks and what the robot can do."""
import cv2
import pytest
import typer
from typer.testing import CliRunner

from pose_ros.commands.retarget import retarget
from pose_ros.errors import RobotError

app = typer.Typer()
app.command()(retarget)


def check(path, tmp_path, *more):
    picture = str(tmp_path / 'out' / 'r.png')
    return CliRunner().invoke(app, ['--check', str(path), '--picture', picture, *more], env={'COLUMNS': '160'})


def test_a_robot_of_the_package_is_reported_and_drawn(tmp_path):
    done = check('arm7', tmp_path)
    assert done.exit_code == 0 and '7 joints' in done.output and '100% of 18 usual poses' in done.output
    picture = cv2.imread(str(tmp_path / 'out' / 'r.png'))
    assert picture.shape[1] == 1440 and len({tuple(pixel) for pixel in picture[::40, ::40].reshape(-1, 3)}) > 3


URDF = """<robot name="r"><link name="base"/><link name="a"/><link name="b"/>
<joint name="one" type="revolute"><parent link="base"/><child link="a"/><origin xyz="0 0 0.3"/><axis xyz="0 1 0"/>
<limit lower="-1" upper="1" effort="1"/></joint>
<joint name="two" type="continuous"><parent link="a"/><child link="b"/><origin xyz="0 0 0.3"/><axis xyz="0 1 0"/>
<limit velocity="1" effort="1"/></joint></robot>"""
CONFIG = 'robot: {urdf: r.urdf}\ntasks:\n  - {bone: [right_shoulder, right_elbow], links: [a, b]}\n'


def test_every_missing_limit_is_named_before_the_error(tmp_path):
    (tmp_path / 'r.urdf').write_text(URDF)
    (tmp_path / 'r.yaml').write_text(CONFIG)
    done = check(tmp_path / 'r.yaml', tmp_path)
    assert 'no limit: one: velocity, acceleration' in done.output
    assert 'no limit: two: position, acceleration' in done.output
    assert isinstance(done.exception, RobotError)


def test_a_mount_that_reaches_nothing_fails(tmp_path):
    (tmp_path / 'r.urdf').write_text(URDF)
    positions = 'position: {one: [-0.1, 0.1], two: [-0.1, 0.1]}'
    limits = f'limits: {{velocity: {{one: 1}}, acceleration: {{default: 5}}, {positions}}}\n'
    (tmp_path / 'r.yaml').write_text(CONFIG + limits)
    done = check(tmp_path / 'r.yaml', tmp_path)
    assert done.exit_code == 1 and '0% of 18 usual poses' in done.output


@pytest.mark.parametrize('name', ['gone.yaml', 'panda'])
def test_what_cannot_be_read_is_said(name, tmp_path):
    assert isinstance(check(name, tmp_path).exception, RobotError)


def test_keypoints_that_nobody_has_are_named_with_what_may_be_meant(tmp_path):
    limits = 'limits: {position: {two: [-1, 1]}, velocity: {one: 1}, acceleration: {default: 5}}\n'
    (tmp_path / 'r.urdf').write_text(URDF)
    (tmp_path / 'r.yaml').write_text(limits + CONFIG.replace('right_elbow', 'right_ellbow'))
    found = check(tmp_path / 'r.yaml', tmp_path).output
    assert "r.yaml:4: no skeleton of the package has a keypoint 'right_ellbow'; the nearest are right_elbow" in found
    (tmp_path / 'r.yaml').write_text(limits + CONFIG)
    assert 'no skeleton' not in check(tmp_path / 'r.yaml', tmp_path).output
