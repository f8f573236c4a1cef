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
Darknet networks as a graph: what each section computes, from what, and of which size.

All sizes are followed through the network before anything is allocated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
import difflib
from fractions import Fraction
import math
from typing import Any

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.models.conventions import MAX_SIDE, USUAL_STRIDE, YoloHead
from yolo_deepsort_ros.models.darknet.cfg import DarknetCfg, Section
from yolo_deepsort_ros.models.darknet.layers import (
    Convolution, Identity, Layer, MaxPool, Operation, PICTURE, Reorg, Route, Shape, Shortcut,
    Upsample,
)

ACTIVATIONS = ('leaky', 'linear', 'logistic', 'mish', 'relu', 'swish')
#: What a layer's option may be, far beyond any network; more would only exhaust the memory.
MAX_CHANNELS, MAX_KERNEL, MAX_STRIDE = 65536, 255, 64
MAX_MAP_SIZE = 2**29  #: numbers that a layer puts out, 2 GiB: 32 channels of 4096 x 4096
#: Options that would change what a layer computes, with the value at which they do not.
NEUTRAL: Mapping[str, Mapping[str, float]] = {
    'convolutional': {
        'antialiasing': 0, 'binary': 0, 'dilation': 1, 'dontload': 0, 'dontloadscales': 0,
        'flipped': 0, 'xnor': 0,
    },
    'maxpool': {'antialiasing': 0, 'maxpool_depth': 0},
    'region': {'background': 0, 'coords': 4},
    'reorg': {'extra': 0, 'flatten': 0, 'reverse': 0},
    'upsample': {'scale': 1},
}
#: Ways of suppression, as Darknet calls them; cornersnms, which changes scores, is not offered.
#: Other options of [net] and [yolo] that are not read here act in training or tracking alone.
NMS_KINDS = ('default', 'greedynms', 'diounms')
FOREIGN = ('map', 'share_index', 'stride_x', 'stride_y', 'tree', 'weights_type')  #: not read


def picture_shape(net: Section, stride: int) -> Shape:
    """Return the size of the network's input, whose sides are multiples of its stride."""
    if net.integer('channels', 3) != 3:
        raise net.error('channels must be 3: pictures have three colours')
    width, height = net.integer('width', 416), net.integer('height', 416)
    for name, side in (('width', width), ('height', height)):
        if side % stride or not 0 < side <= MAX_SIDE:
            raise net.error(f'{name}={side} is no multiple of {stride} up to {MAX_SIDE}')
    return Shape(3, height, width)


def trace_layers(cfg: DarknetCfg) -> tuple[Layer, ...]:
    """
    Follow a network from the picture to its heads.

    Raises
    ------
    ModelError
        For a section or option that is not supported, or layers that do not fit together.

    """
    picture = picture_shape(cfg.net, coarsest_stride(cfg))
    layers: list[Layer] = []
    for section in cfg.layers:
        _check_known(section)
        sources = _sources(section, len(layers))
        for source in sources:
            if source != PICTURE and isinstance(layers[source].operation, YoloHead):
                raise section.error('takes in the output of a head, which is not supported')
        shapes = [picture if source == PICTURE else layers[source].shape for source in sources]
        operation, shape = READERS[section.kind](section, shapes, picture)
        if min(shape) < 1:
            raise section.error('its window is larger than its input')
        if math.prod(shape) > MAX_MAP_SIZE:
            raise section.error(f'puts out {_sized(shape)} numbers, the limit is {MAX_MAP_SIZE}')
        layers.append(Layer(section, operation, sources, shape))
    return tuple(layers)


def coarsest_stride(cfg: DarknetCfg) -> int:
    """Return what the sides of the input must be multiples of: Darknet's 32, or more."""
    strides: list[Fraction] = []
    for section in cfg.layers:
        source = _sources(section, len(strides))[0]
        stride = Fraction(1) if source == PICTURE else strides[source]
        if section.kind in STRIDING:
            stride *= section.integer('stride', 1, 1, MAX_STRIDE)
        if section.kind == 'upsample':
            stride /= section.integer('stride', 2, 1, MAX_STRIDE)
        bound = Fraction(MAX_SIDE)  # beyond it nothing is left of a picture
        strides.append(min(max(stride, 1 / bound), bound))
    coarsest = max(strides, default=Fraction(1))
    return math.ceil(coarsest / USUAL_STRIDE) * USUAL_STRIDE


