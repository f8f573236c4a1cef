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

"""The names of a network's classes."""

from __future__ import annotations

import os
from pathlib import Path
import re

from yolo_deepsort_ros.error_text import quoted, shown
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.files import read_bytes, user_path

MAX_FILE_BYTES = 2**20  #: bytes of a label file
#: What no label holds: it would break lines of logs, terminals and pages.
CONTROL = re.compile(r'[\x00-\x1f\x7f-\x9f]')

#: The 80 classes of COCO as Darknet names them, in its order.
COCO_LABELS = tuple(
    """
    person, bicycle, car, motorbike, aeroplane, bus, train, truck, boat, traffic light,
    fire hydrant, stop sign, parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant,
    bear, zebra, giraffe, backpack, umbrella, handbag, tie, suitcase, frisbee, skis, snowboard,
    sports ball, kite, baseball bat, baseball glove, skateboard, surfboard, tennis racket,
    bottle, wine glass, cup, fork, knife, spoon, bowl, banana, apple, sandwich, orange,
    broccoli, carrot, hot dog, pizza, donut, cake, chair, sofa, pottedplant, bed, diningtable,
    toilet, tvmonitor, laptop, mouse, remote, keyboard, cell phone, microwave, oven, toaster,
    sink, refrigerator, book, clock, vase, scissors, teddy bear, hair drier, toothbrush
    """.replace('\n', ' ').replace('  ', '').strip().split(', ')
)


def find_labels(
    names: str, model: str | Path, classes: int, own: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """
    Find the labels of a network.

    Parameters
    ----------
    names : str
        Label file, one label a line; empty: the network's own, else `<model>.names` or
        `coco.names` beside the model, else the COCO labels when there are 80 classes.
    model : str or Path
        The network's file.
    classes : int
        How many labels there must be.
    own : tuple of str
        Those in the network's metadata.

    Raises
    ------
    ModelError
        When no labels are found, or their number is wrong.

    """
    if own and not names:
        return own
    model = Path(model)
    beside = (model.with_suffix('.names'), model.with_name('coco.names'))
    path = user_path(names) if names else next(filter(os.path.isfile, beside), None)
    if path is None and classes == len(COCO_LABELS):
        return COCO_LABELS
    if path is None:
        raise ModelError(
            f'{shown(model)}: no labels for its {classes} classes: pass names, a file with one '
            f'a line'
        )
    labels = _read(path)
    if len(labels) != classes:
        raise ModelError(
            f'{shown(path)}: {len(labels)} labels, but {shown(model.name)} has {classes} '
            f'classes: pass names, the label file that belongs to it'
        )
    return labels


def foreign_labels(
    names: str, model: str, classes: int, own: tuple[str, ...]
) -> tuple[tuple[str, ...], str]:
    """
    Return the labels of a network that somebody else has exported, and what was assumed.

    Parameters
    ----------
    names : str
        Label file, as for `find_labels`; empty: the network's own, else the COCO labels when
        there are 80 classes or nobody knows how many, else `class_0`, `class_1`, ….
    model : str
        The network's file.
    classes : int
        How many labels there must be; 0: the outputs do not tell.
    own : tuple of str
        Those in the network's metadata.

    """
    if names:
        return find_labels(names, model, classes) if classes else _read(user_path(names)), ''
    if own:
        return own, ''
    if classes in (0, len(COCO_LABELS)):
        return COCO_LABELS, '' if classes else 'that its classes are the 80 of COCO'
    return tuple(f'class_{index}' for index in range(classes)), 'the names of its classes'


def _read(path: Path) -> tuple[str, ...]:
    content = read_bytes(path, MAX_FILE_BYTES, ModelError, 'give a label file')
    try:
        lines = re.split('\r\n?|\n', content.decode('utf-8-sig'))
    except UnicodeDecodeError:
        raise ModelError(f'{shown(path)}: not a text file; give a label file in UTF-8') from None
    for number, line in enumerate(lines, start=1):
        if CONTROL.search(line.strip()):
            raise ModelError(
                f'{shown(path)}: line {number}: {quoted(line.strip(), 40)} holds a control '
                f'character; give a label file in UTF-8, one label a line'
            )
    return tuple(line.strip() for line in lines if line.strip())
