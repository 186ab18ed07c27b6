"""Fixtures of the node tests."""
from __future__ import annotations

import pytest
from nodes.pose_rig import Rig


@pytest.fixture
def rig(graph) -> Rig:
    """pose_node to be started, on a graph of its own."""
    return Rig(graph)
