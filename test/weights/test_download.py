"""Downloads against a server on this machine that cuts, refuses and lies."""
import hashlib
import io
import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from pose_ros.errors import WeightsError
from pose_ros.weights import Weights, file_of
from pose_ros.weights.download import pull

CONTENT = np.random.default_rng(0).bytes(300_000)


class Server(ThreadingHTTPServer):
    """Serves `content` at every path; attributes say how it misbehaves."""

    def __init__(self):
        super().__init__(('127.0.0.1', 0), Answer)
        self.content, self.status, self.cut_after, self.resumes, self.asked = CONTENT, 200, None, True, []


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):  # noqa: N802, the name that http.server asks for
        server, wanted = self.server, self.headers.get('Range')
        server.asked.append(wanted)
        if server.status != 200:
            self.send_error(server.status)
            return
        start = int(wanted.removeprefix('bytes=').rstrip('-')) if wanted and server.resumes else 0
        if start >= len(server.content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header('Content-Length', str(len(server.content) - start))
        self.end_headers()
        self.wfile.write(server.content[start:server.cut_after])

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={'poll_interval': 0.02})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def weights(server, monkeypatch, tmp_path):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    return Weights('net', 'net.onnx', hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), 'MIT', 'coco17',
                   url=f'http://127.0.0.1:{server.server_port}/net.onnx')


def files(weights):
    return {path.name for path in file_of(weights).parent.iterdir()}


def test_a_download_lies_in_the_cache_and_reports_its_progress(server, weights, tmp_path):
    seen = []
    path = pull(weights, lambda done, total: seen.append((done, total)))
    assert path == tmp_path / 'pose_ros' / 'weights' / 'net.onnx' and path.read_bytes() == CONTENT
    assert files(weights) == {'net.onnx'}
    assert seen[-1] == (len(CONTENT), len(CONTENT)) and seen == sorted(seen)


def test_what_is_there_is_not_downloaded_again(server, weights):
    pull(weights)
    pull(weights)
    assert server.asked == [None]


def test_a_cut_download_goes_on_where_it_was_cut(server, weights):
    server.cut_after = 100_000
    with pytest.raises(WeightsError, match='100000 .*bytes.*kept.*pose-ros weights pull net'):
        pull(weights)
    assert files(weights) == {'net.onnx.download'}
    server.cut_after = None
    assert pull(weights).read_bytes() == CONTENT
    assert server.asked == [None, 'bytes=100000-'] and files(weights) == {'net.onnx'}


def test_a_server_that_cannot_resume_sends_everything_again(server, weights):
    server.cut_after = 100_000
    with pytest.raises(WeightsError):
        pull(weights)
    server.cut_after, server.resumes = None, False
    assert pull(weights).read_bytes() == CONTENT


def test_a_download_that_was_complete_but_not_yet_in_place_is_finished(server, weights):
    file_of(weights).parent.mkdir(parents=True)
    file_of(weights).with_name('net.onnx.download').write_bytes(CONTENT)
    assert pull(weights).read_bytes() == CONTENT


@pytest.mark.parametrize('digits', [64, 8])
def test_another_file_than_the_registered_one_is_deleted(server, weights, digits):
    wrong = replace(weights, sha256=hashlib.sha256(b'').hexdigest()[:digits])
    with pytest.raises(WeightsError, match=f'is not net: its sha256 is .*, allowed is {wrong.sha256}'):
        pull(wrong)
    assert files(weights) == set()


def test_the_head_of_a_digest_is_enough_if_no_more_is_published(server, weights):
    assert pull(replace(weights, sha256=weights.sha256[:8])).read_bytes() == CONTENT


def test_another_size_is_refused_before_anything_is_loaded(server, weights):
    with pytest.raises(WeightsError, match='has 300000 bytes, the registered file 299999'):
        pull(replace(weights, size=len(CONTENT) - 1))


@pytest.mark.parametrize('status', [403, 404, 500])
def test_what_the_server_says_is_told(server, weights, status):
    server.status = status
    with pytest.raises(WeightsError, match=f'the server answers {status}'):
        pull(weights)
    assert files(weights) == set()


def test_no_server_is_told(weights):
    with pytest.raises(WeightsError, match='no connection'):
        pull(replace(weights, url='http://127.0.0.1:1/net.onnx'), timeout_s=2)


def test_a_full_disk_is_told(server, weights):
    file_of(weights).parent.mkdir(parents=True)
    file_of(weights).with_name('net.onnx.download').symlink_to('/dev/full')
    with pytest.raises(WeightsError, match='cannot write .*net.onnx: the disk is full'):
        pull(weights)
    assert not file_of(weights).exists()


def test_a_folder_that_cannot_be_written_is_told(weights, monkeypatch, tmp_path):
    (tmp_path / 'file').write_bytes(b'')
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'file'))
    with pytest.raises(WeightsError, match='cannot write'):
        pull(weights)


def archive(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w') as made:
        for name in names:
            made.writestr(name, b'network')
    return buffer.getvalue()


def zipped(server, weights, *names):
    server.content = archive(*names)
    return replace(weights, member='end2end.onnx', sha256='', size=0)


def test_a_member_of_a_zip_is_taken_out(server, weights):
    assert pull(zipped(server, weights, 'a/end2end.onnx', 'a/detail.json')).read_bytes() == b'network'
    assert files(weights) == {'net.onnx'}


@pytest.mark.parametrize('names, message', [((), 'holds 0 files'),
                                            (('a/end2end.onnx', 'b/end2end.onnx'), 'holds 2 files')])
def test_a_zip_without_the_one_member_is_told(server, weights, names, message):
    with pytest.raises(WeightsError, match=message):
        pull(zipped(server, weights, *names))
    assert files(weights) == set()


def test_what_is_no_zip_is_told(server, weights):
    with pytest.raises(WeightsError, match='no zip archive'):
        pull(replace(weights, member='end2end.onnx'))
    assert files(weights) == set()


@pytest.mark.parametrize('url', ['', 'file:///etc/passwd', 'ftp://host/net.onnx'])
def test_only_the_web_is_asked(weights, url):
    with pytest.raises(WeightsError, match='is not downloaded'):
        pull(replace(weights, url=url))
