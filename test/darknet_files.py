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
Small Darknet networks for tests, so that none needs a download.

`write_colour_network` gives a detector that really finds things: red and blue rectangles.
`write_random_network` has every kind of layer, two heads, and means nothing;
`write_network` does the same with any definition.
"""

from __future__ import annotations

from pathlib import Path
import re

import cv2
import numpy as np
from numpy.typing import NDArray
from oracles import suppress_one_by_one
import pytest

from yolo_deepsort_ros.models.darknet.cfg import DarknetCfg
from yolo_deepsort_ros.models.darknet.graph import trace_layers
from yolo_deepsort_ros.models.darknet.layers import Convolution

#: Marks a test that runs such a network.
needs_darknet = pytest.mark.skipif(
    not hasattr(cv2.dnn, 'readNetFromDarknet'),
    reason=f'OpenCV {cv2.__version__} reads no Darknet files',
)
COLOURS = {'red': (0, 0, 255), 'blue': (255, 0, 0)}  #: classes of the colour network, as BGR
WIDTH, HEIGHT, OBJECT = 160, 128, 24  #: of its input and of an object on it, pixels
WINDOW = OBJECT + 1  #: the side of what it looks at; odd, as kernels are

_COLOUR_CFG = f"""
[net]
width={WIDTH}
height={HEIGHT}
channels=3

[convolutional]
filters=2
size={WINDOW}
stride=4
pad=1
activation=leaky

[convolutional]
filters=7
size=1
stride=1
activation=linear

[yolo]
mask=0
anchors={OBJECT},{OBJECT}
classes=2
num=1
"""

RANDOM_CFG = """
[net]
width=96
height=64
channels=3

[convolutional]  # 0
batch_normalize=1
filters=8
size=3
stride=2
pad=1
activation=leaky

[convolutional]
batch_normalize=1
filters=8
size=3
pad=1
activation=mish

[route]
layers=-1
groups=2
group_id=1

[convolutional]
batch_normalize=1
filters=4
size=3
pad=1
activation=relu

[route]
layers=-1,-2

[convolutional]  # 5: depthwise
batch_normalize=1
filters=8
groups=8
size=3
pad=1
activation=swish

[dropout]
probability=.15

[shortcut]
from=-3
activation=linear

[maxpool]
size=2
stride=2

[convolutional]
batch_normalize=1
filters=16
size=3
stride=2
pad=1
activation=leaky

[maxpool]  # 10
size=5
stride=1

[convolutional]
filters={filters}
size=1
activation={last_activation}

[yolo]
mask=2,3
anchors=4,6, 9,9, 14,20, 30,24
classes={classes}
num=4
scale_x_y=1.05
new_coords={new_coords}

[route]
layers=-3

[upsample]
stride=2

[route]  # 15
layers=-1,8

[convolutional]
filters={filters}
size=1
activation={last_activation}

