"""How Fast DDS carries images from process to process."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PROFILE = Path(__file__).with_name('fastdds.xml')
# Fast DDS 2 (Jazzy) reads the first, Fast DDS 3 (Kilted) the second; the third is another way to choose.
_NAMES = ('FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE', 'FASTDDS_BUILTIN_TRANSPORTS')


def large_images(environment: Mapping[str, str]) -> dict[str, str]:
    """What to add to the environment of a process that publishes images, before its first node.

    Nothing, where the user has chosen a transport.

    Args:
        environment: of the process.
    """
    if any(name in environment for name in _NAMES):
        return {}
    return {name: str(PROFILE) for name in _NAMES[:2]}
