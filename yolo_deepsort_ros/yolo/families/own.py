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

"""Networks that this package has written: their metadata says what their outputs mean."""

from __future__ import annotations

from collections.abc import Sequence

from yolo_deepsort_ros.models.conventions import Conventions, KEY
from yolo_deepsort_ros.models.onnx.model import OnnxModel
from yolo_deepsort_ros.yolo.decode import Candidates, decode as decode_heads
from yolo_deepsort_ros.yolo.families.family import Float32, Recognised

NAME = 'own'
SUPPRESSES = False
DYNAMIC_EXPORT = '--dynamic'


def recognise(model: OnnxModel, is_forced: bool) -> Recognised | None:
    """Read the metadata; of a foreign network that was exported it names the family."""
    if KEY not in model.metadata and not is_forced:
        return None
    said = Conventions.of(model)
    return Recognised(said, said.classes, 'metadata of this package')


def decode(
    outputs: Sequence[Float32],
    picture: int,
    conventions: Conventions,
    input_size: tuple[int, int],
    confidence: float,
) -> Candidates:
    """Decode the raw heads of a Darknet network."""
    heads = [output[picture] for output in outputs]
    return decode_heads(heads, conventions.heads, input_size, confidence)
