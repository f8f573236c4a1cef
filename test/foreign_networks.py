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

"""Small networks that put out what those of other people's exporters do, whatever they see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.models.onnx.writer import GraphWriter

FLOAT32, INT64, FLOAT16 = 1, 7, 10  #: TensorProto.DataType
WIDTH, HEIGHT = 96, 64  #: of their input, pixels
STRIDES = (8, 16, 32)
CELLS = sum((WIDTH // stride) * (HEIGHT // stride) for stride in STRIDES)
ULTRALYTICS = {
    'author': 'Ultralytics', 'task': 'detect', 'stride': '32', 'imgsz': f'[{HEIGHT}, {WIDTH}]',
    'description': 'Ultralytics YOLO11n model', 'names': "{0: 'cup', 1: 'fork', 2: 'dish'}",
}
#: What the networks find: centre and size in pixels of the input, score, class.
OBJECTS = ((30.0, 20.0, 12.0, 8.0, 0.9, 2), (70.0, 44.0, 20.0, 16.0, 0.6, 0))


def write_network(
    path: Path,
    outputs: Mapping[str, NDArray[np.floating]],
    metadata: Mapping[str, str] | None = None,
    shape: Sequence[int | str] = (1, 3, HEIGHT, WIDTH),
    ending: str = '',
    kind: int = FLOAT32,
    sizes: bool = False,
    integers: Sequence[str] = (),
    declared: Mapping[str, Sequence[int | str]] | None = None,
) -> Path:
    """
    Write a network; return its path.

    Parameters
    ----------
    path : Path
        The file.
    outputs : mapping of str to ndarray
        What it puts out for a picture, with a first axis of 1; where the input's batch varies,
        so does the outputs'.
    metadata : mapping of str to str
        Of the file.
    shape : sequence of int or str
        Of the input.
    ending : str
        Transpose: the last operator is one. Exp, Conv: there is one in it.
    kind : int
        Type of the input and the outputs.
    sizes : bool
        Multiply `boxes` by an input for the picture's size.
    integers : sequence of str
        Outputs that are integers.
    declared : mapping
        Shapes of outputs that are not what they say.

    """
    graph = GraphWriter()
    source = graph.add_input('images', shape, kind)
    if kind != FLOAT32:
        source = graph.add_node('Cast', [source], 'floating', to=FLOAT32)
    if ending == 'Conv':
        kernels = graph.add_weights('kernels', np.eye(3, dtype=np.float32)[..., None, None])
        source = graph.add_node('Conv', [source, kernels], 'seen')
    mean = graph.add_node('GlobalAveragePool', [source], 'means')
    nothing = graph.add_node(
        'Mul', [mean, graph.add_weights('zeros', np.zeros((1, 3, 1, 1), np.float32))], 'nothings',
    )
    zero = graph.add_node('ReduceMean', [nothing], 'zero', axes=[1], keepdims=1)
    if ending == 'Exp':
        zero = graph.add_node('Mul', [graph.add_node('Exp', [zero], 'exponential'), zero], 'none')
    if sizes:
        given = graph.add_input('orig_target_sizes', ('batch', 2), INT64)
        whole = graph.add_node('Cast', [given], 'sides', to=FLOAT32)
        twice = graph.add_node('Concat', [whole, whole], 'corners', axis=1)
        form = graph.add_weights('corner.shape', np.array([-1, 1, 4], np.int64))
        graph.add_node('Reshape', [twice, form], 'scale')
    for name, values in outputs.items():
        form = graph.add_weights(f'{name}.shape', np.array([-1, *[1] * (values.ndim - 1)]))
        start = graph.add_node('Reshape', [zero, form], f'{name}.zero')
        is_turned = ending == 'Transpose'
        held = np.ascontiguousarray(values.swapaxes(1, 2) if is_turned else values, np.float32)
        value = graph.add_node(
            'Add', [start, graph.add_weights(f'{name}.values', held)], f'{name}.sum')
        if sizes and name == 'boxes':
            value = graph.add_node('Mul', [value, 'scale'], 'boxes.scaled')
        own = INT64 if name in integers else kind
        if is_turned:
            if own != FLOAT32:
                value = graph.add_node('Cast', [value], f'{name}.cast', to=own)
            graph.add_node('Transpose', [value], name, perm=[0, 2, 1])
        elif own == FLOAT32:
            graph.add_node('Identity', [value], name)
        else:
            graph.add_node('Cast', [value], name, to=own)
        whole_shape = (shape[0] if values.ndim > 2 else values.shape[0], *values.shape[1:])
        graph.add_output(name, (declared or {}).get(name, whole_shape), own)
    path.write_bytes(graph.content(metadata or {}))
    return path


def centred_rows(objects: Sequence[tuple[float, ...]] = OBJECTS) -> NDArray[np.float64]:
    """Return centre and size of each object, shape (N, 4)."""
    return np.array([found[:4] for found in objects])


def cornered_rows(objects: Sequence[tuple[float, ...]] = OBJECTS) -> NDArray[np.float64]:
    """Return the two corners of each object, shape (N, 4)."""
    rows = centred_rows(objects)
    return np.hstack([rows[:, :2] - rows[:, 2:] / 2, rows[:, :2] + rows[:, 2:] / 2])


def class_rows(classes: int, least: float = 0.01) -> NDArray[np.float64]:
    """Return the score of each class for each object, shape (N, classes)."""
    rows = np.full((len(OBJECTS), classes), least)
    for row, (*_, score, index) in zip(rows, OBJECTS, strict=True):
        row[int(index)] = score
    return rows


def padded(rows: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return so many rows, the others without a score, with a first axis of 1."""
    filled = np.zeros((count, rows.shape[1]))
    filled[:, :4] = 1
    filled[7:7 + len(rows)] = rows
    return filled[None]


