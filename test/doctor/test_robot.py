from pose_ros.doctor import robot


def test_what_robots_need_is_here():
    found = robot.check_robots()
    assert found.status == 'ok' and 'daqp' in found.detail and 'arm7 has 7 joints' in found.detail


def test_what_is_missing_is_named_and_only_warns(monkeypatch):
    monkeypatch.setattr(robot, 'PARTS', {'pin': 'pinocchio', 'nowhere-to-be-found': 'nowhere_to_be_found'})
    found = robot.check_robots()
    assert found.status == 'warn' and 'nowhere-to-be-found' in found.detail and 'pose_ros[robot]' in found.remedy
