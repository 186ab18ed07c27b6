import os
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import wait_until
from demonstrations_made import JOINTS, make_demonstration

from pose_ros.benchmarks.motions import ARMS
from pose_ros.bridge.demonstration_bag import read_demonstration
from pose_ros.bridge.demonstration_recorder import DemonstrationRecorder
from pose_ros.errors import SourceError

ROBOT = SimpleNamespace(config=SimpleNamespace(name='toy', text='robot: {}\n'), joints=JOINTS, urdf='<robot/>')

# The file system refuses to let any file grow beyond 20 kB, as a full disk does.
FULL = """
import resource, sys
from pathlib import Path
import numpy as np
from demonstrations_made import make_demonstration
from test_demonstration_recorder import ROBOT
from pose_ros.bridge.demonstration_recorder import DemonstrationRecorder
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
made = make_demonstration(30.0)
recorder = DemonstrationRecorder(Path(sys.argv[1]), ROBOT, made.about.skeleton)
for stamp, points, scores in zip(made.persons.stamps, made.persons.points, made.persons.scores):
    recorder.add_person(stamp, points, scores, 1)
recorder.close()
recorder.add_mark(1.0, 'after the end')
recorder.close()
print(recorder.error)
"""


def test_records_what_is_added(tmp_path):
    made = make_demonstration()
    recorder = DemonstrationRecorder(tmp_path / 'taught', ROBOT, ARMS, 'fake 0123456789ab')
    for stamp, points, scores in zip(made.persons.stamps, made.persons.points, made.persons.scores):
        recorder.add_person(stamp, points, scores, 4)
    position = np.zeros(2)
    for stamp in made.commands.stamps:
        recorder.add_command(stamp, position, position)
        position += 0.01
    recorder.add_measured(made.measured.stamps[0], np.ones(2), np.full(2, np.nan))
    recorder.add_command(np.nan, position, position)
    recorder.close()
    recorder.close()
    read = read_demonstration(tmp_path / 'taught')
    assert not recorder.error and recorder.count == len(made.persons.stamps) + len(made.commands) + 1
    assert read.about == made.about
    np.testing.assert_array_equal(read.persons.points, made.persons.points)
    np.testing.assert_allclose(read.commands.positions[:, 0], 0.01 * np.arange(len(made.commands)))


def test_the_newest_image_is_recorded_and_one_that_cannot_be_read_is_not(tmp_path):
    made = make_demonstration(images_hz=10.0)
    recorder = DemonstrationRecorder(tmp_path / 'taught', ROBOT, ARMS)
    reading, go_on, asked = threading.Event(), threading.Event(), []

    def slow():
        reading.set()
        assert go_on.wait(20)
        return 1.0, made.images.jpegs[0]

    def read(index):
        asked.append(index)
        return (1.0 + index, made.images.jpegs[index]) if index < 5 else None

    recorder.add_image(1.0, slow)
    assert reading.wait(20)
    for index in range(1, 5):
        recorder.add_image(1.0 + index, partial(read, index))
    go_on.set()
    wait_until(lambda: asked, what='the next image')
    recorder.add_image(6.0, partial(read, 5))
    recorder.add_command(7.0, np.zeros(2), np.zeros(2))
    recorder.close()
    images = read_demonstration(tmp_path / 'taught', images=True).images
    assert not recorder.error and asked == [4, 5]
    assert images.stamps.tolist() == [1.0, 5.0] and images.jpegs == (made.images.jpegs[0], made.images.jpegs[4])


def test_a_full_disk_is_told_and_what_was_written_stays(tmp_path):
    here = Path(__file__).parent
    done = subprocess.run([sys.executable, '-c', FULL, str(tmp_path / 'taught')], capture_output=True, text=True,
                          env={**os.environ, 'PYTHONPATH': f'{here.parent}{os.pathsep}{here}'}, timeout=60)
    assert done.returncode == 0, done.stderr
    assert 'recording has ended: File too large' in done.stdout
    assert 0 < len(read_demonstration(tmp_path / 'taught').persons.stamps) < 900


def test_a_disk_that_stands_still_never_makes_the_robot_wait(tmp_path, monkeypatch):
    monkeypatch.setattr('pose_ros.bridge.demonstration_recorder.MOST_WAITING', 5)
    monkeypatch.setattr('pose_ros.bridge.demonstration_recorder.CLOSE_S', 0.05)
    recorder = DemonstrationRecorder(tmp_path / 'taught', ROBOT, ARMS)
    stuck = threading.Event()
    recorder._writer.write_mark = lambda *_: stuck.wait(20)
    recorder.add_mark(1.0, 'the disk stands still')
    for _ in range(20):
        recorder.add_command(1.0, np.zeros(2), np.zeros(2))
    assert 'too slow: 5 samples' in recorder.error
    recorder.close()
    recorder.error = ''
    recorder.close()
    assert 'stands still' in recorder.error
    stuck.set()


def test_a_folder_that_is_there_is_never_written_over(tmp_path):
    with pytest.raises(SourceError, match='cannot record into'):
        DemonstrationRecorder(tmp_path, ROBOT, ARMS)


def test_a_sample_that_is_none_ends_the_recording_and_says_so(tmp_path):
    recorder = DemonstrationRecorder(tmp_path / 'taught', ROBOT, ARMS)
    recorder.add_command(1.0, np.zeros(2), np.zeros(2))
    recorder.add_command(2.0, np.array(['a', 'b']), np.zeros(2))
    recorder.close()
    assert 'recording has ended: could not convert string to float' in recorder.error
