"""The report as a real browser shows it: a Chromium of this machine, or the one that POSE_ROS_BROWSER names."""
import os
import shutil

import pytest
from playwright.sync_api import sync_playwright
from recordings import command, record

from pose_ros.benchmarks.performers import walk
from pose_ros.benchmarks.repertoire import EXERCISES, fall, repeat

NAMES = ('chromium', 'chromium-browser', 'google-chrome', 'chrome', 'msedge')
BROWSER = os.environ.get('POSE_ROS_BROWSER') or next(filter(None, map(shutil.which, NAMES)), '')
# A browser in a container, without a GPU, as root.
ARGUMENTS = ['--no-sandbox', '--no-zygote', '--single-process', '--use-gl=angle', '--use-angle=swiftshader',
             '--in-process-gpu', '--disable-dev-shm-usage']

pytestmark = pytest.mark.skipif(not BROWSER, reason=f'no browser here ({", ".join(NAMES)}, POSE_ROS_BROWSER)')


@pytest.fixture
def page(tmp_path):
    people = {1: fall('left', before_s=2.0, lying_s=14.0), 2: walk(8.0), 3: repeat(EXERCISES['squat'], 4, 2.4)}
    command('report', record(tmp_path / 'day.mcap', people, images=True), '-o', tmp_path / 'day.html')
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=ARGUMENTS, timeout=90_000)
        page = browser.new_page(viewport={'width': 1100, 'height': 1400})
        page.asked, page.complaints = [], []
        page.on('request', lambda request: page.asked.append(request.url))
        page.on('console', lambda message: page.complaints.append(message.text))
        page.goto((tmp_path / 'day.html').as_uri())
        yield page
        browser.close()


@pytest.mark.timeout(300)
def test_a_browser_shows_the_fall_and_the_time_lines_and_asks_for_nothing(page):
    assert 'Person 1 fell at 0:02' in page.inner_text('.fall')
    width, height = page.eval_on_selector('.fall img', 'image => [image.naturalWidth, image.naturalHeight]')
    assert (width, height) == (640, 480)
    lines = page.eval_on_selector_all('.line', 'lines => lines.map(line => line.getBoundingClientRect().toJSON())')
    bars = page.eval_on_selector_all('.line span', 'bars => bars.map(bar => bar.getBoundingClientRect().toJSON())')
    assert len(lines) == 6 and len(bars) >= 8
    left, right = lines[0]['left'], lines[0]['right']
    assert all(left - 1 <= bar['left'] and bar['right'] <= right + 3 and bar['width'] >= 2 for bar in bars)
    assert page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'), 'nothing sticks out sideways'
    assert [url for url in page.asked if not url.startswith(('file:', 'data:'))] == [] and page.complaints == []
