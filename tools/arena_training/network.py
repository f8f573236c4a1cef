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

from yolo_deepsort_ros.models.conventions import YoloHead
from yolo_deepsort_ros.models.darknet.cfg import DarknetCfg
from yolo_deepsort_ros.models.darknet.graph import trace_layers
from yolo_deepsort_ros.models.darknet.layers import (
    Convolution as ConvolutionLayer, Layer, MaxPool, Route, Upsample,
)
from yolo_deepsort_ros.models.darknet.weights import EPSILON

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
        self.heads = tuple(
            layer.operation for layer in self._layers if isinstance(layer.operation, YoloHead)
        )
        self._expect_few_objects()

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """Return the raw heads, (N, channels, rows, columns) each."""
        outputs: list[Tensor] = []
        for layer, part in zip(self._layers, self.parts, strict=True):
            values = [outputs[index] if index >= 0 else pictures for index in layer.sources]
            if isinstance(layer.operation, Route):
                taken = zip(values, layer.operation.channels, strict=True)
                values = [torch.cat([part[:, ids.start:ids.stop] for part, ids in taken], dim=1)]
            outputs.append(part(values[0]))
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

    def __init__(self, layer: ConvolutionLayer) -> None:
        super().__init__()
        self.kernels = nn.Conv2d(
            layer.channels, layer.filters, layer.size, layer.stride, layer.padding,
            groups=layer.groups, bias=not layer.normalised,
        )
        self.normalisation = nn.BatchNorm2d(layer.filters) if layer.normalised else None
        is_leaky = layer.activation == 'leaky'
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
            yield torch.as_tensor(norm.running_var) + norm.eps - EPSILON
        yield self.kernels.weight


def _is_head(layer: Layer) -> bool:
    return isinstance(layer.operation, YoloHead)


def _part(layer: Layer) -> nn.Module:
    operation = layer.operation
    if isinstance(operation, ConvolutionLayer) and operation.activation in ('leaky', 'linear'):
        return Convolution(operation)
    if isinstance(operation, MaxPool) and operation.size == operation.stride:
        return nn.MaxPool2d(operation.size)
    if isinstance(operation, Upsample):
        return nn.Upsample(scale_factor=operation.stride)
    if isinstance(operation, Route | YoloHead):
        return nn.Identity()
    raise layer.section.error('cannot be trained: take the section types of YOLOv4-tiny')
