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


"""How well a detector finds the agents of arenas that it was not trained on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import contextlib
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from yolo_deepsort_ros.arena import Arena, CLASSES, Truth
from yolo_deepsort_ros.source_config import ArenaConfig
from yolo_deepsort_ros.yolo.detector import Detector

Labelled = tuple[NDArray[np.uint8], Truth]

SPAN = 1000  #: frames of each arena from which pictures are taken
LEAST_CONFIDENCE = 0.005  #: of a detection that average precision is computed with


def default_frames(seeds: Iterable[int], per_seed: int) -> Iterator[Labelled]:
    """Yield frames of default arenas: 8 agents, 640 x 480 pixels, 30 Hz, 1000 frames each."""
    for seed in seeds:
        arena = Arena(ArenaConfig(arena_seed=seed))
        for index in range(0, SPAN, SPAN // per_seed):
            yield arena.render(index)


def average_precision(detector: Detector, labelled: Iterable[Labelled]) -> dict[str, float]:
    """
    Measure AP50 of each class and, as 'all', their mean, with pycocotools.

    Parameters
    ----------
    detector : Detector
        Its labels are those of the arena and its confidence is `LEAST_CONFIDENCE`.
    labelled : iterable of (image, Truth)
        Agents marked as ignored are the "crowd" of COCO: not asked for, and a detection most
        of which lies on one does not count.

    """
    annotations: list[dict[str, Any]] = []
    found = []
    for number, (image, truth) in enumerate(labelled):
        for label, box, is_ignored in zip(
            truth.class_ids.tolist(), truth.tlwh.tolist(), truth.is_ignored.tolist(), strict=True
        ):
            annotations.append({
                'id': len(annotations) + 1, 'image_id': number, 'category_id': label,
                'bbox': box, 'area': box[2] * box[3], 'iscrowd': int(is_ignored),
            })
        seen = detector.detect(image)
        numbers = np.full(len(seen), number)
        found.append(np.column_stack([numbers, seen.tlwh, seen.scores, seen.class_ids]))
    categories = [{'id': index, 'name': name} for index, name in enumerate(CLASSES)]
    images = [{'id': number} for number in range(len(found))]
    dataset = {'images': images, 'annotations': annotations, 'categories': categories}
    detections = np.concatenate(found)
    if not len(detections):  # which pycocotools cannot score
        return dict.fromkeys((*CLASSES, 'all'), 0.0)
    return _score(dataset, detections)


def _score(dataset: dict[str, Any], found: NDArray[np.float64]) -> dict[str, float]:
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
    by_class = scoring.eval['precision'][0, :, :, 0, 0].mean(axis=0)  # over 101 recalls
    return {**dict(zip(CLASSES, by_class.tolist(), strict=True)), 'all': float(by_class.mean())}
