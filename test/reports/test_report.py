"""The report of a recording: what it says, and that nothing is needed to read it."""
from html.parser import HTMLParser

import numpy as np
import pytest
from recordings import START_NS, command, record
from sensor_msgs.msg import Image

from pose_ros.benchmarks.performers import Performance, walk
from pose_ros.benchmarks.repertoire import EXERCISES, STAND, fall, hold, repeat
from pose_ros.bridge.bag_writer import BagWriter
from pose_ros.cli import main


class Page(HTMLParser):
    """The text of a page, and what it loads from elsewhere."""

    def __init__(self, path):
        super().__init__()
        self.words, self.loaded, self.pictures, self.open = [], [], [], []
        self.feed(path.read_text(encoding='utf-8'))
        self.text = ' '.join(' '.join(self.words).split())

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        links = [given[name] for name in ('href', 'src') if name in given]
        self.loaded += [link for link in links if not link.startswith('data:')]
        self.loaded += ['script'] if tag == 'script' else []
        self.pictures += [given['src']] if tag == 'img' else []
        if tag not in ('meta', 'img', 'link', 'br'):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != 'style':
            self.words.append(data)


def report(bag, out, *options):
    command('report', bag, '-o', out, *options)
    page = Page(out)
    assert page.open == [] and page.loaded == []
    return page


@pytest.mark.parametrize('images', [False, True])
def test_a_report_tells_who_fell_who_walked_and_who_exercised(images, tmp_path):
    people = {1: fall('left', before_s=2.0, lying_s=14.0), 2: walk(8.0), 3: repeat(EXERCISES['squat'], 4, 2.4)}
    page = report(record(tmp_path / 'day.mcap', people, images), tmp_path / 'day.html')
    assert '3 people' in page.text and 'Person 1 fell at 0:02' in page.text and 'lying still' in page.text
    assert 'cadence 10' in page.text and 'squat 4 well done' in page.text
    assert len(page.pictures) == 1 and page.text.count('fell at') == 1


def test_of_people_without_points_it_says_that_nothing_can_be_told(tmp_path):
    page = report(record(tmp_path / 'flat.mcap', {1: fall('left')}, space=False), tmp_path / 'flat.html')
    assert 'no points in space' in page.text and 'None was found' in page.text and 'unknown 100 %' in page.text


def test_a_name_is_no_html(tmp_path):
    page = report(record(tmp_path / '<b>&x.mcap', {1: hold(STAND, 2.0)}), tmp_path / 'x.html')
    assert '<b>&x' in page.text


def test_nobody_is_no_error(tmp_path):
    empty = Performance(np.arange(5) / 30, np.full((5, 14, 3), np.nan))
    page = report(record(tmp_path / 'empty.mcap', {-1: empty}), tmp_path / 'empty.html')
    assert '0 people' in page.text


def test_a_bag_without_people_is_refused(tmp_path, capsys):
    bag = BagWriter(tmp_path / 'images.mcap')
    bag.write('/image', Image(), START_NS)
    bag.close()
    with pytest.raises(SystemExit) as ended:
        main(['report', str(tmp_path / 'images.mcap')])
    assert ended.value.code == 2
    assert 'has no people; make one with' in ' '.join(capsys.readouterr().err.split())


@pytest.mark.parametrize('suffix', ['bvh', 'glb', 'npz'])
def test_mocap_writes_the_longest_person(suffix, tmp_path, capsys):
    bag = record(tmp_path / 'two.mcap', {1: walk(1.0), 2: walk(2.0)})
    command('mocap', bag, '-o', tmp_path / f'motion.{suffix}')
    assert 'person 2, 60 frames at 30 Hz' in capsys.readouterr().out
    assert (tmp_path / f'motion.{suffix}').stat().st_size > 1000


def test_mocap_names_who_is_there(tmp_path, capsys):
    bag = record(tmp_path / 'one.mcap', {4: walk(1.0)})
    with pytest.raises(SystemExit):
        main(['mocap', str(bag), '-o', str(tmp_path / 'x.bvh'), '--track', '9'])
    assert 'no person 9 with points; allowed: 4' in ' '.join(capsys.readouterr().err.split())