def _check_known(section: Section) -> None:
    if section.kind not in READERS:
        nearest = difflib.get_close_matches(section.kind, READERS, n=1, cutoff=0)
        raise section.error(
            f'is not supported; the nearest known is [{nearest[0]}] of {", ".join(READERS)}'
        )
    for name, neutral in NEUTRAL.get(section.kind, {}).items():
        if section.real(name, neutral) != neutral:
            found = shown(section.options[name])
            raise section.error(f'{name}={found} is not supported, only {neutral}')
    for name in FOREIGN:
        if name in section.options:
            raise section.error(f'the option {name} is not supported')


def _sources(section: Section, position: int) -> tuple[int, ...]:
    """Return the layers that a section takes in, negative indices counted back from it."""
    if section.kind not in SOURCE_OPTIONS:
        return (position - 1,)
    option = SOURCE_OPTIONS[section.kind]
    named = section.integers(option)
    if not named:
        raise section.error(f'lacks the option {option}')
    sources = [position + index if index < 0 else index for index in named]
    for index, source in zip(named, sources, strict=True):
        if not 0 <= source < position:
            raise section.error(f'{option}={index} names no layer before this one')
    return (position - 1, *sources) if section.kind == 'shortcut' else tuple(sources)


def _convolution(section: Section, inputs: Sequence[Shape], _: Shape) -> tuple[Operation, Shape]:
    shape, = inputs
    size = section.integer('size', 1, 1, MAX_KERNEL)
    padding = section.integer('padding', 0, 0, MAX_KERNEL)
    operation = Convolution(
        filters=section.integer('filters', 1, 1, MAX_CHANNELS),
        channels=shape.channels,
        groups=section.integer('groups', 1, 1, MAX_CHANNELS),
        size=size,
        stride=section.integer('stride', 1, 1, MAX_STRIDE),
        padding=size // 2 if section.integer('pad', 0) else padding,
        activation=_activation(section, 'logistic'),
        normalised=bool(section.integer('batch_normalize', 0)),
    )
    _check_divided(section, operation.groups, shape.channels, 'channels')
    _check_divided(section, operation.groups, operation.filters, 'filters')
    border = 2 * operation.padding
    return operation, _slid(shape, size, operation.stride, border, operation.filters)


