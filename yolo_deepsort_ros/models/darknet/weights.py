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

"""Darknet networks: a `.cfg` and its `.weights`, checked against each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.files import check_fetched, reading, size_of
from yolo_deepsort_ros.models.conventions import checked_size, YoloHead
from yolo_deepsort_ros.models.darknet.cfg import DarknetCfg
from yolo_deepsort_ros.models.darknet.graph import coarsest_stride, picture_shape, trace_layers
from yolo_deepsort_ros.models.darknet.layers import Convolution, Layer

MAX_WEIGHTS = 2**28  #: numbers, 1 GiB; an ONNX file holds less than 2
#: What normalisation adds to the variance. Darknet on a CPU adds it to the root, on a GPU ten
#: times as much to the variance; OpenCV does as we do. Only for dead channels it matters.
EPSILON = 1e-6
BETA_NMS = 0.6  #: Darknet's, where a definition says diounms and no beta_nms


class Folded(NamedTuple):
    """What a convolution multiplies with and adds, its batch normalisation folded in."""

    kernels: NDArray[np.float32]
    biases: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class DarknetModel:
    """
    A network read from its two files.

    Attributes
    ----------
    path : str
        The `.cfg` file.
    cfg : DarknetCfg
        The definition, at the input size asked for.
    layers : tuple of Layer
        The sections after `[net]` as a graph.
    heads : tuple of YoloHead
        One for each `[yolo]` or `[region]` section, in their order.
    input_size : (int, int)
        Width and height of the input in pixels.
    stride : int
        What the sides of the input are multiples of.
    weights : ndarray of float32, shape (N,)
        The numbers of the weights file, as many as the layers need and all finite.

    """

    path: str
    cfg: DarknetCfg
    layers: tuple[Layer, ...]
    heads: tuple[YoloHead, ...]
    input_size: tuple[int, int]
    stride: int
    weights: NDArray[np.float32]

    @classmethod
    def read(
        cls, cfg_path: str | Path, weights_path: str | Path, input_size: Sequence[int] = ()
    ) -> DarknetModel:
        """
        Read and check a network.

        Parameters
        ----------
        cfg_path, weights_path : str or Path
            The two files.
        input_size : sequence of int
            One side, or width and height, multiples of the network's stride; empty: the
            definition's own.

        Raises
        ------
        ModelError
            When a file cannot be read, is no Darknet file, or does not fit the other.
        ConfigurationError
            For an impossible input size.

        """
        cfg = DarknetCfg.read(cfg_path)
        stride = coarsest_stride(cfg)
        if input_size:
            cfg = cfg.resized(*checked_size(input_size, stride))
        layers = trace_layers(cfg)
        heads = tuple(
            layer.operation for layer in layers if isinstance(layer.operation, YoloHead)
        )
        if not heads:
            raise ModelError(
                f'{shown(cfg_path)}: no [yolo] or [region] section: not a detection network'
            )
        if len({head.classes for head in heads}) > 1:
            raise ModelError(f'{shown(cfg_path)}: the heads differ in classes')
        count = sum(operation.weight_count for operation in _convolutions(layers))
        if count > MAX_WEIGHTS:
            raise ModelError(
                f'{shown(cfg_path)}: needs {count} weights, the limit is {MAX_WEIGHTS}'
            )
        _, height, width = picture_shape(cfg.net, stride)
        weights = read_weights(weights_path, count)
        return cls(str(cfg_path), cfg, layers, heads, (width, height), stride, weights)

    @property
    def classes(self) -> int:
        """Number of classes that the network tells apart."""
        return self.heads[0].classes

    @property
    def strides(self) -> tuple[int, ...]:
        """Pixels of the input that a cell of each head stands for, at least one."""
        return tuple(
            max(1, self.input_size[0] // layer.shape.width) for layer in self.layers
            if isinstance(layer.operation, YoloHead)
        )

    @property
    def resize(self) -> str:
        """How Darknet makes pictures fit the network, one of `config.RESIZES`."""
        return 'letterbox' if self.cfg.net.integer('letter_box', 0) else 'stretch'

    @property
    def diou_beta(self) -> float:
        """What the last head says of suppression; see `Conventions.diou_beta`."""
        last = [
            layer.section for layer in self.layers if isinstance(layer.operation, YoloHead)
        ][-1]
        is_diou = last.options.get('nms_kind') == 'diounms'
        return last.real('beta_nms', BETA_NMS) if is_diou else 0.0

    def convolutions(self) -> Iterator[Folded]:
        """Yield the weights of each convolution, in the order of the layers."""
        rest = self.weights
        for layer in self.layers:
            if isinstance(layer.operation, Convolution):
                count = layer.operation.weight_count
                folded = _fold(layer.operation, rest[:count])
                if not all(np.isfinite(part).all() for part in folded):
                    raise layer.section.error('its normalised weights are not finite: damaged')
                yield folded
                rest = rest[count:]


def _convolutions(layers: Sequence[Layer]) -> list[Convolution]:
    return [layer.operation for layer in layers if isinstance(layer.operation, Convolution)]


def _fold(operation: Convolution, numbers: NDArray[np.float32]) -> Folded:
    """Split the numbers of a convolution, in the file's order, and fold its normalisation."""
    filters = operation.filters
    biases, numbers = numbers[:filters], numbers[filters:]
    if not operation.normalised:
        return Folded(numbers.reshape(operation.kernel_shape), biases)
    scales, means, variances = numbers[:3 * filters].reshape(3, filters).astype(np.float64)
    kernels = numbers[3 * filters:].reshape(operation.kernel_shape)
    with np.errstate(invalid='ignore', divide='ignore', over='ignore'):
        factors = scales / np.sqrt(variances + EPSILON)
        return Folded(
            kernels * factors[:, None, None, None].astype(np.float32),
            (biases - means * factors).astype(np.float32),
        )


def read_weights(path: str | Path, expected: int) -> NDArray[np.float32]:
    """
    Read a weights file that must hold `expected` float32 numbers after its header.

    The header is three int32 (major, minor, revision) and the number of pictures seen in
    training: int64 from version 0.2 on, int32 before.
    """
    with reading(path, ModelError, 'give the weights of the network') as file:
        start = file.read(256)
        check_fetched(path, start, ModelError)
        header = _header_length(shown(path), start[:20])
        found = (size_of(file) - header) / 4
        if found != expected:
            raise ModelError(
                f'{shown(path)}: the file has {found:.15g} numbers, the network needs {expected}: '
                f'it is cut off, or belongs to another .cfg'
            )
        file.seek(header)
        weights = np.fromfile(file, '<f4')
    bad = np.flatnonzero(~np.isfinite(weights))
    if bad.size:
        raise ModelError(f'{shown(path)}: number {bad[0]} is not finite: the file is damaged')
    return weights


def _header_length(name: str, start: bytes) -> int:
    """Return the bytes before the weights, from the first ones of the file."""
    if len(start) < 12:
        raise ModelError(f'{name}: {len(start)} bytes are no Darknet weights')
    if start.isascii() and b'\0' not in start:  # which a version number is never without
        raise ModelError(f'{name}: text, not Darknet weights: it begins with {start.decode()!r}')
    major, minor, _ = np.frombuffer(start[:12], '<i4').tolist()
    return 20 if major * 10 + minor >= 2 else 16
