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
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import YoloDeepsortError
from yolo_deepsort_ros.models.conventions import Conventions, input_size_of, OWN
from yolo_deepsort_ros.models.darknet.to_onnx import to_onnx
from yolo_deepsort_ros.models.darknet.weights import DarknetModel
from yolo_deepsort_ros.models.labels import find_labels, foreign_labels
from yolo_deepsort_ros.models.ncnn.ncnn_model import NcnnModel, SUFFIX as NCNN_SUFFIX
from yolo_deepsort_ros.models.onnx.edit import with_constant, with_metadata
from yolo_deepsort_ros.models.onnx.model import OnnxModel
from yolo_deepsort_ros.yolo.families.family import Family
from yolo_deepsort_ros.yolo.families.recognise import AUTO, recognise
from yolo_deepsort_ros.yolo.measured_shapes import with_measured_shapes, with_run_shapes


@dataclass(frozen=True, eq=False)
class DetectionModel:
    """
    A detection network, ready to be loaded.

    Attributes
    ----------
    onnx : OnnxModel
        The network as an ONNX file, read or made from others, with one input: pictures.
    conventions : Conventions
        What goes in and comes out, the labels, the size and the way of resizing to be used.
    family : Family
        What understands its outputs.
    recognised_by : str
        How the family was found, for people.
    uncertain : tuple of str
        What was assumed, for people.

    """

    onnx: OnnxModel
    conventions: Conventions
    family: Family
    recognised_by: str
    uncertain: tuple[str, ...]

    @classmethod
    def read(
        cls,
        path: Path,
        weights: Path | None = None,
        names: str = '',
        input_size: Sequence[int] = (),
        dynamic: bool = False,
        resize: str = 'auto',
        output_format: str = AUTO,
    ) -> DetectionModel:
        """
        Read a network.

        Parameters
        ----------
        path, weights : Path
            A `.cfg` or a `.param` and its weights, or an `.onnx` and nothing.
        names : str
            Label file; empty leaves them to `find_labels`.
        input_size : sequence of int
            One side, or width and height, multiples of the network's stride; empty: its own.
        dynamic : bool
            Make of a Darknet network one that runs at any size.
        resize : str
            How pictures are to fit it; auto leaves it to the network.
        output_format : str
            The family whose outputs an `.onnx` has; auto finds it.

        Raises
        ------
        ConfigurationError
            For an impossible input size or output format.
        ModelError
            When a file cannot be read, or does not fit the others.

        """
        if weights is None:
            model: OnnxModel = OnnxModel.read(path)
        elif path.suffix == NCNN_SUFFIX:
            model = with_run_shapes(NcnnModel.read_files(path, weights), input_size)
        else:
            darknet = DarknetModel.read(path, weights, input_size)
            labels = find_labels(names, path, darknet.classes)
            model = to_onnx(darknet, labels, dynamic, resize)
        try:
            family, found = recognise(model, output_format)
        except YoloDeepsortError:
            known = with_measured_shapes(model)
            if known is model:
                raise
            family, found = recognise(known, output_format)
        said, uncertain = found.conventions, found.uncertain
        if found.sizes_input:  # of pictures of one pixel: boxes are shares of any size
            model = with_constant(model, found.sizes_input, np.ones((1, 2), np.int64))
        if said.family == OWN:
            labels = find_labels(names, path, said.classes, said.labels)
        else:
            labels, assumed = foreign_labels(names, model.path, found.classes, said.labels)
            uncertain += (assumed,) if assumed else ()
        size = input_size_of(
            model, said.input_size, input_size, said.stride, family.DYNAMIC_EXPORT
        )
        return cls(
            model,
            replace(
                said, labels=labels, input_size=size,
                resize=said.resize if resize == 'auto' else resize,
            ),
            family, found.by, uncertain,
        )

    def described(self) -> str:
        """Return in one line what it is, how that was found and what was assumed."""
        said = self.conventions
        width, height = said.input_size
        line = (
            f'{shown(self.onnx.path)}: {self.family.NAME} by {self.recognised_by}: '
            f'{width}x{height}, {said.colour} 0 to {said.max_value}, {said.resize}, '
            f'{len(said.labels)} classes'
        )
        return f'{line}; assumed: {"; ".join(self.uncertain)}' if self.uncertain else line

    @property
    def is_foreign(self) -> bool:
        """Whether it came as a file that does not describe itself."""
        return self.conventions.family != OWN

    def self_described(self) -> OnnxModel:
        """Return it as a file that says all this."""
        if not self.is_foreign:
            return self.onnx
        return with_metadata(self.onnx, self.conventions.to_metadata())

    def with_foot_offset(self, offset: float) -> DetectionModel:
        """
        Return the same network, which carries another `Conventions.foot_offset`.

        Raises
        ------
        ConfigurationError
            When it is out of the range of the parameter.

        """
        said = replace(self.conventions, foot_offset=offset)
        onnx = with_metadata(self.onnx, said.to_metadata())
        return replace(self, onnx=onnx, conventions=said)