def _max_pool(section: Section, inputs: Sequence[Shape], _: Shape) -> tuple[Operation, Shape]:
    shape, = inputs
    stride = section.integer('stride', 1, 1, MAX_STRIDE)
    size = section.integer('size', stride, 1, MAX_KERNEL)
    padding = section.integer('padding', size - 1, 0, 2 * (size - 1))  # else a window is empty
    operation = MaxPool(size, stride, padding // 2, padding - padding // 2)
    return operation, _slid(shape, size, stride, padding, shape.channels)


def _route(section: Section, inputs: Sequence[Shape], _: Shape) -> tuple[Operation, Shape]:
    parts = section.integer('groups', 1, 1, MAX_CHANNELS)
    part = section.integer('group_id', 0, 0, parts - 1)
    for shape in inputs:
        _check_divided(section, parts, shape.channels, 'channels')
        _check_equal(section, shape[1:], inputs[0][1:])
    counts = [shape.channels // parts for shape in inputs]
    channels = tuple(range(part * count, (part + 1) * count) for count in counts)
    return Route(parts, channels), inputs[0]._replace(channels=sum(counts))


def _shortcut(section: Section, inputs: Sequence[Shape], _: Shape) -> tuple[Operation, Shape]:
    for shape in inputs:
        _check_equal(section, shape, inputs[0])
    return Shortcut(_activation(section, 'linear')), inputs[0]


def _upsample(section: Section, inputs: Sequence[Shape], _: Shape) -> tuple[Operation, Shape]:
    shape, = inputs
    stride = section.integer('stride', 2, 1, MAX_STRIDE)
    return Upsample(stride), Shape(shape.channels, shape.height * stride, shape.width * stride)


def _reorg(section: Section, inputs: Sequence[Shape], _: Shape) -> tuple[Operation, Shape]:
    shape, = inputs
    stride = section.integer('stride', 1, 1, MAX_STRIDE)
    if shape.channels % stride**2 or shape.height % stride or shape.width % stride:
        raise section.error(f'stride={stride} does not divide {_sized(shape)}')
    height, width = shape.height // stride, shape.width // stride
    return Reorg(stride), Shape(shape.channels * stride**2, height, width)


def _identity(_: Section, inputs: Sequence[Shape], __: Shape) -> tuple[Operation, Shape]:
    return Identity(), inputs[0]


def _yolo(section: Section, inputs: Sequence[Shape], _: Shape) -> tuple[Operation, Shape]:
    anchors = _anchors(section)
    mask = section.integers('mask') or list(range(len(anchors)))
    if min(mask, default=-1) < 0 or max(mask) >= len(anchors):
        raise section.error(f'mask={shown(mask)} does not fit the {len(anchors)} anchors')
    kind = section.options.get('nms_kind', 'default')
    if kind not in NMS_KINDS:
        found = shown(kind)
        raise section.error(f'nms_kind={found} is not supported; known: {", ".join(NMS_KINDS)}')
    chosen = [anchors[index] for index in mask]
    return _head(
        section, inputs[0], chosen, scale_xy=section.real('scale_x_y', 1.0),
        new_coords=bool(section.integer('new_coords', 0)),
    )


def _region(section: Section, inputs: Sequence[Shape], picture: Shape) -> tuple[Operation, Shape]:
    """Read a head of YOLOv2, whose anchors are in cells, not pixels."""
    if not section.integer('softmax', 0):
        raise section.error('is supported with softmax=1 only')
    shape, = inputs
    cell = picture.width / shape.width, picture.height / shape.height
    anchors = [(width * cell[0], height * cell[1]) for width, height in _anchors(section)]
    return _head(section, shape, anchors, softmax=True)


def _anchors(section: Section) -> list[tuple[float, float]]:
    """Return the first `num` pairs, if there are so many."""
    values = section.reals('anchors')
    pairs = list(zip(values[0::2], values[1::2], strict=False))
    return pairs[:section.integer('num', len(pairs), low=1)] if pairs else pairs


def _head(
    section: Section, shape: Shape, anchors: list[tuple[float, float]], **options: Any
) -> tuple[Operation, Shape]:
    try:
        head = YoloHead(tuple(anchors), section.integer('classes', 20), **options)
    except ValueError as error:
        raise section.error(str(error)) from None
    if head.channels != shape.channels:
        raise section.error(
            f'needs {head.channels} channels, {len(anchors)} anchors x (5 + {head.classes} '
            f'classes), but the layer before gives {shape.channels}'
        )
    return head, shape


def _activation(section: Section, default: str) -> str:
    name = section.options.get('activation', default)
    if name not in ACTIVATIONS:
        known = ', '.join(ACTIVATIONS)
        raise section.error(f'activation={shown(name)} is not supported; known: {known}')
    return name


def _slid(shape: Shape, size: int, stride: int, border: int, channels: int) -> Shape:
    """Return the size of what a window gives at each place that it slides to."""
    height, width = ((side + border - size) // stride + 1 for side in shape[1:])
    return Shape(channels, height, width)


def _check_divided(section: Section, groups: int, count: int, what: str) -> None:
    if count % groups:
        raise section.error(f'groups={groups} does not divide {count} {what}')


def _check_equal(section: Section, first: Sequence[int], second: Sequence[int]) -> None:
    if tuple(first) != tuple(second):
        sizes = f'{_sized(second)} and {_sized(first)}'
        raise section.error(f'joins layers that differ in size: {sizes}')


def _sized(shape: Sequence[int]) -> str:
    return ' x '.join(map(str, shape))


Reader = Callable[[Section, Sequence[Shape], Shape], tuple[Operation, Shape]]
READERS: Mapping[str, Reader] = {
    'convolutional': _convolution, 'dropout': _identity, 'maxpool': _max_pool,
    'region': _region, 'reorg': _reorg, 'route': _route, 'shortcut': _shortcut,
    'upsample': _upsample, 'yolo': _yolo,
}
STRIDING = ('convolutional', 'maxpool', 'reorg')  #: which see every `stride`th place only
SOURCE_OPTIONS = {'route': 'layers', 'shortcut': 'from'}  #: which name other layers
