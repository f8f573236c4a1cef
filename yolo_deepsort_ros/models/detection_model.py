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


"""Detection networks from whatever files they come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from yolo_deepsort_ros.models.conventions import Conventions, input_size_of, YoloHead
from yolo_deepsort_ros.models.darknet.to_onnx import to_onnx
from yolo_deepsort_ros.models.darknet.weights import DarknetModel
from yolo_deepsort_ros.models.labels import find_labels
from yolo_deepsort_ros.models.onnx.model import OnnxModel


@dataclass(frozen=True, eq=False)
class DetectionModel:
    """
    A detection network, ready to be loaded.

    Attributes
    ----------
    onnx : OnnxModel
        The network as an ONNX file, read or made from others.
    heads : tuple of YoloHead
        One for each of its outputs, in their order.
    labels : tuple of str
        Names of its classes.
    input_size : (int, int)
        Width and height of its input in pixels.
    stride : int
        What the sides of its input are multiples of.
    resize : str
        How its pictures were made to fit the input, one of `config.RESIZES`.
    diou_beta : float
        How its boxes suppress each other; see `Conventions`.

    """

    onnx: OnnxModel
    heads: tuple[YoloHead, ...]
    labels: tuple[str, ...]
    input_size: tuple[int, int]
    stride: int
    resize: str
    diou_beta: float

    @classmethod
    def read(
        cls,
        path: Path,
        weights: Path | None = None,
        names: str = '',
        input_size: Sequence[int] = (),
        dynamic: bool = False,
        resize: str = 'auto',
    ) -> DetectionModel:
        """
        Read a network.

        Parameters
        ----------
        path, weights : Path
            A `.cfg` and its weights, or an `.onnx` and nothing.
        names : str
            Label file; empty leaves them to `find_labels`.
        input_size : sequence of int
            One side, or width and height, multiples of the network's stride; empty: its own.
        dynamic : bool
            Make of a Darknet network one that runs at any size.
        resize : str
            How pictures are to fit it; auto leaves it to the network.

        Raises
        ------
        ConfigurationError
            For an impossible input size.
        ModelError
            When a file cannot be read, or does not fit the others.

        """
        if weights is None:
            model = OnnxModel.read(path)
        else:
            darknet = DarknetModel.read(path, weights, input_size)
            labels = find_labels(names, path, darknet.classes)
            model = to_onnx(darknet, labels, dynamic, resize)
        said = Conventions.of(model)
        labels = find_labels(names, path, said.classes, said.labels)
        size = input_size_of(model, said.input_size, input_size, said.stride)
        return cls(
            model, said.heads, labels, size, said.stride,
            said.resize if resize == 'auto' else resize, said.diou_beta,
        )
