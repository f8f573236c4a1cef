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


"""The networks that are measured: real weights where they lie beside the project, else random."""

from __future__ import annotations

from pathlib import Path
import sys

import cv2
import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.models.darknet.cfg import DarknetCfg
from yolo_deepsort_ros.models.darknet.graph import trace_layers
from yolo_deepsort_ros.models.darknet.layers import Convolution
from yolo_deepsort_ros.models.darknet.weights import DarknetModel
from yolo_deepsort_ros.models.registry import read_registry
from yolo_deepsort_ros.yolo.detection_model import DetectionModel

DATA = Path(__file__).resolve().parents[2] / 'shared' / 'data'

#: The layers of YOLOv4-tiny (Wang, Bochkovskiy, Liao 2021, arXiv:2011.08036) for 80 classes.
CONVOLUTION = (
    'convolutional batch_normalize=1 filters={0} size={1} stride={2} pad=1 activation=leaky'
)
ANCHORS = 'anchors=10,14,23,27,37,58,81,82,135,169,344,319 num=6 classes=80 scale_x_y=1.05'
HEAD = 'convolutional size=1 stride=1 pad=1 filters=255 activation=linear'


def find_network(folder: Path) -> tuple[Path, Path]:
    """Return the network's two files."""
    if DATA.is_dir():
        models = DATA / 'models'
        return models / 'yolov4-tiny.cfg', models / 'yolov4-tiny-voc20in80.weights'
    say('no real data beside the project: random weights')
    return write_random_yolov4_tiny(folder)


def find_foreign(network: str, name: str) -> Path | None:
    """Return the file of a network of another exporter; None where it is not here."""
    path, known = DATA / 'models' / f'{network}.onnx', read_registry()[name]
    if path.is_file():
        return path
    if known.state == 'ready':
        return known.path
    say(f'{name} has not been fetched: it is left out')
    return None


def gigaflop_of(path: Path) -> float:
    """Return the operations of the convolutions in 1e9, two for each multiplication."""
    width, height = DetectionModel.read(path).conventions.input_size
    network = cv2.dnn.readNetFromONNX(str(path))
    numbers, _, shapes = network.getLayersShapes([1, 3, height, width])
    total = 0
    for number, [output, *_] in zip(numbers.ravel(), shapes, strict=True):
        layer = network.getLayer(int(number))  # OpenCV's own count forgets that groups see less
        if layer.type == 'Convolution':
            total += 2 * int(np.prod(layer.blobs[0].shape)) * int(np.prod(output[2:]))
    return total / 1e9


def write_random_yolov4_tiny(folder: Path, seed: int = 0) -> tuple[Path, Path]:
    """Write YOLOv4-tiny with random weights; return its `.cfg` and `.weights`."""
    def convolution(filters: int, size: int = 3, stride: int = 1) -> str:
        return CONVOLUTION.format(filters, size, stride)

    lines = ['net width=416 height=416 channels=3', convolution(32, 3, 2), convolution(64, 3, 2)]
    for filters in (64, 128, 256):
        half = filters // 2
        lines += [
            convolution(filters), 'route layers=-1 groups=2 group_id=1', convolution(half),
            convolution(half), 'route layers=-1,-2', convolution(filters, 1),
            'route layers=-6,-1', 'maxpool size=2 stride=2',
        ]
    lines += [
        convolution(512), convolution(256, 1), convolution(512), HEAD,
        f'yolo mask=3,4,5 {ANCHORS}',
        'route layers=-4', convolution(128, 1), 'upsample stride=2', 'route layers=-1,23',
        convolution(256), HEAD, f'yolo mask=1,2,3 {ANCHORS}',
    ]
    sections = [line.split() for line in lines]
    cfg, weights = folder / 'yolov4-tiny.cfg', folder / 'yolov4-tiny.weights'
    cfg.write_text('\n'.join('\n'.join([f'[{kind}]', *options]) for kind, *options in sections))
    header = np.array([0, 2, 5, 0, 0], '<i4').tobytes()
    weights.write_bytes(header + _random_weights(cfg, seed).tobytes())
    return cfg, weights


def _random_weights(cfg: Path, seed: int) -> NDArray[np.float32]:
    """Return numbers that keep the signal's size through the layers and find next to nothing."""
    rng = np.random.default_rng(seed)
    parts = []
    for layer in trace_layers(DarknetCfg.read(cfg)):
        operation = layer.operation
        if isinstance(operation, Convolution):
            shape = operation.kernel_shape
            kernels = rng.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:]))
            biases = np.full(shape[0], 0.0 if operation.normalised else -4.0)
            normalisation = [np.ones_like(biases), np.zeros_like(biases), np.ones_like(biases)]
            parts += [biases, *(normalisation if operation.normalised else []), kernels.ravel()]
    return np.concatenate(parts).astype('<f4')


def operations(cfg: Path, weights: Path) -> int:
    """Return the floating-point operations of a forward pass: two for each multiplication."""
    total = 0
    for layer in DarknetModel.read(cfg, weights).layers:
        if isinstance(layer.operation, Convolution):
            _, height, width = layer.shape
            total += 2 * int(np.prod(layer.operation.kernel_shape)) * height * width
    return total


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr)
