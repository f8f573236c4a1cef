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
What goes into a detection network and what its outputs mean.

It travels as JSON in the metadata of an ONNX file, so that such a file alone is enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
import json
import math
from typing import Any

from yolo_deepsort_ros.config.network_config import RESIZES
from yolo_deepsort_ros.config.stage_configs import LocatingConfig
from yolo_deepsort_ros.error_text import quoted, shown
from yolo_deepsort_ros.errors import ConfigurationError, ModelError
from yolo_deepsort_ros.models.labels import CONTROL
from yolo_deepsort_ros.models.onnx.model import DYNAMIC, FLOAT16, FLOAT32, OnnxModel

KEY = 'yolo_deepsort_ros'  #: of the metadata
VERSION = 1  #: of what is written there
COLOUR, RANGE = 'RGB', [0, 1]  #: what own networks take in
COLOURS = (COLOUR, 'BGR')
OWN = 'own'  #: the family of networks with heads
MAX_SIDE = 4096  #: of the input, pixels
USUAL_STRIDE = 32  #: of a network that does not say its own
#: What reading a JSON document of any content may raise.
UNREADABLE = (
    AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError,
)


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
        The classes compete (YOLOv2); else each has a probability of its own.

    """

    anchors: tuple[tuple[float, float], ...]
    classes: int
    scale_xy: float = 1.0
    new_coords: bool = False
    softmax: bool = False

    def __post_init__(self) -> None:
        sides = [side for pair in self.anchors for side in pair]
        if not sides or not all(math.isfinite(side) and side > 0 for side in sides):
            raise ValueError('needs anchors of a positive width and height')
        if self.classes < 1 or not math.isfinite(self.scale_xy):
            raise ValueError('needs classes and a finite scale_x_y')

    @property
    def channels(self) -> int:
        """Channels of the output: box, objectness and class scores of each anchor."""
        return len(self.anchors) * (5 + self.classes)


@dataclass(frozen=True)
class Conventions:
    """
    What a detection network takes in and puts out, beside the tensors themselves.

    Attributes
    ----------
    heads : tuple of YoloHead
        One for each output.
    input_size : (int, int)
        Width and height of the input in pixels; of a network of any size, the usual one.
    labels : tuple of str
        Names of the classes; empty when nobody knows them.
    resize : str
        How its pictures were made to fit the input, one of `config.RESIZES`.
    stride : int
        What the sides of the input must be multiples of: the pixels that a cell of the coarsest
        layer stands for, or more.
    diou_beta : float
        Suppression takes the distance of the centres into account, to this power; 0: it does
        not. See `non_max_suppression`.
    family : str
        What its outputs are: the name of a module of `yolo.families`. Own ones have heads.
    variant : str
        Which of the family's forms.
    strides : tuple of int
        Pixels of the input that a cell of each output stands for; empty where none has cells.
    colour : str
        RGB or BGR, the order of the planes of the input.
    max_value : int
        What white is: 1 or 255.
    fill : int
        What the input holds where there is no picture, of 255.
    corner : bool
        Pictures lie at the top left of the input, not in its middle.
    foot_offset : float
        How far the floor lies below the boxes of its objects, as a share of their height.

    """

    heads: tuple[YoloHead, ...]
    input_size: tuple[int, int]
    labels: tuple[str, ...] = ()
    resize: str = 'stretch'
    stride: int = USUAL_STRIDE
    diou_beta: float = 0.0
    family: str = OWN
    variant: str = ''
    strides: tuple[int, ...] = ()
    colour: str = COLOUR
    max_value: int = RANGE[1]
    fill: int = 127
    corner: bool = False
    foot_offset: float = 0.0

    def __post_init__(self) -> None:
        if self.family == OWN and len({head.classes for head in self.heads}) != 1:
            raise ValueError('needs heads of the same number of classes')
        if self.labels and len(self.labels) != self.classes:
            raise ValueError(f'has {len(self.labels)} labels for {self.classes} classes')
        if any(map(CONTROL.search, self.labels)):
            raise ValueError('a label holds a control character')
        if self.resize not in RESIZES:
            raise ValueError(f'resize: {quoted(self.resize)} is none of {", ".join(RESIZES)}')
        if not 1 <= self.stride <= MAX_SIDE or not 0 <= self.diou_beta < math.inf:
            raise ValueError('needs a stride, and a finite diou_beta from 0 on')
        if self.colour not in COLOURS or self.max_value not in (1, 255):
            raise ValueError('another colour or range of the input than is supported')
        if not 0 <= self.fill <= 255 or not all(0 < side <= MAX_SIDE for side in self.strides):
            raise ValueError('needs a fill of 0 to 255, and strides in pixels')
        LocatingConfig.parameters()['foot_offset'].check(self.foot_offset)

    @property
    def classes(self) -> int:
        """Number of classes that the network tells apart."""
        return self.heads[0].classes if self.heads else len(self.labels)

    def to_metadata(self) -> dict[str, str]:
        """Return them as the metadata of an ONNX file."""
        content = {'version': VERSION, 'range': [0, self.max_value], **asdict(self)}
        del content['max_value']
        return {KEY: json.dumps(content, ensure_ascii=False)}

    @classmethod
    def of(cls, model: OnnxModel) -> Conventions:
        """
        Read them from an ONNX file.

        Raises
        ------
        ModelError
            When it has none, or they do not fit its outputs.

        """
        if KEY not in model.metadata:
            raise ModelError(
                f'{shown(model.path)}: does not say what its outputs mean: give an .onnx that '
                f'the command export has written'
            )
        try:
            conventions = cls._parse(json.loads(model.metadata[KEY]))
        except UNREADABLE as error:
            reason = shown(error)
            raise ModelError(f'{shown(model.path)}: damaged metadata: {reason}') from None
        if conventions.family != OWN:
            return conventions
        expected = [head.channels for head in conventions.heads]
        shapes = [tensor.shape for tensor in model.outputs]
        if [shape[1] if len(shape) == 4 else 0 for shape in shapes] != expected:
            outputs = ', '.join(map(str, model.outputs))
            raise ModelError(
                f'{shown(model.path)}: its outputs are {shown(outputs)}, its metadata says heads '
                f'of {expected} channels: export it again'
            )
        return conventions

    @classmethod
    def _parse(cls, content: Mapping[str, Any]) -> Conventions:
        if content['version'] != VERSION:
            raise ValueError(f'version {content["version"]!r}: made for another release')
        family = str(content.get('family', OWN))
        if family == OWN and (content['colour'] != COLOUR or content['range'] != RANGE):
            raise ValueError('another colour or range of the input than is supported')
        heads = tuple(
            YoloHead(
                anchors=tuple((float(width), float(height)) for width, height in head['anchors']),
                classes=int(head['classes']),
                scale_xy=float(head['scale_xy']),
                new_coords=bool(head['new_coords']),
                softmax=bool(head['softmax']),
            )
            for head in content['heads']
        )
        width, height = (int(side) for side in content['input_size'])
        labels = tuple(str(label) for label in content['labels'])
        stride = int(content.get('stride', USUAL_STRIDE))
        size = checked_size((width, height), stride)
        diou_beta = float(content.get('diou_beta', 0))
        return cls(
            heads, size, labels, content['resize'], stride, diou_beta, family,
            variant=str(content.get('variant', '')),
            strides=tuple(int(side) for side in content.get('strides', ())),
            colour=content['colour'], max_value=int(content['range'][1]),
            fill=int(content.get('fill', 127)), corner=bool(content.get('corner', False)),
            foot_offset=float(content.get('foot_offset', 0)),
        )


def checked_size(size: Sequence[int], stride: int) -> tuple[int, int]:
    """
    Return an input size as width and height in pixels.

    Parameters
    ----------
    size : sequence of int
        One side, or width and height.
    stride : int
        Of the network: what the sides must be multiples of.

    Raises
    ------
    ConfigurationError
        When it is no size of such a network.

    """
    if len(size) not in (1, 2) or any(
        side % stride or not 0 < side <= MAX_SIDE for side in size
    ):
        raise ConfigurationError(
            f'input_size: {list(size)} is not one side, or width and height, in multiples of '
            f'{stride} up to {MAX_SIDE}'
        )
    return size[0], size[-1]


def input_size_of(
    model: OnnxModel,
    usual: tuple[int, int],
    wanted: Sequence[int],
    stride: int = USUAL_STRIDE,
    export: str = '--dynamic',
) -> tuple[int, int]:
    """
    Return the width and height that pictures must get for a network.

    Parameters
    ----------
    model : OnnxModel
        The network.
    usual : (int, int)
        The size to take for a network that runs at any.
    wanted : sequence of int
        One side, or width and height; empty leaves it to the network.
    stride : int
        What the sides must be multiples of.
    export : str
        The option of its exporter with which it would run at any size; empty: there is none.

    Raises
    ------
    ConfigurationError
        When the network does not run at the size wanted.
    ModelError
        When the network takes in no pictures.

    """
    shapes = [tensor.shape for tensor in model.inputs]
    if len(shapes) != 1 or len(shapes[0]) != 4 or shapes[0][1] not in (DYNAMIC, 3):
        inputs = ', '.join(map(str, model.inputs))
        raise ModelError(f'{shown(model.path)}: takes in {shown(inputs)}, not pictures')
    if model.inputs[0].kind not in (FLOAT32, FLOAT16):
        raise ModelError(
            f'{shown(model.path)}: takes in {model.inputs[0]} of a type other than float32 and '
            f'float16: export it with a floating-point input'
        )
    batch, _, height, width = model.inputs[0].shape
    if batch > 1:
        raise ModelError(
            f'{shown(model.path)}: runs on batches of {batch} pictures only: export it for one'
        )
    if max(width, height) > MAX_SIDE:
        raise ModelError(
            f'{shown(model.path)}: takes in {width}x{height} pixels, the limit is {MAX_SIDE}'
        )
    size = checked_size(wanted, stride) if wanted else (width or usual[0], height or usual[1])
    if width not in (DYNAMIC, size[0]) or height not in (DYNAMIC, size[1]):
        remedy = f', or with {export}' if export else ''
        raise ConfigurationError(
            f'input_size: {shown(model.path)} runs at {width}x{height} only: export it with '
            f'input_size={size[0]},{size[1]}{remedy}'
        )
    return size
