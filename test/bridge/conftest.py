"""tf2 for tests: the real one where it is installed, one that stands in for it, or none."""
from __future__ import annotations

import sys

import pytest
from bridge import tf2_stand_in


@pytest.fixture(params=['none', 'stand-in', 'real'])
def tf2_ros(request, monkeypatch) -> str:
    """Which tf2_ros this package finds; a test may name those that it is for."""
    if request.param == 'real':
        pytest.importorskip('tf2_ros', reason='tf2_ros is not installed: the wheels of ROS lack it')
    else:
        monkeypatch.setitem(sys.modules, 'tf2_ros', tf2_stand_in if request.param == 'stand-in' else None)
    return request.param
