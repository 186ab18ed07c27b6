"""Files are written whole or not at all."""
import pytest

from pose_ros.files import written_whole


def test_the_new_content_replaces_the_old(tmp_path):
    path = tmp_path / 'state.pt'
    path.write_bytes(b'old')
    with written_whole(path) as file:
        file.write(b'new')
        assert path.read_bytes() == b'old'
    assert path.read_bytes() == b'new' and list(tmp_path.iterdir()) == [path]


def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / 'state.pt'
    path.write_bytes(b'old')
    with pytest.raises(OSError, match='No space'), written_whole(path) as file:
        file.write(b'half')
        raise OSError(28, 'No space left on device')
    assert path.read_bytes() == b'old' and list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError), written_whole(tmp_path / 'none' / 'x'):
        pass
