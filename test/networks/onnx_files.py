"""Writes ONNX networks for tests: each output is a fixed mix of the input's channels, pooled to a stride."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def mixing_network(path, outputs, size=(None, None), batch=None, stride=8, seed=0):
    """Outputs of `outputs` channels each: a 1x1 convolution of the mean over stride x stride px.

    Args:
        size: (width, height) of the only input; None = any.

    Returns:
        The (C, 3) weights of each output.
    """
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=(channels, 3)).astype(np.float32) for channels in outputs]
    width, height = size
    nodes = [helper.make_node('AveragePool', ['image'], ['small'], kernel_shape=[stride] * 2, strides=[stride] * 2)]
    nodes += [helper.make_node('Conv', ['small', f'w{i}'], [f'out{i}']) for i in range(len(outputs))]
    graph = helper.make_graph(
        nodes, 'mixing', [helper.make_tensor_value_info('image', TensorProto.FLOAT, [batch or 'n', 3, height, width])],
        [helper.make_tensor_value_info(f'out{i}', TensorProto.FLOAT, None) for i in range(len(outputs))],
        [numpy_helper.from_array(weight[..., None, None], f'w{i}') for i, weight in enumerate(weights)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=8)
    onnx.save(model, str(path))
    return weights
