"""Progress: how far, how fast, how long."""
from pose_ros.training.progress import Progress


def test_it_says_how_far_it_is_what_it_costs_and_what_was_reached():
    clock, lines = [0.0], []
    progress = Progress('pictures', 1000, done=100, every_s=30, say=lines.append, now=lambda: clock[0])
    clock[0] = 10
    progress.update(200)
    assert lines == []
    clock[0] = 45
    progress.update(550, 'loss 0.5')
    assert lines == ['pictures: 550 of 1,000 (55 %), 10.0/s, 45 s to go; loss 0.5']


def test_the_end_is_always_said_and_long_times_are_in_hours():
    clock, lines = [0.0], []
    progress = Progress('scenes', 300_000, say=lines.append, now=lambda: clock[0])
    clock[0] = 100
    progress.update(1000)
    clock[0] = 101
    progress.update(300_000)
    assert lines[0].endswith('10.0/s, 8 h 18 min to go') and '(100 %)' in lines[1]


def test_nothing_is_promised_before_anything_is_made():
    assert Progress('scenes', 10, done=4, now=lambda: 0.0).line(4) == 'scenes: 4 of 10 (40 %)'
