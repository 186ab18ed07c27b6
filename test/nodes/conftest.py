"""Fixtures of the node tests."""
from __future__ import annotations

import pytest
from nodes.pose_rig import Rig
from nodes.space_rig import SpaceRig


@pytest.fixture
def rig(graph) -> Rig:
    """pose_node to be started, on a graph of its own."""
    return Rig(graph)


@pytest.fixture
def space(graph) -> SpaceRig:
    """pose_node with depth and tf, on a graph of its own."""
    return SpaceRig(graph)
