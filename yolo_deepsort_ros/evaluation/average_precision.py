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


"""How well detections fit true boxes: average precision, by the library `pycocotools`."""

from __future__ import annotations

from collections.abc import Iterable
import contextlib
import io
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.boxes import Boxes
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.error_text import pip_install, quoted, shown
from yolo_deepsort_ros.errors import InputError, MissingDependencyError
from yolo_deepsort_ros.files import read_bytes

MIN_CONFIDENCE = 0.005  #: of the detections that average precision is computed with
MAX_FILE_BYTES = 2**20  #: bytes of a label file
ROUNDING = 1e-3  #: by which a tool that rounds may leave the picture


class TrueBoxes(NamedTuple):
    """
    What a picture shows: boxes (N, 4) in its pixels and their classes (N,).

    Those marked in `is_ignored` (N,) are the "crowd" of COCO: not asked for, and a detection
    most of which lies on one does not count.
    """

    tlwh: Boxes
    class_ids: NDArray[np.int64]
    is_ignored: NDArray[np.bool_] | None = None


def average_precision(truth: Iterable[TrueBoxes], found: Iterable[Detections]) -> dict[int, float]:
    """
    Measure AP50: the precision at 101 recalls, averaged, with IoU 0.5 for a match.

    Parameters
    ----------
    truth, found : iterable of TrueBoxes, iterable of Detections
        One for each picture, in the same order; detections from `MIN_CONFIDENCE` on.

    Returns
    -------
    dict
        By class index, for the classes of which there is a true box to find. AP50 of a detector is
        the mean over these; a class without a true box has none.

    Raises
    ------
    MissingDependencyError
        When `pycocotools` is not installed.

    """
    annotations: list[dict[str, Any]] = []
    rows = [np.zeros((0, 7))]
    count = 0
    for count, (true, seen) in enumerate(zip(truth, found, strict=True), start=1):
        ignored = np.zeros(len(true.tlwh), bool) if true.is_ignored is None else true.is_ignored
        for box, kind, is_ignored in zip(
            true.tlwh.tolist(), true.class_ids.tolist(), ignored.tolist(), strict=True
        ):
            annotations.append({
                'id': len(annotations) + 1, 'image_id': count, 'category_id': kind,
                'bbox': box, 'area': box[2] * box[3], 'iscrowd': int(is_ignored),
            })
        numbers = np.full(len(seen), count)
        rows.append(np.column_stack([numbers, seen.tlwh, seen.scores, seen.class_ids]))
    classes = sorted({item['category_id'] for item in annotations if not item['iscrowd']})
    dataset = {
        'images': [{'id': number} for number in range(1, count + 1)],
        'annotations': annotations, 'categories': [{'id': kind} for kind in classes],
    }
    detections = np.concatenate(rows)
    detections = detections[np.isin(detections[:, 6], classes)]
    if not len(detections):  # which pycocotools cannot score
        return dict.fromkeys(classes, 0.0)
    return dict(zip(classes, _scores(dataset, detections).tolist(), strict=True))


def read_yolo_labels(path: Path, size: tuple[int, int]) -> TrueBoxes:
    """
    Read the label file of a picture: class, centre x and y, width and height in each line.

    Parameters
    ----------
    path : Path
        Numbers but the class are shares of the picture's size.
    size : (int, int)
        Width and height of the picture in pixels.

    Raises
    ------
    InputError
        When the file cannot be read or is something else, pixels among it.

    """
    text = read_bytes(path, MAX_FILE_BYTES, InputError, 'give YOLO label files').decode('latin-1')
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    try:
        rows = np.array([line.split() for _, line in lines], float)
    except ValueError:
        raise InputError(f'{shown(path)}: not lines of five numbers, as YOLO labels are') from None
    rows = rows.reshape(-1, 5) if rows.size == 0 else rows
    if rows.shape[1] != 5 or not np.isfinite(rows).all():
        raise InputError(f'{shown(path)}: not lines of five numbers, as YOLO labels are')
    shares = rows[:, 1:]
    is_outside = np.any((shares < -ROUNDING) | (shares > 1 + ROUNDING), axis=1)
    for (number, line), is_wrong in zip(lines, is_outside, strict=True):
        if is_wrong:
            raise InputError(
                f'{shown(path)}, line {number}: {quoted(line.strip())} is not in shares of the '
                f'picture, from 0 to 1; divide pixels by its width and height'
            )
    extent = rows[:, 3:] * size
    return TrueBoxes(
        np.hstack([rows[:, 1:3] * size - extent / 2, extent]), rows[:, 0].astype(np.int64)
    )


def _scores(dataset: dict[str, Any], found: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return AP50 of each category, in their order."""
    try:
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    except ImportError as error:
        raise MissingDependencyError(
            f'AP50 needs the library pycocotools ({error}): {pip_install("pycocotools")}'
        ) from None
    with contextlib.redirect_stdout(io.StringIO()):  # which pycocotools talks to
        truth = COCO()
        truth.dataset = dataset
        truth.createIndex()
        scoring = COCOeval(truth, truth.loadRes(found), 'bbox')
        scoring.params.iouThrs = np.array([0.5])
        scoring.params.areaRng, scoring.params.areaRngLbl = [[0, 1e10]], ['all']
        scoring.params.maxDets = [100]
        scoring.evaluate()
        scoring.accumulate()
    precisions = scoring.eval['precision'][0, :, :, 0, 0]  # (101 recalls, categories)
    scores: NDArray[np.float64] = precisions.mean(axis=0)
    return scores
