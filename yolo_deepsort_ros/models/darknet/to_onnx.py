# Copyright 2026 The yolo_deepsort_ros authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.


"""Darknet networks as ONNX files, which every library runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from yolo_deepsort_ros.models.conventions import Conventions, YoloHead
from yolo_deepsort_ros.models.darknet.layers import (
    Convolution, Layer, MaxPool, PICTURE, Reorg, Route, Shape, Shortcut, Upsample,
)
from yolo_deepsort_ros.models.darknet.weights import DarknetModel, Folded
from yolo_deepsort_ros.models.onnx.model import OnnxModel
from yolo_deepsort_ros.models.onnx.writer import GraphWriter

LEAKY_SLOPE = 0.1  #: of Darknet's leaky ReLU
#: The operators of each activation, one after the other.
ACTIVATIONS = {
    'leaky': ['LeakyRelu'], 'linear': [], 'logistic': ['Sigmoid'], 'relu': ['Relu'],
    'mish': ['Softplus', 'Tanh'], 'swish': ['Sigmoid'],
}
GATES = ('mish', 'swish')  #: activations that multiply their input by what the operators give


def to_onnx(
    model: DarknetModel, labels: Sequence[str] = (), dynamic: bool = False, resize: str = 'auto'
) -> OnnxModel:
    """
    Write a Darknet network as an ONNX file in memory.

    The same network gives the same bytes.

    Parameters
    ----------
    model : DarknetModel
        The network.
    labels : sequence of str
        Names of its classes, for the metadata.
    dynamic : bool
        Let it run at any size; else at `model.input_size` only. The batch has any size.
    resize : str
        How pictures are to fit it, for the metadata; auto is what the definition says.

    Returns
    -------
    OnnxModel
        Its input is `images`, (batch, 3, height, width); its outputs are the raw heads
        `head0`, `head1`, …, in the order of `model.heads`.

    Raises
    ------
    ModelError
        When folding the normalisation gives no finite weights, or a layer has one size only.

    """
    graph = GraphWriter()
    width, height = model.input_size
    size: list[int | str] = ['height', 'width'] if dynamic else [height, width]
    tensors = {PICTURE: graph.add_input('images', ['batch', 3, *size])}
    weights = model.convolutions()
    heads = 0
    for index, layer in enumerate(model.layers):
        if dynamic and isinstance(layer.operation, Reorg):
            raise layer.section.error('runs at one size only: export without --dynamic')
        sources = [tensors[source] for source in layer.sources]
        if isinstance(layer.operation, YoloHead):
            size = [f'rows{heads}', f'columns{heads}'] if dynamic else list(layer.shape[1:])
            graph.add_node('Identity', sources, f'head{heads}')
            graph.add_output(f'head{heads}', ['batch', layer.shape.channels, *size])
            heads += 1
        else:
            name = f'{layer.section.kind}{index}'
            tensors[index] = _add(graph, layer, sources, name, weights)
    said = Conventions(
        model.heads, model.input_size, tuple(labels), model.resize if resize == 'auto' else resize,
        model.stride, model.diou_beta, strides=model.strides,
    )
    return OnnxModel.parse(graph.content(said.to_metadata()), model.path)


def _add(
    graph: GraphWriter, layer: Layer, sources: list[str], name: str, weights: Iterator[Folded]
) -> str:
    """Add the nodes of a layer; return the name of its output."""
    operation = layer.operation
    if isinstance(operation, Convolution):
        return _add_convolution(graph, operation, sources[0], name, next(weights))
    if isinstance(operation, MaxPool):
        before, after = operation.before, operation.after
        return graph.add_node(
            'MaxPool', sources, name, kernel_shape=[operation.size] * 2,
            strides=[operation.stride] * 2, pads=[before, before, after, after],
        )
    if isinstance(operation, Upsample):
        factors = np.array([1, 1, operation.stride, operation.stride], np.float32)
        scales = graph.add_weights(f'{name}.scales', factors)
        return graph.add_node(
            'Resize', [sources[0], '', scales], name, mode='nearest',
            coordinate_transformation_mode='asymmetric', nearest_mode='floor',
        )
    if isinstance(operation, Route):
        return _add_route(graph, operation, sources, name)
    if isinstance(operation, Reorg):
        return _add_reorg(graph, operation.stride, layer.shape, sources[0], name)
    if isinstance(operation, Shortcut):
        for number, source in enumerate(sources[1:], 1):
            target = f'{name}.sum{number}'
            sources[0] = graph.add_node('Add', [sources[0], source], target)
        return _add_activation(graph, operation.activation, sources[0], name)
    return sources[0]


def _add_convolution(
    graph: GraphWriter, operation: Convolution, source: str, name: str, folded: Folded
) -> str:
    kernels = graph.add_weights(f'{name}.kernels', folded.kernels)
    biases = graph.add_weights(f'{name}.biases', folded.biases)
    output = graph.add_node(
        'Conv', [source, kernels, biases], f'{name}.sums', group=operation.groups,
        kernel_shape=[operation.size] * 2, strides=[operation.stride] * 2,
        pads=[operation.padding] * 4,
    )
    return _add_activation(graph, operation.activation, output, name)


def _add_activation(graph: GraphWriter, activation: str, source: str, name: str) -> str:
    output = source
    for operator in ACTIVATIONS[activation]:
        attributes = {'alpha': LEAKY_SLOPE} if operator == 'LeakyRelu' else {}
        output = graph.add_node(operator, [output], f'{name}.{operator}', **attributes)
    if activation in GATES:
        return graph.add_node('Mul', [source, output], f'{name}.Mul')
    return output


def _add_route(graph: GraphWriter, operation: Route, sources: list[str], name: str) -> str:
    if operation.parts > 1:
        sources = [
            _add_slice(graph, source, channels, f'{name}.part{number}')
            for number, (source, channels) in enumerate(
                zip(sources, operation.channels, strict=True)
            )
        ]
    return graph.add_node('Concat', sources, name, axis=1) if len(sources) > 1 else sources[0]


def _add_reorg(graph: GraphWriter, stride: int, shape: Shape, source: str, name: str) -> str:
    """Shape the numbers as `Reorg` says: reshaped, their axes exchanged, and reshaped."""
    channels, height, width = shape
    fewer = [channels // stride**4, height * stride, stride, width * stride, stride]
    squares = graph.add_weights(f'{name}.squares', np.array([0, *fewer], np.int64))
    opened = graph.add_node('Reshape', [source, squares], f'{name}.opened')
    turned = graph.add_node('Transpose', [opened], f'{name}.turned', perm=[0, 3, 5, 1, 2, 4])
    target = graph.add_weights(f'{name}.shape', np.array([0, *shape], np.int64))
    return graph.add_node('Reshape', [turned, target], name)


def _add_slice(graph: GraphWriter, source: str, channels: range, name: str) -> str:
    """Take some channels of a tensor."""
    limits = {'starts': channels.start, 'ends': channels.stop, 'axes': 1}
    weights = [
        graph.add_weights(f'{name}.{key}', np.array([number], np.int64))
        for key, number in limits.items()
    ]
    return graph.add_node('Slice', [source, *weights], name)
