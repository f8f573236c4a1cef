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
        values, outputs, heads = pictures, [], []
        for layer, part in zip(self._layers, self.parts, strict=True):
            if layer.section.kind == 'route':
                values = _routed(layer.section, outputs)
            values = part(values)
            if _is_head(layer):
                heads.append(values)
            outputs.append(values)
        return heads

    def save(self, path: Path, pictures_seen: int) -> None:
        """Write a Darknet `.weights` file."""
        header = np.array([0, 2, 5], '<i4').tobytes() + np.array(pictures_seen, '<i8').tobytes()
        numbers = [values.detach().numpy().astype('<f4') for values in self._stored()]
        path.write_bytes(header + b''.join(values.tobytes() for values in numbers))

    def _stored(self) -> Iterator[Tensor]:
        """Yield the parameters in Darknet's order."""
        for part in self.parts:
            if not isinstance(part, nn.Sequential):
                continue
            convolution, normalisation = part[0], part[1]
            if isinstance(normalisation, nn.BatchNorm2d):
                yield normalisation.bias
                yield normalisation.weight
                yield normalisation.running_mean
                yield normalisation.running_var + normalisation.eps - DARKNET_EPSILON
            else:
                yield convolution.bias
            yield convolution.weight.contiguous()

    def _expect_few_objects(self) -> None:
        """Start from heads that see nothing, as most of a picture is background."""
        before_heads = (i - 1 for i, layer in enumerate(self._layers) if _is_head(layer))
        for index, head in zip(before_heads, self.heads, strict=True):
            bias = self.parts[index][0].bias.detach().view(len(head.anchors), -1)
            bias[:, 4] = np.log(RARE / (1 - RARE))


def _is_head(layer: Layer) -> bool:
    return layer.section.kind == 'yolo'


def _part(layer: Layer) -> nn.Module:
    section = layer.section
    size, stride = section.integer('size', 1), section.integer('stride', 1)
    if section.kind == 'convolutional':
        return _convolution(layer, size, stride)
    if section.kind == 'maxpool' and size == stride:
        return nn.MaxPool2d(size)
    if section.kind == 'upsample':
        return nn.Upsample(scale_factor=stride)
    if section.kind in ('route', 'yolo'):
        return nn.Identity()
    raise section.error('cannot be trained: take the section types of YOLOv4-tiny')


def _convolution(layer: Layer, size: int, stride: int) -> nn.Sequential:
    section = layer.section
    is_normalised = bool(section.integer('batch_normalize', 0))
    convolution = nn.Conv2d(
        layer.channels_in, layer.channels_out, size, stride, size // 2, bias=not is_normalised
    )
    parts: list[nn.Module] = [convolution]
    parts.append(nn.BatchNorm2d(layer.channels_out) if is_normalised else nn.Identity())
    if section.options.get('activation') == 'leaky':
        parts.append(nn.LeakyReLU(LEAKY_SLOPE, inplace=True))
    return nn.Sequential(*parts)


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
