"""Downloads of weights: resumed where they were cut, checked before use, in place whole or not at all."""
from __future__ import annotations

import errno
import http.client
import shutil
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pose_ros.errors import WeightsError
from pose_ros.files import written_whole
from pose_ros.weights.registry import Weights, file_of, sha256_of

Progress = Callable[[int, int], None]
_BLOCK = 1 << 16


def pull(weights: Weights, progress: Progress = lambda done, total: None, timeout_s: float = 30.0) -> Path:
    """Download registered weights into the cache, unless they are there; returns the file.

    Args:
        progress: called with the bytes done and in total; 0 = the server does not say.
        timeout_s: longest silence of the server [s].

    Raises:
        WeightsError: says what failed: the server, the connection, the disk, or the digest.
    """
    if not weights.url.startswith(('https://', 'http://')):
        raise WeightsError(f'{weights.name} is not downloaded: it comes with the package; allowed: those with a URL')
    target = file_of(weights)
    if target.is_file():
        return target
    partial = target.with_name(f'{target.name}.download')
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _fetch(weights, partial, progress, timeout_s)
        _check(weights, partial)
        _put(weights, partial, target)
    except OSError as error:
        reason = 'the disk is full' if error.errno == errno.ENOSPC else error.strerror
        raise WeightsError(f'cannot write {target}: {reason}; allowed: a writable folder with '
                           f'{2 * weights.size / 1e6:.0f} MB free') from error
    return target


def _fetch(weights: Weights, partial: Path, progress: Progress, timeout_s: float) -> None:
    """Bring the partial file to its full length."""
    have = partial.stat().st_size if partial.exists() else 0
    request = urllib.request.Request(weights.url, headers={'Range': f'bytes={have}-'} if have else {})
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:
            # A server that cannot resume answers 200 and sends everything.
            have = have if answer.status == http.HTTPStatus.PARTIAL_CONTENT else 0
            total = have + int(answer.headers.get('Content-Length') or 0)
            _expect_size(weights, total)
            with partial.open('ab' if have else 'wb') as file:
                done = _copy(answer, file, have, total, progress)
    except urllib.error.HTTPError as error:
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return
        raise WeightsError(f'{weights.url}: the server answers {error.code} {error.reason}; allowed: 200') from error
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise WeightsError(f'{weights.url}: no connection, or it was lost ({error}); what has arrived is kept: '
                           f'`pose-ros weights pull {weights.name}` goes on') from error
    if done < total:
        raise WeightsError(f'{weights.url}: the connection ended after {done} of {total} bytes; they are kept: '
                           f'`pose-ros weights pull {weights.name}` goes on')


def _expect_size(weights: Weights, total: int) -> None:
    if weights.size and total and total != weights.size:
        raise WeightsError(f'{weights.url} has {total} bytes, the registered file {weights.size}; allowed: the '
                           'registered file')


def _copy(source: Any, target: Any, done: int, total: int, progress: Progress) -> int:
    while block := source.read(_BLOCK):
        target.write(block)
        done += len(block)
        progress(done, total)
    return done


def _check(weights: Weights, partial: Path) -> None:
    got = sha256_of(partial)
    if not got.startswith(weights.sha256):
        partial.unlink()
        raise WeightsError(f'what {weights.url} sends is not {weights.name}: its sha256 is {got}, allowed is '
                           f'{weights.sha256}...; it was deleted')


def _put(weights: Weights, partial: Path, target: Path) -> None:
    """Give the file its name, out of its archive if it is in one."""
    if not weights.member:
        partial.replace(target)
        return
    try:
        with zipfile.ZipFile(partial) as archive:
            names = [name for name in archive.namelist() if name.endswith(weights.member)]
            if len(names) != 1:
                raise WeightsError(f'{weights.url} holds {len(names)} files named {weights.member}; allowed: one')
            with archive.open(names[0]) as source, written_whole(target) as file:
                shutil.copyfileobj(source, file)
    except zipfile.BadZipFile as error:
        raise WeightsError(f'{weights.url} sends no zip archive: {error}; it was deleted') from error
    finally:
        partial.unlink()
