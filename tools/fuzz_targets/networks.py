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

"""Network files, and the decoders of what networks put out."""

from __future__ import annotations

from pathlib import Path

from darknet_families import FAMILIES, LAYERS
from darknet_files import random_weights, write_weights
from foreign_networks import CELLS, FORMS, HEIGHT, WIDTH, write_family
from fuzz_targets import Target, writing
from ncnn_exports import write_ultralytics
import numpy as np

from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.models.darknet.cfg import DarknetCfg
from yolo_deepsort_ros.models.darknet.graph import trace_layers
from yolo_deepsort_ros.models.darknet.layers import Convolution
from yolo_deepsort_ros.models.darknet.to_onnx import to_onnx
from yolo_deepsort_ros.models.darknet.weights import DarknetModel
from yolo_deepsort_ros.models.ncnn.ncnn_model import NcnnModel
from yolo_deepsort_ros.models.onnx.model import OnnxModel
from yolo_deepsort_ros.yolo.detection_model import DetectionModel
from yolo_deepsort_ros.yolo.families.family import Family, MISFITS, Recognised
from yolo_deepsort_ros.yolo.families.recognise import recognise
from yolo_deepsort_ros.yolo.measured_shapes import with_measured_shapes

MAX_WEIGHTS = 2**14  #: of a definition that is written as a network, which takes most of the time
WORDS = (
    '[net]', '[convolutional]', '[maxpool]', '[route]', '[shortcut]', '[upsample]', '[yolo]',
    '[region]', '[reorg]', '[dropout]', '[softmax]', 'layers=', 'from=', 'stride=', 'size=',
    'padding=', 'dilation=', 'groups=', 'group_id=', 'filters=', 'activation=mish', 'mask=',
    'anchors=', 'classes=', 'num=', 'width=', 'height=', 'letter_box=1', 'nms_kind=', 'scale_x_y=',
    'new_coords=1', 'batch_normalize=1', '2147483648', '-1', '1e999', 'nan', '65537', '1_000',
)
#: Numbers that decoders see seldom.
ODD = np.array(
    [np.nan, np.inf, -np.inf, 0.0, -1.0, 1e38, -1e38, 1e-45, 79.5, 2.0**31, 0.5, 1.0], np.float32)


def cfg(folder: Path) -> Target:
    """Return what follows a Darknet definition, and writes a small one as a network."""
    path = folder / 'a.cfg'

    def read(data: bytes) -> object:
        text = data.decode('utf-8-sig', errors='replace')
        operations = [layer.operation for layer in trace_layers(DarknetCfg.parse(text, 'a.cfg'))]
        convolutions = [part for part in operations if isinstance(part, Convolution)]
        if sum(part.weight_count for part in convolutions) > MAX_WEIGHTS:
            return None
        path.write_bytes(data)
        weights = write_weights(path.with_suffix('.weights'), *random_weights(text))
        return to_onnx(DarknetModel.read(path, weights))

    texts = [*FAMILIES.values(), *LAYERS.values()]
    return Target(read, [text.encode() for text in texts], [word.encode() for word in WORDS])


def weights(folder: Path) -> Target:
    """Return what reads weights; the first byte says of which network."""
    paths, seeds = [], []
    for number, text in enumerate([*FAMILIES.values(), *LAYERS.values()]):
        numbers = random_weights(text)
        if sum(part.size for part in numbers) > MAX_WEIGHTS:
            continue
        written = write_weights(
            folder / 'seed', *numbers, version=((0, 1), (0, 2))[number % 2]).read_bytes()
        seeds.append(bytes([len(paths)]) + written)
        paths.append(folder / f'{number}.cfg')
        paths[-1].write_text(text)
    file = folder / 'a.weights'

    def read(data: bytes) -> object:
        file.write_bytes(data[1:])
        return to_onnx(DarknetModel.read(paths[(data[:1] or b'\0')[0] % len(paths)], file))

    return Target(read, seeds, max_bytes=5 * MAX_WEIGHTS)


def recogniser(folder: Path) -> Target:
    """Return what recognises a network of any family in a file."""
    seeds = [write_family(folder, form).read_bytes() for form in FORMS]
    words = [
        b'detect', b'pose', b'Ultralytics', b'[-1, 0]', b'[1e999, 4]', b'{0: None}', b'{1: "a"}',
        b'{0: "a", 0: "b"}', b'(' * 60, b'9' * 60, b'names', b'stride', b'imgsz', b'task', b'nms',
        b'images', b'output0', b'Transpose', b'Exp', b'Sigmoid', b'Concat', b'labels', b'boxes',
    ]
    return Target(
        writing(folder / 'a.onnx', DetectionModel.read), seeds, words,
        max_bytes=max(map(len, seeds)) + 1000)


def ncnn(folder: Path) -> Target:
    """Return our reader of a network in ncnn's own text; ncnn itself is not fuzzed."""
    path = write_ultralytics(folder)
    words = [b'7767517', b'Input', b'MemoryData', b'in0', b'rows', b'0=', b'-1', b'2147483648']
    weights, seed = path.with_suffix('.bin'), path.read_bytes()
    return Target(
        writing(path, lambda path: NcnnModel.read_files(path, weights)), [seed], words,
        max_bytes=1000)


def decoders(folder: Path) -> Target:
    """
    Return what decodes outputs.

    The first byte says of which network; the second how sure, and whether a shape is another
    one than the network says; the third and fourth are that shape. What follows are numbers,
    over and over: a byte of up to 11 stands for an odd one, any other for one about zero.
    """
    known = [_known(OnnxModel.read(write_family(folder, form))) for form in FORMS]

    def read(data: bytes) -> object:
        head, values = data[:4].ljust(4, b'\0'), data[4:] or b'\x80'
        model, family, found = known[head[0] % len(known)]
        confidence = (0.0, 0.005, 0.4, 1.0)[head[1] % 4]
        is_odd, numbers = head[1] >= 128, np.frombuffer(values, np.uint8)
        outputs, as_said = [], not is_odd
        for tensor in model.outputs:
            as_said = as_said and any(tensor.shape)  # else it says no number of classes
            shape = [side or CELLS for side in tensor.shape]
            if is_odd:
                shape = [1, head[2] % 16, head[3] % 16][:head[2] // 64]
            raw = np.resize(numbers, int(np.prod(shape)))
            plain = np.sinh((raw.astype(np.float32) - 128) / 12)
            filled = np.where(raw < len(ODD), ODD[np.minimum(raw, len(ODD) - 1)], plain)
            outputs.append(filled.astype(np.float32).reshape(shape))
        with np.errstate(all='ignore'):
            try:
                got = family.decode(outputs, 0, found.conventions, (WIDTH, HEIGHT), confidence)
            except MISFITS:  # which the detector names
                return None
        assert np.isfinite(got.tlwh).all() and (got.tlwh[:, 2:] > 0).all(), 'boxes that are none'
        assert (got.scores >= confidence).all(), 'scores below the confidence'
        # Of outputs of another shape than it says the detector refuses the network.
        assert not as_said or ((got.class_ids >= 0) & (got.class_ids < found.classes)).all(), (
            'classes without a name')
        return got

    seeds = [bytes([number, 1, 0, 0, *range(20, 240, 7)]) for number in range(len(known))]
    return Target(read, [*seeds, b'\0\x80\x47\x05\x01\x02'], max_bytes=256)


def _known(model: OnnxModel) -> tuple[OnnxModel, Family, Recognised]:
    """Return a network with its family; it may have to run first to tell its shapes."""
    try:
        return model, *recognise(model)
    except ModelError:
        measured = with_measured_shapes(model)
        return measured, *recognise(measured)
