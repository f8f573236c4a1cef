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


"""What the outputs of a detection network mean; it travels in the metadata of an ONNX file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
import json
import math
from typing import Any

from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.wording import LONGEST, shown

RESIZES = ('stretch',)


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
    softmax : bool
        The class scores compete (YOLOv2); else each is a probability of its own.

    """

    anchors: tuple[tuple[float, float], ...]
    classes: int
    scale_xy: float = 1.0
    new_coords: bool = False
    softmax: bool = False

    @property
    def channels(self) -> int:
        """Channels of the output: box, objectness and class scores of each anchor."""
        return len(self.anchors) * (5 + self.classes)
