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


"""A Darknet network as a PyTorch module, and its weights as Darknet stores them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn, Tensor

from yolo_deepsort_ros.models.darknet import Layer, trace_layers, YoloHead
from yolo_deepsort_ros.models.darknet_cfg import DarknetCfg, Section

DARKNET_EPSILON = 1e-6  #: that Darknet and OpenCV add to a variance; PyTorch adds another
LEAKY_SLOPE = 0.1  #: of Darknet's leaky activation
RARE = 0.01  #: objectness that an untrained network gives each box


class DarknetModule(nn.Module):
    """
    A network that does what the sections of a `.cfg` say, one after the other.

    Parameters
    ----------
    cfg : DarknetCfg
        Of the section types of YOLOv4-tiny: others are refused with a ModelError.

    Attributes
    ----------
    heads : tuple of YoloHead
        One for each output, in their order.

    """

    def __init__(self, cfg: DarknetCfg) -> None:
        super().__init__()
        self._layers = trace_layers(cfg)
        self.parts = nn.ModuleList(_part(layer) for layer in self._layers)
        self.heads = tuple(_head(layer) for layer in self._layers if _is_head(layer))
        self._expect_few_objects()

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """Return the raw heads, (N, channels, rows, columns) each."""
        values = pictures
        outputs: list[Tensor] = []
        for layer, part in zip(self._layers, self.parts, strict=True):
            if layer.section.kind == 'route':
                values = _routed(layer.section, outputs)
            values = part(values)
            outputs.append(values)
        return [
            output for layer, output in zip(self._layers, outputs, strict=True) if _is_head(layer)
        ]

    def save(self, path: Path, pictures_seen: int) -> None:
        """Write a Darknet `.weights` file."""
        header = np.array([0, 2, 5], '<i4').tobytes() + np.array(pictures_seen, '<i8').tobytes()
        numbers = [
            values.detach().contiguous().numpy().astype('<f4').tobytes()
            for part in self.parts if isinstance(part, Convolution) for values in part.stored()
        ]
        path.write_bytes(header + b''.join(numbers))

    def _expect_few_objects(self) -> None:
        """Start from heads that see nothing, as most of a picture is background."""
        last = [
            part for part, after in zip(self.parts, self._layers[1:], strict=False)
            if _is_head(after) and isinstance(part, Convolution)
        ]
        for part, head in zip(last, self.heads, strict=True):
            if part.kernels.bias is not None:
                bias = part.kernels.bias.detach().view(len(head.anchors), -1)
                bias[:, 4] = np.log(RARE / (1 - RARE))


class Convolution(nn.Module):
    """A convolution, normalised or with a bias, and its activation."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        section, channels = layer.section, layer.channels_out
        size, stride = section.integer('size', 1), section.integer('stride', 1)
        is_normalised = bool(section.integer('batch_normalize', 0))
        self.kernels = nn.Conv2d(
            layer.channels_in, channels, size, stride, size // 2, bias=not is_normalised
        )
        self.normalisation = nn.BatchNorm2d(channels) if is_normalised else None
        is_leaky = section.options.get('activation') == 'leaky'
        self.activation = nn.LeakyReLU(LEAKY_SLOPE, inplace=True) if is_leaky else nn.Identity()

    def forward(self, values: Tensor) -> Tensor:
        """Return the next feature map."""
        values = self.kernels(values)
        if self.normalisation is not None:
            values = self.normalisation(values)
        return torch.as_tensor(self.activation(values))

    def stored(self) -> Iterator[Tensor]:
        """Yield the parameters in Darknet's order."""
        norm = self.normalisation
        if norm is None:
            yield torch.as_tensor(self.kernels.bias)
        else:
            yield from (norm.bias, norm.weight, torch.as_tensor(norm.running_mean))
            yield torch.as_tensor(norm.running_var) + norm.eps - DARKNET_EPSILON
        yield self.kernels.weight


def _is_head(layer: Layer) -> bool:
    return layer.section.kind == 'yolo'


def _part(layer: Layer) -> nn.Module:
    section = layer.section
    size, stride = section.integer('size', 1), section.integer('stride', 1)
    if section.kind == 'convolutional':
        return Convolution(layer)
    if section.kind == 'maxpool' and size == stride:
        return nn.MaxPool2d(size)
    if section.kind == 'upsample':
        return nn.Upsample(scale_factor=stride)
    if section.kind in ('route', 'yolo'):
        return nn.Identity()
    raise section.error('cannot be trained: take the section types of YOLOv4-tiny')


def _routed(section: Section, outputs: list[Tensor]) -> Tensor:
    joined = torch.cat([outputs[index] for index in section.integers('layers')], dim=1)
    groups = section.integer('groups', 1)
    return joined.chunk(groups, dim=1)[section.integer('group_id', 0)]


def _head(layer: Layer) -> YoloHead:
    section = layer.section
    anchors = np.reshape(section.reals('anchors'), (-1, 2))[section.integers('mask')]
    return YoloHead(
        anchors=tuple((width, height) for width, height in anchors.tolist()),
        classes=section.integer('classes', 20),
        scale_xy=section.real('scale_x_y', 1.0),
    )
