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

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.evaluation.average_precision import (
    average_precision as average_precision_by_class,
)
from yolo_deepsort_ros.evaluation.average_precision import MIN_CONFIDENCE, TrueBoxes
from yolo_deepsort_ros.simulation.arena import Arena, CLASSES, Truth
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig
from yolo_deepsort_ros.yolo.detector import Detector

Labelled = tuple[NDArray[np.uint8], Truth]

SPAN = 1000  #: frames of each arena from which pictures are taken
ABSENT = -1.0  #: AP50 of a class of which there is no agent to find, as pycocotools has it

__all__ = ['MIN_CONFIDENCE', 'average_precision', 'default_frames']


def default_frames(seeds: Iterable[int], per_seed: int) -> Iterator[Labelled]:
    """Yield frames of default arenas: 8 agents, 640 x 480 pixels, 30 Hz, 1000 frames each."""
    for seed in seeds:
        arena = Arena(ArenaConfig(seed=seed))
        for index in range(0, SPAN, SPAN // per_seed):
            yield arena.render(index)


def average_precision(detector: Detector, labelled: Iterable[Labelled]) -> dict[str, float]:
    """
    Measure AP50 of each class and, as 'all', their mean, with pycocotools.

    Parameters
    ----------
    detector : Detector
        Its labels are those of the arena and its confidence is `MIN_CONFIDENCE`.
    labelled : iterable of (image, Truth)
        Agents marked as ignored are the "crowd" of COCO: not asked for, and a detection most
        of which lies on one does not count.

    """
    true, found = [], []
    for image, truth in labelled:
        true.append(TrueBoxes(truth.tlwh, truth.class_ids, truth.is_ignored))
        found.append(detector.detect(image))
    by_class = average_precision_by_class(true, found)
    scores = [by_class.get(index, ABSENT) for index in range(len(CLASSES))]
    return {**dict(zip(CLASSES, scores, strict=True)), 'all': float(np.mean(scores))}
