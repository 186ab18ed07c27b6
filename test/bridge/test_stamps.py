import subprocess
import sys

import pytest

from pose_ros.bridge.stamps import duration_of, seconds_of, time_of


@pytest.mark.parametrize('make', [time_of, duration_of])
@pytest.mark.parametrize('seconds', [0.0, 0.01, 0.9999999999, 12.25, 1_795_357_503.289594])
def test_there_and_back_a_nanosecond_is_lost_at_most(make, seconds):
    made = make(seconds)
    assert 0 <= made.nanosec < 10**9
    assert seconds_of(made) == pytest.approx(seconds, rel=1e-15, abs=1e-9)


def test_reading_a_stamp_needs_no_ros():
    code = ('import sys; sys.modules["builtin_interfaces"] = None\n'
            'from types import SimpleNamespace\n'
            'from pose_ros.bridge.stamps import seconds_of\n'
            'assert seconds_of(SimpleNamespace(sec=3, nanosec=500_000_000)) == 3.5')
    assert subprocess.run([sys.executable, '-c', code], check=False).returncode == 0
