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


"""What the layers of a Darknet network compute: the vocabulary of its graph."""

from __future__ import annotations

from dataclasses import dataclass
import math
from typing import NamedTuple

from yolo_deepsort_ros.models.conventions import YoloHead
from yolo_deepsort_ros.models.darknet.cfg import Section

PICTURE = -1  #: the source of a layer that takes in the picture


class Shape(NamedTuple):
    """The size of a feature map."""

    channels: int
    height: int
    width: int


@dataclass(frozen=True)
class Convolution:
    """A convolution of square kernels, normalised if so, and its activation."""

    filters: int
    channels: int  # of its input
    groups: int
    size: int
    stride: int
    padding: int
    activation: str
    normalised: bool

    @property
    def kernel_shape(self) -> tuple[int, int, int, int]:
        """Filters, channels of a group, height and width."""
        return self.filters, self.channels // self.groups, self.size, self.size

    @property
    def weight_count(self) -> int:
        """Numbers in the weights file: bias, scale, mean and variance, kernels."""
        return self.filters * (4 if self.normalised else 1) + math.prod(self.kernel_shape)


@dataclass(frozen=True)
class MaxPool:
    """The largest value of each square window; `before` and `after` pad the map's sides."""

    size: int
    stride: int
    before: int
    after: int


@dataclass(frozen=True)
class Route:
    """Some channels of each source, one source after the other; `parts` is 1 for all of them."""

    parts: int
    channels: tuple[range, ...]


@dataclass(frozen=True)
class Shortcut:
    """The sum of the sources, and an activation."""

    activation: str


@dataclass(frozen=True)
class Upsample:
    """Each value repeated in a square of `stride` x `stride`."""

    stride: int


@dataclass(frozen=True)
class Reorg:
    """
    Squares of `stride` x `stride` values become channels, in Darknet's own order (YOLOv2).

    Darknet takes the numbers of its input for a map of fewer channels and larger sides, and
    what it makes of them for one of more channels and smaller sides.
    """

    stride: int


@dataclass(frozen=True)
class Identity:
    """What acts in training only."""


Operation = Convolution | MaxPool | Route | Shortcut | Upsample | Reorg | Identity | YoloHead


@dataclass(frozen=True)
class Layer:
    """
    A section after `[net]`.

    Attributes
    ----------
    section : Section
        Where it stands in the definition.
    operation : Operation
        What it computes. A head computes nothing: its input is an output of the network.
    sources : tuple of int
        The layers whose outputs it takes in, by index; `PICTURE` is the network's input.
    shape : Shape
        The size of its output.

    """

    section: Section
    operation: Operation
    sources: tuple[int, ...]
    shape: Shape
