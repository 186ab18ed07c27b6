import torch

from pose_ros.benchmarks.mask_rcnn import PEOPLE, rows


def test_it_times_two_read_outs_that_agree_and_leaves_the_threads_alone():
    threads = torch.get_num_threads()
    values = {row.name: row.value for row in rows(1)}
    assert torch.get_num_threads() == threads
    assert list(values) == [f'mask_rcnn.readout.{people}.{what}' for people in PEOPLE
                            for what in ('ms', 'loop_ms', 'apart_px')]
    assert all(values[f'mask_rcnn.readout.{people}.apart_px'] <= .5 for people in PEOPLE)
