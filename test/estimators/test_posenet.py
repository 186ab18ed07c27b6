import numpy as np
import pytest

from pose_ros.errors import WeightsError
from pose_ros.estimators.posenet import STRIDE, PoseNet, _Decoder, _edges
from pose_ros.networks.onnx_session import open_onnx
from pose_ros.skeletons import COCO17

ROWS, COLUMNS = 30, 40
POSE = np.array([(100, 60), (106, 54), (94, 54), (114, 58), (86, 58), (130, 100), (70, 100), (145, 150), (55, 150),
                 (150, 195), (50, 195), (118, 200), (82, 200), (120, 270), (80, 270), (122, 340), (78, 340)], float)


def maps_of(people, missing=()):
    """What a perfect network answers: logits, offsets and mid-range offsets in the layout of Coral's PoseNet."""
    edges = _edges()
    rows, columns = np.mgrid[:ROWS, :COLUMNS] * STRIDE
    owner = np.argmin([np.hypot(rows - person[:, 1].mean(), columns - person[:, 0].mean()) for person in people], 0)
    logits = np.full((17, ROWS, COLUMNS), -9.0)
    offsets, middle = np.zeros((2, 17, ROWS, COLUMNS)), np.zeros((2, 2, 16, ROWS, COLUMNS))
    for person in people:
        for k, (x, y) in enumerate(person):
            if k not in missing:
                logits[k, round(y / STRIDE), round(x / STRIDE)] = 4
    mine = np.array(people)[owner]
    offsets[0], offsets[1] = (np.moveaxis(mine[..., i], -1, 0) - grid for i, grid in ((1, rows), (0, columns)))
    for backward in (0, 1):
        for e, edge in enumerate(edges):
            source, target = edge[::-1] if backward else edge
            middle[backward, :, e] = np.moveaxis(mine[..., target, ::-1] - mine[..., source, ::-1], -1, 0)
    return [logits, offsets.reshape(34, ROWS, COLUMNS), middle.reshape(64, ROWS, COLUMNS)]


def decoded(people, **values):
    return list(_Decoder(maps_of(people, **values), _edges()).people())


def test_the_edges_make_a_tree_over_all_keypoints():
    edges = _edges()
    assert len(edges) == 16 and sorted({0, *(end for _, end in edges)}) == list(range(17))
    assert all(COCO17.keypoints[a].split('_')[0] in (COCO17.keypoints[b].split('_')[0], 'nose') for a, b in edges)


@pytest.mark.parametrize('people', [[POSE], [POSE, POSE + (330, 60)]])
def test_perfect_maps_give_the_people_back(people):
    got = decoded(people)
    assert len(got) == len(people)
    for person in people:
        assert min(np.abs(points - person).max() for points, _ in got) < 1e-6
    assert all((scores > 0.9).all() for _, scores in got)


def test_keypoints_that_are_not_seen_are_placed_with_a_low_score():
    (points, scores), = decoded([POSE], missing=(15, 16))
    np.testing.assert_allclose(points, POSE)
    assert (scores[15:] < 0.01).all() and (scores[:15] > 0.9).all()


def test_nobody_in_empty_maps():
    logits, offsets, middle = maps_of([POSE])
    assert not list(_Decoder([np.full_like(logits, -9), offsets, middle], _edges()).people())


def test_a_network_with_other_outputs_is_refused(tmp_path):
    onnx = pytest.importorskip('onnx', reason='onnx comes with the extra `train`')
    value = onnx.helper.make_tensor_value_info('x', onnx.TensorProto.FLOAT, [1])
    graph = onnx.helper.make_graph([onnx.helper.make_node('Identity', ['x'], ['y'])], 'g', [value],
                                   [onnx.helper.make_tensor_value_info('y', onnx.TensorProto.FLOAT, [1])])
    opsets = [onnx.helper.make_opsetid('', 13)]
    onnx.save(onnx.helper.make_model(graph, ir_version=8, opset_imports=opsets), tmp_path / 'one.onnx')
    assert open_onnx(tmp_path / 'one.onnx', outputs=1).run(None, {'x': np.ones(1, np.float32)})[0] == 1
    with pytest.raises(WeightsError, match='one.onnx has 1 outputs; allowed: a network with 3'):
        PoseNet(tmp_path / 'one.onnx')
