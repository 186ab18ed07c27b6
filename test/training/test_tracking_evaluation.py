"""MOTA and IDF1 against an example worked by hand and against the port of TrackEval in the `trackers` library."""
import numpy as np
import pytest
from trackers.eval.clear import compute_clear_metrics
from trackers.eval.identity import compute_identity_metrics

from pose_ros.skeletons import OPENPOSE18
from pose_ros.synthetic.stick_people import walking
from pose_ros.synthetic.walkers import CLIPS, Flaws
from pose_ros.tracking.similarity import keypoints_of, oks, size_px
from pose_ros.training.tracking_evaluation import evaluate_tracks
from pose_ros.types import Person


def at(place_px, track_id):
    keypoints = 100 * walking(1.7, 0.0)[:, [1, 2]] + [place_px, 0]
    return Person(OPENPOSE18, keypoints, np.ones(18), 1.0, track_id)


def test_an_example_worked_by_hand():
    """Two people A (at 0) and B (at 500) in four frames; the tracker swaps identity on A, misses B once, sees a ghost.

    frame   truth   output                       TP FN FP switches
    0       A B     1 on A, 2 on B               2  0  0  0
    1       A B     1 on A                       1  1  0  0
    2       A B     3 on A, 2 on B               2  0  0  1
    3       A B     3 on A, 2 on B, 4 on nobody  2  0  1  0
    MOTA = 1 - (1 + 1 + 1) / 8. Best map: A-1 (2 frames) or A-3 (2), B-2 (3): IDTP 5 of 8 and 8.
    """
    a, b = 0, 500
    truth = [[at(a, 0), at(b, 1)]] * 4
    output = [[at(a, 1), at(b, 2)], [at(a, 1)], [at(b, 2), at(a, 3)], [at(a, 3), at(b, 2), at(250, 4)]]
    scores = evaluate_tracks(truth, output)
    assert (scores.found, scores.missed, scores.false, scores.switches, scores.id_found) == (7, 1, 1, 1, 5)
    assert scores.mota == pytest.approx(5 / 8)
    assert scores.idf1 == pytest.approx(2 * 5 / (8 + 8))


def test_the_truth_is_perfect_and_nothing_is_nothing():
    truth = [[at(0, 0), at(500, 1)], [], [at(9, 0)]]
    scores = evaluate_tracks(truth, truth)
    assert scores.mota == scores.idf1 == 1
    scores = evaluate_tracks(truth, [[], [], []])
    assert scores.mota == scores.idf1 == 0 and scores.missed == 3
    with pytest.raises(ValueError, match='shorter'):
        evaluate_tracks(truth, [[]])


@pytest.mark.parametrize('name', CLIPS)
def test_it_agrees_with_track_eval(name):
    rng = np.random.default_rng(0)
    clip = CLIPS[name](10, rng, Flaws())
    output = [[Person(one.skeleton, one.keypoints, one.scores, one.score, int(track_id)) for one, track_id in
               zip(persons, rng.permutation(15))] for persons in clip.detections]
    alike = [oks(keypoints_of(real, 18), keypoints_of(got, 18), size_px(keypoints_of(real, 18)), OPENPOSE18.sigmas)
             for real, got in zip(clip.truth, output)]
    ids = [[np.array([one.track_id for one in persons], int) for persons in frames] for frames in (clip.truth, output)]
    clear = compute_clear_metrics(*ids, alike)
    identity = compute_identity_metrics(*ids, alike)
    scores = evaluate_tracks(clip.truth, output)
    assert (scores.found, scores.switches) == (clear['CLR_TP'], clear['IDSW']) and scores.switches > 0
    assert scores.mota == pytest.approx(clear['MOTA'])
    assert scores.idf1 == pytest.approx(identity['IDF1'])