[yolo]
mask=0,1
anchors=4,6, 9,9, 14,20, 30,24
classes={classes}
num=4
scale_x_y=1.05
new_coords={new_coords}
"""


def write_colour_network(folder: Path) -> tuple[Path, Path]:
    """
    Write a network that finds the rectangles of `draw_object`; return its cfg and weights.

    Its labels lie beside it. It looks at every fourth pixel of its input for the place where
    a window of the object's size holds most red or blue, so that a box is off by about two
    such pixels at most (8 of a picture 640 wide) and always has the object's size.
    """
    kernels = np.empty((2, 3, WINDOW, WINDOW))
    kernels[:] = np.array([[1, -0.5, -0.5], [-0.5, -0.5, 1]])[:, :, None, None] / WINDOW**2
    corner = np.log(1 / 7)  # whose sigmoid is 1/8: the middle of a cell's first pixel
    biases = [corner, corner, 0, 0, -44, -24, -24]  # x, y, width, height, objectness, classes
    sums = np.array([[0, 0], [0, 0], [0, 0], [0, 0], [60, 60], [60, 0], [0, 60]])
    (folder / 'colours.names').write_text('\n'.join(COLOURS))
    cfg = folder / 'colours.cfg'
    cfg.write_text(_COLOUR_CFG)
    return cfg, write_weights(folder / 'colours.weights', [0, 0], kernels, biases, sums)


def draw_object(picture: NDArray[np.uint8], label: str, left: int, top: int) -> tuple[int, ...]:
    """Draw what the colour network finds; return its box as left, top, width, height."""
    height, width = picture.shape[0] * OBJECT // HEIGHT, picture.shape[1] * OBJECT // WIDTH
    cv2.rectangle(picture, (left, top), (left + width - 1, top + height - 1), COLOURS[label], -1)
    return left, top, width, height


def write_network(folder: Path, text: str, seed: int = 0) -> tuple[Path, Path]:
    """Write a definition with random weights; return cfg and weights."""
    cfg = folder / 'random.cfg'
    cfg.write_text(text)
    return cfg, write_weights(folder / 'random.weights', *random_weights(text, seed))


def write_random_network(
    folder: Path, classes: int = 3, seed: int = 0, new_coords: bool = False
) -> tuple[Path, Path]:
    """Write a network of every kind of layer with random weights; return cfg and weights."""
    text = RANDOM_CFG.format(
        filters=2 * (5 + classes),
        classes=classes,
        new_coords=int(new_coords),
        last_activation='logistic' if new_coords else 'linear',
    )
    (folder / 'random.names').write_text('\n'.join(f'class {i}' for i in range(classes)))
    return write_network(folder, text, seed)


def random_weights(text: str, seed: int = 0) -> list[NDArray[np.float64]]:
    """Return numbers for each convolution of a definition, such that its outputs stay small."""
    random = np.random.default_rng(seed)
    parts = []
    for layer in trace_layers(DarknetCfg.parse(text, 'random')):
        if not isinstance(layer.operation, Convolution):
            continue
        filters, kernels = layer.operation.filters, layer.operation.kernel_shape
        parts.append(random.normal(0, 0.5, filters))  # biases
        if layer.operation.normalised:
            parts += [random.normal(1, 0.2, filters), random.normal(0, 0.2, filters)]
            parts.append(random.uniform(0.5, 1.5, filters))  # scales, means and variances
        parts.append(random.normal(0, np.prod(kernels[1:]) ** -0.5, kernels))
    return parts


def opencv_heads(
    text: str, weights: Path, batch: NDArray[np.float32]
) -> list[NDArray[np.float32]]:
    """Return the raw heads that cv2.dnn's own importer gives: an oracle, and the baseline."""
    raw = re.sub(r'\[(yolo|region)\]', '[route]\nlayers=-1', text)  # which do nothing
    net = cv2.dnn.readNetFromDarknet(
        np.frombuffer(raw.encode(), np.uint8), np.fromfile(weights, np.uint8)
    )
    net.setInput(batch)
    return list(net.forward(net.getUnconnectedOutLayersNames()))


def opencv_objects(
    text: str, weights: Path, batch: NDArray[np.float32], confidence: float
) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.int64]]:
    """
    Return what cv2.dnn alone finds on one picture: tlwh in pixels of the input, scores, classes.

    Boxes that overlap more than 0.45 are suppressed one by one.
    """
    low = re.sub(r'\[yolo\]', '[yolo]\nthresh=0.01', text)  # it has 0.2 in mind
    net = cv2.dnn.readNetFromDarknet(
        np.frombuffer(low.encode(), np.uint8), np.fromfile(weights, np.uint8)
    )
    net.setInput(batch)
    rows = np.concatenate(net.forward(net.getUnconnectedOutLayersNames()))
    rows = rows[rows[:, 5:].max(axis=1) >= confidence]
    scores, class_ids = rows[:, 5:].max(axis=1), rows[:, 5:].argmax(axis=1)
    size = np.tile(batch.shape[:1:-1], 2)
    tlwh = np.hstack([rows[:, :2] - rows[:, 2:4] / 2, rows[:, 2:4]]) * size
    kept = suppress_one_by_one(tlwh, scores, class_ids, 0.45)
    return tlwh[kept], scores[kept], class_ids[kept]


def write_weights(path: Path, *numbers: object, version: tuple[int, int] = (0, 2)) -> Path:
    """Write a weights file that holds the numbers; return its path."""
    header = np.array([*version, 0], '<i4').tobytes() + bytes(8 if version >= (0, 2) else 4)
    path.write_bytes(header + b''.join(np.asarray(n, '<f4').tobytes() for n in numbers))
    return path
