"""Episodes in the formats of other people's learning; each is one file of this room."""
from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from pose_ros.demonstrations.episode import EpisodeSet
from pose_ros.errors import DatasetError

# What `export` writes: format -> module, and the libraries it needs.
EXPORTS = {'lerobot': ('export_lerobot', ('pandas', 'pyarrow')), 'robomimic': ('export_robomimic', ('h5py',)),
           'csv': ('export_csv', ())}


def export(episodes: EpisodeSet, form: str, out: Path) -> None:
    """Writes a dataset.

    Args:
        episodes: to write.
        form: one of EXPORTS.
        out: folder (lerobot, csv) or file (robomimic) to make.

    Raises:
        DatasetError: an unknown format, a missing library, images of several sizes, or something is there already.
        OSError: it cannot be written.
    """
    if form not in EXPORTS:
        raise DatasetError(f'no format {form!r}; allowed: {", ".join(EXPORTS)}')
    module, libraries = EXPORTS[form]
    missing = [name for name in libraries if find_spec(name) is None]
    if missing:
        raise DatasetError(f"{form} needs {', '.join(missing)}: pip install 'pose_ros[learning]'")
    if out.exists():
        raise DatasetError(f'{out} is there already; nothing is written over')
    write: Callable[[EpisodeSet, Path], None] = import_module(f'pose_ros.demonstrations.{module}').write
    out.parent.mkdir(parents=True, exist_ok=True)
    # An export that fails leaves nothing that looks like a dataset.
    with TemporaryDirectory(prefix='.export-', dir=out.parent) as folder:
        made = Path(folder) / out.name
        write(episodes, made)
        made.rename(out)
