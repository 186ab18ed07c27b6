from pose_ros.benchmarks.deepcut import rows


def test_there_is_a_row_for_every_crowd_and_everybody_is_found_at_the_optimum():
    found = {row.name: row for row in rows(1)}
    assert list(found) == [f'deepcut.{people}.{what}' for people in (1, 5, 10, 20, 50)
                           for what in ('ms', 'found', 'wrong', 'gap')]
    assert found['deepcut.50.found'].value >= 145 and found['deepcut.20.wrong'].value == 0
    assert found['deepcut.5.gap'].value == 0 and found['deepcut.5.ms'].value > 0
    assert found['deepcut.5.ms'].unit == 'ms'
