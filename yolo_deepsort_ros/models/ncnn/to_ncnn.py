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
"""
ONNX networks of this package as files of ncnn.

It knows the operations that `darknet.to_onnx` writes: those of Darknet networks, in memory or
exported. ncnn has no axis for the batch, so an axis of ONNX is one less here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from numpy.typing import NDArray

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.models.ncnn.layer_writer import (
    float_bytes, kernel_bytes, NcnnFiles, NcnnLayer, Value, written,
)
from yolo_deepsort_ros.models.onnx.model import OnnxModel
from yolo_deepsort_ros.models.onnx.operations import Operation, read_operations

MISH, REORG, SWISH = 'Mish', 'Reorg', 'Swish'  #: several operations in ONNX
#: Activations in ONNX: the operations, the last one first, by whose result a map is multiplied.
GATES = {('Sigmoid',): SWISH, ('Tanh', 'Softplus'): MISH}
ADD, MULTIPLY = 0, 2  #: of ncnn's BinaryOp
MAXIMUM, DOWN = 0, 1  #: of ncnn's Pooling: the largest value; places that are left over count not
NEAREST = 1  #: of ncnn's Interp
JOINING = ('Add', 'Concat', 'Mul')  #: operations of several maps
#: How a convolution is told to apply an activation itself.
FUSED = {'Relu': 1, 'LeakyRelu': 2, 'Sigmoid': 4, MISH: 5}
SQUARES = [0, 3, 5, 1, 2, 4]  #: the exchange of axes that is Darknet's reorg
#: How each operation may be told to be done; other attributes change what it computes.
ATTRIBUTES: Mapping[str, Mapping[str, Any]] = {
    'Concat': {'axis': 1},
    'Conv': dict.fromkeys(('group', 'kernel_shape', 'pads', 'strides')),
    'LeakyRelu': {'alpha': None},
    'MaxPool': dict.fromkeys(('kernel_shape', 'pads', 'strides')),
    REORG: {'stride': None},
    'Resize': {
        'mode': 'nearest', 'coordinate_transformation_mode': 'asymmetric', 'nearest_mode': 'floor',
    },
}

Constants = Mapping[str, NDArray[Any]]
MISFITS = (IndexError, KeyError, TypeError, ValueError)


class Translated(NamedTuple):
    """An operation in ncnn's words."""

    kind: str
    parameters: dict[int, Value]
    weights: bytes = b''


def to_ncnn(model: OnnxModel) -> NcnnFiles:
    """
    Write an ONNX network as files of ncnn.

    Its input is `in0`, its outputs are `out0`, `out1`, …, in their order.

    Raises
    ------
    ModelError
        When it has an operation that is not known here, or they do not fit together.

    """
    try:
        return written(_layers(model))
    except MISFITS:
        raise ModelError(
            f'{shown(model.path)}: ncnn cannot run this network: its operations do not fit '
            f'together'
        ) from None


def _layers(model: OnnxModel) -> list[NcnnLayer]:
    operations, constants = read_operations(model)
    operations = _joined(operations, constants)
    wanted = Counter(name for operation in operations for name in operation.inputs)
    wanted.update(tensor.name for tensor in model.outputs)
    blobs = {model.inputs[0].name: 'in0'}
    layers = [NcnnLayer('Input', [], ['in0'])]
    producers: dict[str, NcnnLayer] = {}
    for number, operation in enumerate(operations):
        sources, given = list(operation.inputs), operation.outputs[0]
        if operation.operator == 'Identity':
            blobs[given] = blobs[sources[0]]
            continue
        before = producers.get(sources[0])
        if operation.operator in FUSED and before is not None and wanted[sources[0]] == 1:
            before.parameters[9] = FUSED[operation.operator]
            if operation.operator == 'LeakyRelu':
                before.parameters[10] = [operation.attributes['alpha']]
            blobs[given] = before.outputs[0]
            continue
        try:
            _check_attributes(operation)
            translated = TRANSLATIONS[operation.operator](operation, constants)
            taken = [blobs[name] for name in sources if name and name not in constants]
            if operation.operator in JOINING and len(taken) < len(sources):
                raise ValueError('takes a constant')
        except MISFITS:
            raise ModelError(
                f'{shown(model.path)}: ncnn cannot run this network: no Darknet network has a '
                f'{shown(operation.operator)} such as its: give the .param of an export for ncnn, '
                f'or take another backend'
            ) from None
        blobs[given] = f'blob{number}'
        layers.append(NcnnLayer(
            translated.kind, taken, [blobs[given]], translated.parameters, translated.weights,
        ))
        if translated.kind.startswith('Convolution'):
            producers[given] = layers[-1]
    layers += [
        NcnnLayer('Noop', [blobs[tensor.name]], [f'out{number}'])
        for number, tensor in enumerate(model.outputs)
    ]
    return layers


