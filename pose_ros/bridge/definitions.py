"""Message types for `rosbags`: the standard ones and this package's own, without a running ROS."""
from __future__ import annotations

import sys
from pathlib import Path

from rosbags.typesys import Stores, get_types_from_msg, get_typestore
from rosbags.typesys.store import Typestore

from pose_ros.errors import SourceError

PACKAGE = 'pose_ros'


def definitions_folder() -> Path:
    """Where this package's `.msg` files are: installed below the environment, or in the source tree.

    Raises:
        SourceError: nowhere.
    """
    here = Path(__file__).resolve()
    installed = [prefix / 'share' / PACKAGE / 'msg' for prefix in (*here.parents, Path(sys.prefix))]
    for folder in (here.parents[2] / 'msg', *installed):
        if any(folder.glob('*.msg')):
            return folder
    raise SourceError(f'no .msg files of {PACKAGE} in {here.parents[2] / "msg"} or share/{PACKAGE}/msg of {sys.prefix}')


def typestore() -> Typestore:
    """The standard ROS 2 types and this package's own."""
    store = get_typestore(Stores.ROS2_JAZZY)
    for path in sorted(definitions_folder().glob('*.msg')):
        store.register(get_types_from_msg(path.read_text(), f'{PACKAGE}/msg/{path.stem}'))
    return store