def grid_rows(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows in pixels as YOLOX has them, in cells, each in the cell of its centre."""
    filled = np.zeros((CELLS, rows.shape[1]))
    start = (WIDTH // 8) * (HEIGHT // 8)  # the cells of stride 16 begin here
    for row in rows:
        column, line = int(row[0] // 16), int(row[1] // 16)
        box = [row[0] / 16 - column, row[1] / 16 - line, *np.log(row[2:4] / 16)]
        filled[start + line * (WIDTH // 16) + column] = [*box, *row[4:]]
    return filled[None]


def with_objectness(rows: NDArray[np.float64], classes: int) -> NDArray[np.float64]:
    """Return boxes with an objectness of 0.95 and classes that make the scores of the objects."""
    return np.hstack([rows, np.full((len(rows), 1), 0.95), class_rows(classes) / 0.95])


def logits(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what a sigmoid makes those probabilities of."""
    return np.log(probabilities / (1 - probabilities))


def write_family(folder: Path, name: str, kind: int = FLOAT32) -> Path:
    """Write a network of a form that `FORMS` names, with numbers of a type; return its path."""
    write = partial(write_network, kind=kind)
    sides = np.array([WIDTH, HEIGHT, WIDTH, HEIGHT])
    centred, cornered = centred_rows(), cornered_rows()
    scores = np.array([[found[4]] for found in OBJECTS])
    numbers = np.array([[float(found[5])] for found in OBJECTS])
    names = {'names': ULTRALYTICS['names']}
    path = folder / f'{name.replace(" ", "_")}.onnx'
    raw = padded(np.hstack([centred, class_rows(3)]), CELLS).swapaxes(1, 2)
    flat = padded(np.hstack([cornered, scores, numbers]), 300)
    objects = with_objectness(centred, 3)
    queries = padded(np.hstack([centred / sides, class_rows(3)]), 300)
    if name == 'ultralytics':
        return write(path, {'output0': raw}, ULTRALYTICS)
    if name == 'ultralytics bare':
        return write(path, {'output0': raw})
    if name == 'ultralytics dynamic':
        shape = ('batch', 3, 'height', 'width')
        return write(path, {'output0': raw}, ULTRALYTICS, shape,
                     declared={'output0': ('batch', 7, 'anchors')})
    if name.endswith('of no sides') and 'yolox' not in name and 'logits' not in name:
        shape, sides = ('batch', 3, 'height', 'width'), {'output0': ('batch', 'rows', 'columns')}
        if name.startswith('detr'):
            said = {**ULTRALYTICS, 'description': 'Ultralytics RT-DETR-l model'}
            return write(path, {'output0': queries}, said, shape, declared=sides)
        if name.startswith('ultralytics end2end'):
            said = {**ULTRALYTICS, 'args': "{'batch': 1, 'nms': True}"}
            return write(path, {'output0': flat}, said, shape, declared=sides)
        return write(path, {'output0': raw}, ULTRALYTICS, shape, declared=sides)
    if name == 'ultralytics half':
        return write(path, {'output0': raw}, ULTRALYTICS, kind=FLOAT16)
    if name == 'ultralytics end2end':
        said = {**ULTRALYTICS, 'end2end': 'True'}
        return write(path, {'output0': flat}, said)
    if name == 'yolov5':
        rows = padded(objects, 3 * CELLS)
        return write(path, {'output0': rows}, {'stride': '32', 'names': str(['cup'] * 3)})
    if name == 'yolov7':
        return write(path, {'output': padded(objects, 3 * CELLS)}, names)
    if name == 'yolov7 end2end':
        rows = np.hstack([np.zeros((len(OBJECTS), 1)), cornered, numbers, scores])
        return write(path, {'output': rows}, names)
    if name == 'yolov7 TensorRT':
        return write(path, {
            'num_dets': np.array([[2.0]]), 'det_boxes': flat[:, 7:, :4],
            'det_scores': flat[:, 7:, 4], 'det_classes': flat[:, 7:, 5],
        }, names, integers=('num_dets', 'det_classes'))
    if name == 'yolox':
        return write(path, {'output': grid_rows(objects)}, names, ending='Transpose')
    if name == 'detr rows':
        said = {**ULTRALYTICS, 'description': 'Ultralytics rtdetr-l model', 'head': 'RTDETR'}
        rows = padded(np.hstack([centred / sides, scores, numbers]), 300)
        return write(path, {'output0': rows}, said)
    if name == 'yolox of no sides':
        return write(
            path, {'output': grid_rows(objects)}, names, ('batch', 3, HEIGHT, WIDTH),
            ending='Transpose', declared={'output': ('batch', 'rows', 'columns')})
    if name == 'detr logits of no sides':
        return write(path, {
            'logits': logits(np.clip(queries[..., 4:], 1e-6, 1 - 1e-6)),
            'pred_boxes': queries[..., :4],
        }, names, ('batch', 'channels', HEIGHT, WIDTH),
            declared={'pred_boxes': ('batch', 'queries', 'sides')})
    if name == 'yolox in pixels':
        return write(path, {'output': padded(objects, CELLS)}, names, ending='Exp')
    if name == 'detr':
        return write(path, {
            'labels': flat[..., 5], 'boxes': padded(cornered / sides, 300), 'scores': flat[..., 4],
        }, names, sizes=True, integers=('labels',))
    if name == 'detr logits':
        return write(path, {
            'logits': logits(np.clip(queries[..., 4:], 1e-6, 1 - 1e-6)),
            'pred_boxes': queries[..., :4],
        }, names)
    if name == 'detr joined':
        said = {**ULTRALYTICS, 'description': 'Ultralytics RT-DETR-l model'}
        return write(path, {'output0': queries}, said)
    raise KeyError(name)


#: Each form, and the family that it is.
FORMS = {
    'ultralytics': 'ultralytics', 'ultralytics bare': 'ultralytics',
    'detr rows': 'detr', 'yolox of no sides': 'yolox', 'detr logits of no sides': 'detr',
    'ultralytics of no sides': 'ultralytics', 'detr of no sides': 'detr',
    'ultralytics end2end of no sides': 'ultralytics_end2end',
    'ultralytics dynamic': 'ultralytics', 'ultralytics half': 'ultralytics',
    'ultralytics end2end': 'ultralytics_end2end', 'yolov5': 'yolov5', 'yolov7': 'yolov5',
    'yolov7 end2end': 'yolov7_end2end', 'yolov7 TensorRT': 'yolov7_end2end', 'yolox': 'yolox',
    'yolox in pixels': 'yolox', 'detr': 'detr', 'detr logits': 'detr', 'detr joined': 'detr',
}