def _joined(operations: Sequence[Operation], constants: Constants) -> list[Operation]:
    """Return operations with those that make a mish, a swish or a reorg as one."""
    producers = {operation.outputs[0]: operation for operation in operations}
    wanted = Counter(name for operation in operations for name in operation.inputs)
    found: dict[str, Operation] = {}
    parts: set[str] = set()
    for operation in operations:
        if operation.operator == 'Transpose' and operation.attributes.get('perm') == SQUARES:
            sides = constants[producers[operation.inputs[0]].inputs[1]]
            found[operation.outputs[0]] = operation._replace(
                operator=REORG, attributes={'stride': int(sides[-1])})
        if operation.operator == 'Mul':
            source, gate = operation.inputs
            chain = []
            while gate in producers and gate != source and wanted[gate] == 1:
                chain.append(gate)
                gate = producers[gate].inputs[0]
            name = GATES.get(tuple(producers[part].operator for part in chain))
            if gate == source and name:
                found[operation.outputs[0]] = operation._replace(operator=name, inputs=(source,))
                parts.update(chain)
    return [
        found.get(operation.outputs[0], operation) for operation in operations
        if operation.outputs[0] not in parts
    ]


def _check_attributes(operation: Operation) -> None:
    known = ATTRIBUTES.get(operation.operator, {})
    for name, value in operation.attributes.items():
        if known[name] not in (None, value):
            raise ValueError(name)


def _convolution(operation: Operation, constants: Constants) -> Translated:
    kernels, biases = (constants[name] for name in operation.inputs[1:])
    groups = operation.attributes['group']
    parameters = {
        0: len(kernels), **_window(operation, pads=4, kernels=1, strides=3), 5: 1,
        6: kernels.size,
    }
    if groups > 1:
        parameters[7] = groups
    kind = 'ConvolutionDepthWise' if groups > 1 else 'Convolution'
    return Translated(kind, parameters, kernel_bytes(kernels) + float_bytes(biases))


def _max_pool(operation: Operation, _: Constants) -> Translated:
    return Translated('Pooling', {
        0: MAXIMUM, **_window(operation, pads=3, kernels=1, strides=2), 5: DOWN,
    })


def _window(operation: Operation, pads: int, kernels: int, strides: int) -> dict[int, Value]:
    """Say what slides how, by the numbers that ncnn has for it."""
    (high, wide), (down, right) = (
        operation.attributes[name] for name in ('kernel_shape', 'strides')
    )
    top, left, bottom, last = operation.attributes['pads']
    vertical = 10  # the numbers of what is vertical lie so much higher
    return {
        kernels: wide, kernels + vertical: high, strides: right, strides + vertical: down,
        pads: left, pads + vertical: top, pads + vertical + 1: last, pads + vertical + 2: bottom,
    }


def _enlarged(operation: Operation, constants: Constants) -> Translated:
    _, _, high, wide = map(float, constants[operation.inputs[2]])
    return Translated('Interp', {0: NEAREST, 1: high, 2: wide})


def _slice(operation: Operation, constants: Constants) -> Translated:
    starts, ends, axes = ([int(constants[name][0])] for name in operation.inputs[1:])
    return Translated('Crop', {9: starts, 10: ends, 11: [axes[0] - 1]})


def _reshape(operation: Operation, constants: Constants) -> Translated:
    """Shape a map anew; the six axes of squares are those of a map of larger sides here."""
    sides = [int(side) for side in constants[operation.inputs[1]]]
    if len(sides) == 6:
        _, channels, high, stride, wide, again = sides
        if stride != again:
            raise ValueError('no squares')
        sides = [0, channels, high * stride, wide * stride]
    _, channels, high, wide = sides
    return Translated('Reshape', {0: wide, 1: high, 2: channels})


def _simple(kind: str, **parameters: Value) -> Callable[[Operation, Constants], Translated]:
    """Return what translates an operation that is always done in the same way."""
    numbered = {int(name[1:]): value for name, value in parameters.items()}
    return lambda operation, constants: Translated(kind, dict(numbered))


TRANSLATIONS: Mapping[str, Callable[[Operation, Constants], Translated]] = {
    'Add': _simple('BinaryOp', _0=ADD),
    'Concat': lambda operation, _: Translated('Concat', {0: operation.attributes['axis'] - 1}),
    'Conv': _convolution,
    'LeakyRelu': lambda operation, _: Translated('ReLU', {0: operation.attributes['alpha']}),
    'MaxPool': _max_pool,
    MISH: _simple(MISH),
    'Mul': _simple('BinaryOp', _0=MULTIPLY),
    'Relu': _simple('ReLU'),
    REORG: lambda operation, _: Translated('Reorg', {0: operation.attributes['stride'], 1: 1}),
    'Reshape': _reshape,
    'Resize': _enlarged,
    'Sigmoid': _simple('Sigmoid'),
    'Slice': _slice,
    SWISH: _simple(SWISH),
}
