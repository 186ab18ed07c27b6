"""The tables of the README, from the same sources as the code: settings, message files, docstrings of the nodes.

`python -m pose_ros.reference README.md` writes each table between its marks, such as
`<!-- parameters:begin -->` and `<!-- parameters:end -->`.
"""
from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from inspect import cleandoc
from pathlib import Path

from pose_ros.nodes.activity_parts import ACTIVITY_PARTS
from pose_ros.nodes.pose_parts import POSE_PARTS
from pose_ros.nodes.retarget_settings import RETARGET_PARTS, SimRobotSettings
from pose_ros.nodes.settings import CameraNodeSettings
from pose_ros.settings import Settings, allowed, default_of

PACKAGE = Path(__file__).parent
Row = tuple[str, ...]

# Prefix and Settings of every node's parameters.
NODES: Mapping[str, Sequence[tuple[str, type[Settings]]]] = {
    'pose_node': POSE_PARTS,
    'camera_node': (('', CameraNodeSettings),),
    'activity_node': ACTIVITY_PARTS,
    'retarget_node': RETARGET_PARTS,
    'sim_robot_node': (('', SimRobotSettings),),
}


def table(head: Row, rows: Sequence[Row]) -> str:
    """A Markdown table."""
    escaped = [[cell.replace('|', '\\|').replace('<', '\\<') for cell in row] for row in rows]
    return '\n'.join(f'| {" | ".join(line)} |' for line in [head, ['---'] * len(head), *escaped])


def parameters() -> str:
    """One table per node: every parameter with its default, what is allowed and what it means."""
    head = ('parameter', 'default', 'allowed', 'meaning')
    return '\n\n'.join(f'`{node}`\n\n' + table(head, [row for part in parts for row in _parameter_rows(*part)])
                       for node, parts in NODES.items())


def _parameter_rows(prefix: str, settings: type[Settings]) -> Iterator[Row]:
    for item in fields(settings):
        # json writes defaults as YAML reads them.
        default = json.dumps(default_of(item))
        yield f'`{prefix}{item.name}`', f'`{default}`', allowed(item), item.metadata['description']


def messages() -> str:
    """One table per message file: every constant and field with its type and its comment, which has unit and frame.

    Raises:
        FileNotFoundError: there are no message files beside the package (it is not a checkout).
    """
    paths = sorted(PACKAGE.parent.glob('msg/*.msg'), key=lambda path: -len(path.name))
    if not paths:
        raise FileNotFoundError(f'no message files in {PACKAGE.parent / "msg"}; allowed: a checkout of the package')
    return '\n\n'.join(_message(path) for path in paths)


def _message(path: Path) -> str:
    lines = path.read_text(encoding='utf-8').splitlines()
    introduction = ' '.join(line.lstrip('# ') for line in lines if line.startswith('#'))
    found = (re.fullmatch(r'(\S+)\s+(\w+(?:=\S+)?)\s*(?:#\s*(.*))?', line) for line in lines)
    rows = [(f'`{match[2]}`', f'`{match[1]}`', match[3] or '') for match in found if match]
    return f'**`{path.stem}`**: {introduction}\n\n' + table(('field', 'type', 'meaning'), rows)


def topics() -> str:
    """One table per node: what it subscribes to, publishes and serves, from the docstring of its class."""
    head = ('', 'name', 'type', 'meaning')
    return '\n\n'.join(f'`{node}`\n\n' + table(head, list(_topic_rows(node))) for node in NODES)


def _topic_rows(node: str) -> Iterator[Row]:
    tree = ast.parse((PACKAGE / 'nodes' / f'{node}.py').read_text(encoding='utf-8'))
    (docstring,) = [ast.get_docstring(item) or '' for item in tree.body if isinstance(item, ast.ClassDef)]
    for kind in ('Subscribes', 'Publishes', 'Services'):
        if section := re.search(rf'^{kind}:\n((?:    .*\n|\n)+)', docstring + '\n', re.MULTILINE):
            entries = re.split(r'\n(?! )', cleandoc(section[1]))
            for entry in entries:
                yield kind.lower(), *_entry(' '.join(entry.split()))


def _entry(text: str) -> Row:
    match = re.fullmatch(r'(\S+) \(([\w/]+)\)[:,]? ?(.*)', text)
    return (f'`{match[1]}`', f'`{match[2]}`', match[3]) if match else ('', '', text)


TABLES: Mapping[str, Callable[[], str]] = {'parameters': parameters, 'messages': messages, 'topics': topics}


def updated(text: str) -> str:
    """A text with fresh tables between those marks that it has."""
    for name, made in TABLES.items():
        begin, end = f'<!-- {name}:begin -->', f'<!-- {name}:end -->'
        if begin in text and end in text:
            before, _, rest = text.partition(begin)
            text = f'{before}{begin}\n{made()}\n{end}{rest.partition(end)[2]}'
    return text


def main(paths: Sequence[str]) -> None:
    """Update these files in place."""
    for path in map(Path, paths):
        path.write_text(updated(path.read_text(encoding='utf-8')), encoding='utf-8')


if __name__ == '__main__':
    main(sys.argv[1:])
