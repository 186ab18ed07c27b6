import numpy as np
import pytest
from demonstrations_made import BEGIN, make_demonstration
from rosbags.highlevel import AnyReader

from pose_ros.benchmarks.demonstrations import record_until_killed
from pose_ros.benchmarks.endless_recording import ABOUT
from pose_ros.bridge.bag_writer import BagWriter
from pose_ros.bridge.demonstration_bag import TOPICS, DemonstrationWriter, read_demonstration, write_demonstration
from pose_ros.demonstrations.demonstration import MARK_BEGIN, Mark
from pose_ros.errors import DatasetError, SourceError


def assert_same(one, other):
    assert one.about == other.about and one.about.digests == other.about.digests
    assert [mark.label for mark in one.marks] == [mark.label for mark in other.marks]
    for name, keys in (('persons', ('stamps', 'points', 'scores', 'track_ids')),
                       ('commands', ('stamps', 'positions', 'velocities')),
                       ('measured', ('stamps', 'positions', 'velocities'))):
        for key in keys:
            np.testing.assert_allclose(getattr(getattr(one, name), key), getattr(getattr(other, name), key), rtol=0,
                                       atol=1e-6)


def test_what_is_written_is_read(tmp_path):
    made = make_demonstration(marks=(Mark(BEGIN + 1, MARK_BEGIN), Mark(BEGIN + 2, 'a note')))
    write_demonstration(tmp_path / 'taught', made)
    assert_same(read_demonstration(tmp_path / 'taught'), made)
    assert_same(read_demonstration(tmp_path / 'taught' / 'taught.mcap'), made)


def test_images_are_read_when_they_are_asked_for(tmp_path):
    made = make_demonstration(images_hz=10.0)
    write_demonstration(tmp_path / 'taught', made)
    assert not len(read_demonstration(tmp_path / 'taught').images)
    read = read_demonstration(tmp_path / 'taught', images=True)
    assert_same(read, made)
    assert len(read.images) == 30 and read.images.jpegs == made.images.jpegs
    np.testing.assert_allclose(read.images.stamps, made.images.stamps, atol=1e-6)


def test_images_of_a_camera_with_another_clock_do_no_harm(tmp_path):
    made = make_demonstration(images_hz=10.0)
    writer = DemonstrationWriter(tmp_path / 'taught', made.about)
    for stamp, ahead in ((1.0, 1e6), (2.0, -1e6), (3.0, 0.0)):
        writer.write_image(stamp, 1e9 + ahead, made.images.jpegs[0])
        writer.write_command(stamp, np.zeros(2), np.zeros(2))
    # Nothing is closed: what was flushed by the stamps alone is there.
    writer.abort()
    read = read_demonstration(tmp_path / 'taught', images=True)
    assert len(read.commands) == 2 and read.images.stamps.tolist() == [1e9 - 1e6, 1e9, 1e9 + 1e6]


def test_readers_of_others_read_it(tmp_path):
    made = make_demonstration()
    write_demonstration(tmp_path / 'taught', made)
    with AnyReader([tmp_path / 'taught']) as reader:
        assert {c.topic: c.msgtype for c in reader.connections} == TOPICS
        connection, _, data = next(reader.messages([c for c in reader.connections if c.topic.endswith('persons')]))
        person = reader.deserialize(data, connection.msgtype).persons[0]
    np.testing.assert_array_equal(person.keypoints[3].position.x, made.persons.points[0, 3, 0])
    stamps = []
    mcap = pytest.importorskip('mcap.reader')
    with (tmp_path / 'taught' / 'taught.mcap').open('rb') as file:
        stamps = [message.log_time for _, channel, message in mcap.make_reader(file).iter_messages()
                  if channel.topic.endswith('command')]
    np.testing.assert_allclose(np.array(stamps) / 1e9, made.commands.stamps, atol=0.02)


def test_a_killed_writer_leaves_all_but_the_last_second(tmp_path):
    last = record_until_killed(tmp_path / 'killed', 900)
    read = read_demonstration(tmp_path / 'killed')
    assert last - read.persons.stamps[-1] < 1.0
    assert last - read.commands.stamps[-1] < 1.0
    np.testing.assert_allclose(np.diff(read.persons.stamps), 1 / 30, atol=1e-3)
    np.testing.assert_array_equal(read.commands.positions[:, 0], np.arange(len(read.commands)))
    assert read.about == ABOUT


@pytest.mark.parametrize('part', [0.2, 0.5, 0.9])
def test_a_truncated_recording_is_read_as_far_as_it_goes(tmp_path, part):
    made = make_demonstration(6.0)
    write_demonstration(tmp_path / 'taught', made)
    file = tmp_path / 'taught' / 'taught.mcap'
    file.write_bytes(file.read_bytes()[:int(part * file.stat().st_size)])
    read = read_demonstration(file)
    count = len(read.persons.stamps)
    assert 0 < count < len(made.persons.stamps)
    np.testing.assert_array_equal(read.persons.points, made.persons.points[:count])


def test_stamps_that_go_back_do_no_harm(tmp_path):
    made = make_demonstration()
    writer = DemonstrationWriter(tmp_path / 'taught', made.about)
    for stamp in (5.0, 4.0, 6.0):
        writer.write_command(stamp, np.zeros(2), np.zeros(2))
    writer.flush()
    writer.abort()
    np.testing.assert_array_equal(read_demonstration(tmp_path / 'taught').commands.stamps, [4.0, 5.0, 6.0])


def test_bad_recordings_are_named(tmp_path):
    with pytest.raises(SourceError, match='no recording'):
        read_demonstration(tmp_path / 'nothing')
    (tmp_path / 'noise.mcap').write_bytes(b'noise' * 100)
    with pytest.raises(SourceError, match='no bag'):
        read_demonstration(tmp_path / 'noise.mcap')
    BagWriter(tmp_path / 'other.mcap').close()
    with pytest.raises(DatasetError, match='is no demonstration'):
        read_demonstration(tmp_path / 'other.mcap')
    DemonstrationWriter(tmp_path / 'empty', make_demonstration().about).close()
    with pytest.raises(DatasetError, match='ended before its first sample'):
        read_demonstration(tmp_path / 'empty')
    with pytest.raises(SourceError, match='cannot record into'):
        DemonstrationWriter(tmp_path / 'empty', make_demonstration().about)


def test_samples_without_a_number_or_of_other_joints_are_refused(tmp_path):
    made = make_demonstration()
    writer = DemonstrationWriter(tmp_path / 'nan', made.about)
    writer.write_command(1.0, np.array([np.nan, 0]), np.zeros(2))
    writer.close()
    with pytest.raises(DatasetError, match='not finite'):
        read_demonstration(tmp_path / 'nan')
    writer = DemonstrationWriter(tmp_path / 'short', made.about)
    writer.write_person(1.0, made.persons.points[0, :4], made.persons.scores[0, :4], 1)
    writer.close()
    with pytest.raises(DatasetError, match='4 keypoints, its skeleton has 10'):
        read_demonstration(tmp_path / 'short')
