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
Darknet networks computed slowly, in float64, straight from the text of a definition.

Independent truth: it shares nothing with the package and follows Darknet where OpenCV's
importer does not, as in the default activation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

Array = np.ndarray
EPSILON = 1e-6

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    'linear': lambda x: x,
    'leaky': lambda x: np.where(x > 0, x, 0.1 * x),
    'relu': lambda x: np.maximum(x, 0),
    'logistic': lambda x: 1 / (1 + np.exp(-x)),
    'swish': lambda x: x / (1 + np.exp(-x)),
    'mish': lambda x: x * np.tanh(np.log1p(np.exp(x))),
}


def run_darknet(text: str, numbers: Array, picture: Array) -> list[Array]:
    """
    Compute the inputs of the heads of a network.

    Parameters
    ----------
    text : str
        The definition.
    numbers : ndarray
        All that follows the header of the weights file.
    picture : ndarray, shape (3, H, W)
        What goes in.

    """
    weights = iter(np.asarray(numbers, np.float64))
    outputs: list[Array] = []
    heads: list[Array] = []
    values = np.asarray(picture, np.float64)
    for kind, options in list(_sections(text))[1:]:
        if kind == 'convolutional':
            values = _convolution(values, options, weights)
        elif kind == 'maxpool':
            values = _max_pool(values, options)
        elif kind == 'route':
            values = np.concatenate([
                _part(outputs[int(i)], options) for i in options['layers'].split(',')
            ])
        elif kind == 'shortcut':
            values = values + sum(outputs[int(i)] for i in options['from'].split(','))
            values = ACTIVATIONS[options.get('activation', 'linear')](values)
        elif kind == 'upsample':
            stride = int(options.get('stride', 2))
            values = np.kron(values, np.ones((1, stride, stride)))
        elif kind == 'reorg':
            values = _reorg(values, int(options.get('stride', 1)))
        elif kind in ('yolo', 'region'):
            heads.append(values)
        outputs.append(values)
    assert next(weights, None) is None, 'weights are left'
    return heads


def decode_region(head: Array, anchors: Array, size: tuple[int, int]) -> Iterator[list[float]]:
    """
    Yield centre x and y, width, height and the score of each class, for YOLOv2.

    Parameters
    ----------
    head : ndarray, shape (anchors x (5 + classes), rows, columns)
        The raw output.
    anchors : ndarray, shape (A, 2)
        Width and height in cells.
    size : (int, int)
        Width and height of the input in pixels.

    """
    rows, columns = head.shape[1:]
    for anchor, values in zip(anchors, head.reshape(len(anchors), -1, rows, columns), strict=True):
        for row in range(rows):
            for column in range(columns):
                x, y, w, h, objectness, *classes = values[:, row, column].astype(float)
                shares = np.exp(np.array(classes) - max(classes))
                sigmoid = ACTIVATIONS['logistic']
                yield [
                    (column + sigmoid(x)) * size[0] / columns,
                    (row + sigmoid(y)) * size[1] / rows,
                    np.exp(w) * anchor[0] * size[0] / columns,
                    np.exp(h) * anchor[1] * size[1] / rows,
                    *(sigmoid(objectness) * shares / shares.sum()),
                ]


def _sections(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for block in text.split('[')[1:]:
        kind, *lines = block.splitlines()
        pairs = (line.split('#')[0].split('=') for line in lines if '=' in line.split('#')[0])
        yield kind.split(']')[0], {name.strip(): value.strip() for name, value in pairs}


def _convolution(values: Array, options: dict[str, str], weights: Iterator[float]) -> Array:
    def take(*shape: int) -> Array:
        return np.array([next(weights) for _ in range(int(np.prod(shape)))]).reshape(shape)

    def option(name: str, default: int) -> int:
        return int(options.get(name, default))

    filters, size, stride = option('filters', 1), option('size', 1), option('stride', 1)
    padding = size // 2 if option('pad', 0) else option('padding', 0)
    groups = option('groups', 1)
    biases, scales, means, variances = take(filters), 1.0, 0.0, 1.0 - EPSILON
    if option('batch_normalize', 0):
        scales, means, variances = (take(filters, 1, 1) for _ in range(3))
    kernels = take(filters, len(values) // groups, size, size)
    values = np.pad(values, ((0, 0), (padding, padding), (padding, padding)))
    rows, columns = ((side - size) // stride + 1 for side in values.shape[1:])
    sums = np.zeros((filters, rows, columns))
    for number, kernel in enumerate(kernels):
        group = number // (filters // groups) * kernel.shape[0]
        for row in range(rows):
            for column in range(columns):
                top, left = row * stride, column * stride
                window = values[group:group + len(kernel), top:top + size, left:left + size]
                sums[number, row, column] = (window * kernel).sum()
    sums = (sums - means) / np.sqrt(variances + EPSILON) * scales + biases[:, None, None]
    return ACTIVATIONS[options.get('activation', 'logistic')](sums)


def _max_pool(values: Array, options: dict[str, str]) -> Array:
    stride = int(options.get('stride', 1))
    size = int(options.get('size', stride))
    padding = int(options.get('padding', size - 1))
    rows, columns = ((side + padding - size) // stride + 1 for side in values.shape[1:])
    result = np.full((len(values), rows, columns), -np.inf)
    for row in range(rows):
        for column in range(columns):
            top, left = row * stride - padding // 2, column * stride - padding // 2
            window = values[:, max(top, 0):top + size, max(left, 0):left + size]
            result[:, row, column] = window.max(axis=(1, 2))
    return result


def _reorg(values: Array, stride: int) -> Array:
    channels, rows, columns = values.shape
    fewer = channels // stride**2
    numbers = values.ravel()  # taken for a map of `fewer` channels and larger sides
    result = np.zeros_like(values)
    for channel in range(channels):
        square, source = divmod(channel, fewer)
        for row in range(rows):
            for column in range(columns):
                y, x = row * stride + square // stride, column * stride + square % stride
                result[channel, row, column] = numbers[
                    (source * rows * stride + y) * columns * stride + x]
    return result.reshape(channels * stride**2, rows // stride, columns // stride)


def _part(values: Array, options: dict[str, str]) -> Array:
    groups = int(options.get('groups', 1))
    return np.split(values, groups)[int(options.get('group_id', 0))]
