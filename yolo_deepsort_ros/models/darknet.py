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
Darknet networks: a `.cfg` and its `.weights`, checked against each other.

The networks are those of the YOLOv3, YOLOv4 and Yolo-Fastest families: their layers are
`LAYER_KINDS`, their heads `[yolo]`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.errors import ConfigurationError, ModelError
from yolo_deepsort_ros.files import reading, size_of
from yolo_deepsort_ros.models.darknet_cfg import DarknetCfg, Section
from yolo_deepsort_ros.wording import shown

LAYER_KINDS = ('convolutional', 'dropout', 'maxpool', 'route', 'shortcut', 'upsample', 'yolo')
#: What a layer's option may be, far beyond any network; more would only exhaust the memory.
RANGES = {
    'filters': (1, 65536), 'groups': (1, 65536), 'size': (1, 255), 'stride': (1, 64),
    'padding': (0, 255),
}
LARGEST_WEIGHTS = 2**29  #: numbers, 2 GiB
LARGEST_SIDE = 4096  #: of the input, pixels
STRIDE = 32  #: the coarsest head of these networks; the input's sides are multiples of it


@dataclass(frozen=True)
class Layer:
    """A section after `[net]`, with its channels (of the feature map) in and out."""

    section: Section
    channels_in: int
    channels_out: int

    @property
    def weight_count(self) -> int:
        """How many numbers of the weights file belong to this layer."""
        if self.section.kind != 'convolutional':
            return 0
        groups = self.section.integer('groups', 1)
        size = self.section.integer('size', 1)
        scales = 3 if self.section.integer('batch_normalize', 0) else 0  # scale, mean, variance
        kernels = self.channels_out * (self.channels_in // groups) * size * size
        return kernels + self.channels_out * (1 + scales)


@dataclass(frozen=True)
class YoloHead:
    """
    How one output of a network is to be understood.

    Attributes
    ----------
    anchors : tuple of (float, float)
        Width and height of each anchor box in pixels of the network's input.
    classes : int
        Number of classes.
    scale_xy : float
        How far a centre may leave its cell (Darknet's `scale_x_y`); 1 is not at all.
    new_coords : bool
        The outputs are probabilities already, and sizes squares (scaled YOLOv4).

    """

    anchors: tuple[tuple[float, float], ...]
    classes: int
    scale_xy: float = 1.0
    new_coords: bool = False

    @property
    def channels(self) -> int:
        """Channels of the output: box, objectness and class scores of each anchor."""
        return len(self.anchors) * (5 + self.classes)


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
        The sections after `[net]` with their channels.
    heads : tuple of YoloHead
        One for each `[yolo]` section, in their order.
    input_size : (int, int)
        Width and height of the input in pixels.
    weights : ndarray of uint8
        The weights file as it is, of the right length and all numbers finite.

    """

    path: str
    cfg: DarknetCfg
    layers: tuple[Layer, ...]
    heads: tuple[YoloHead, ...]
    input_size: tuple[int, int]
    weights: NDArray[np.uint8]

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
            One side, or width and height, multiples of 32; empty: the definition's own.

        Raises
        ------
        ModelError
            When a file cannot be read, is no Darknet file, or does not fit the other.
        ConfigurationError
            For an impossible input size.

        """
        cfg = DarknetCfg.read(cfg_path)
        if input_size:
            cfg = cfg.resized(*_checked_size(input_size))
        if cfg.net.integer('channels', 3) != 3:
            raise cfg.net.error('channels must be 3: pictures have three colours')
        layers = trace_layers(cfg)
        heads = tuple(_head(layer) for layer in layers if layer.section.kind == 'yolo')
        if not heads:
            raise ModelError(f'{shown(cfg_path)}: no [yolo] section: not a detection network')
        if len({head.classes for head in heads}) > 1:
            raise ModelError(f'{shown(cfg_path)}: the [yolo] sections differ in classes')
        count = sum(layer.weight_count for layer in layers)
        if count > LARGEST_WEIGHTS:
            raise ModelError(
                f'{shown(cfg_path)}: needs {count} weights, the limit is {LARGEST_WEIGHTS}'
            )
        weights = read_weights(weights_path, count)
        return cls(str(cfg_path), cfg, layers, heads, _own_size(cfg.net), weights)

    @property
    def classes(self) -> int:
        """Number of classes that the network tells apart."""
        return self.heads[0].classes


def trace_layers(cfg: DarknetCfg) -> tuple[Layer, ...]:
    """Follow the number of channels through the network."""
    layers: list[Layer] = []
    channels = 3
    for section in cfg.layers:
        layers.append(Layer(section, channels, _channels_out(section, channels, layers)))
        channels = layers[-1].channels_out
    return tuple(layers)


def read_weights(path: str | Path, expected: int) -> NDArray[np.uint8]:
    """
    Read a weights file that must hold `expected` float32 numbers after its header.

    The header is three int32 (major, minor, revision) and the number of pictures seen in
    training: int64 from version 0.2 on, int32 before.
    """
    with reading(path, ModelError, 'give the weights of the network') as file:
        header = _header_length(shown(path), file.read(20))
        found = (size_of(file) - header) / 4
        if found != expected:
            raise ModelError(
                f'{shown(path)}: the file has {found:.15g} numbers, the network needs {expected}: '
                f'it is cut off, or belongs to another .cfg'
            )
        file.seek(0)
        content = np.fromfile(file, dtype=np.uint8)
    bad = np.flatnonzero(~np.isfinite(content[header:].view('<f4')))
    if bad.size:
        raise ModelError(f'{shown(path)}: number {bad[0]} is not finite: the file is damaged')
    return content


def _header_length(name: str, start: bytes) -> int:
    """Return the bytes before the weights, from the first ones of the file."""
    if len(start) < 12:
        raise ModelError(f'{name}: {len(start)} bytes are no Darknet weights')
    if start.isascii() and b'\0' not in start:  # which a version number is never without
        raise ModelError(f'{name}: text, not Darknet weights: it begins with {start.decode()!r}')
    major, minor, _ = np.frombuffer(start[:12], '<i4').tolist()
    return 20 if major * 10 + minor >= 2 else 16


def _channels_out(section: Section, channels: int, before: Sequence[Layer]) -> int:
    if section.kind not in LAYER_KINDS:
        raise section.error(f'is not supported; known: {", ".join(LAYER_KINDS)}')
    for name, (low, high) in RANGES.items():
        section.integer(name, low, low, high)
    if section.kind == 'route':
        channels = sum(before[i].channels_out for i in _sources(section, 'layers', len(before)))
        return _divided(section, channels)
    if section.kind == 'shortcut':
        _sources(section, 'from', len(before))
    if section.kind == 'convolutional':
        _divided(section, channels)
        return section.integer('filters', 1)
    return channels


def _sources(section: Section, option: str, position: int) -> list[int]:
    """Return the indices of the layers that a section names, negative ones counted back."""
    named = section.integers(option)
    if not named:
        raise section.error(f'lacks the option {option}')
    sources = [position + index if index < 0 else index for index in named]
    for index, source in zip(named, sources, strict=True):
        if not 0 <= source < position:
            raise section.error(f'{option}={index} names no layer before this one')
    return sources


def _divided(section: Section, channels: int) -> int:
    groups = section.integer('groups', 1)
    if channels % groups:
        raise section.error(f'groups={groups} does not divide {channels} channels')
    return channels // groups


def _head(layer: Layer) -> YoloHead:
    section = layer.section
    values = section.reals('anchors')
    pairs = list(zip(values[0::2], values[1::2], strict=False))
    mask = section.integers('mask') or list(range(len(pairs)))
    if not mask or min(mask) < 0 or max(mask) >= len(pairs):
        raise section.error(f'mask={mask} does not fit the {len(pairs)} anchors')
    head = YoloHead(
        anchors=tuple(pairs[index] for index in mask),
        classes=section.integer('classes', 20, low=1),
        scale_xy=section.real('scale_x_y', 1.0),
        new_coords=bool(section.integer('new_coords', 0)),
    )
    if head.channels != layer.channels_in:
        raise section.error(
            f'needs {head.channels} channels, {len(mask)} anchors x (5 + {head.classes} classes), '
            f'but the layer before gives {layer.channels_in}'
        )
    return head


def _own_size(net: Section) -> tuple[int, int]:
    width, height = net.integer('width', 416), net.integer('height', 416)
    for name, side in (('width', width), ('height', height)):
        if side % STRIDE or not 0 < side <= LARGEST_SIDE:
            raise net.error(f'{name}={side} is no multiple of {STRIDE} up to {LARGEST_SIDE}')
    return width, height


def _checked_size(size: Sequence[int]) -> tuple[int, int]:
    if len(size) > 2 or any(side % STRIDE or not 0 < side <= LARGEST_SIDE for side in size):
        raise ConfigurationError(
            f'input_size: {list(size)} is not one side, or width and height, in multiples of '
            f'{STRIDE} up to {LARGEST_SIDE}'
        )
    return size[0], size[-1]
