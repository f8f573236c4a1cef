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
Our detector, as a measured process.

    python3 detector_variant.py PICTURE.npy PARAMETERS

PARAMETERS are those of `Detector`, as JSON.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
import json
from pathlib import Path
import sys
import time
from typing import Any

from measured_process import peak_rss_mb, seconds_of, serve
import numpy as np

from yolo_deepsort_ros import Detector
from yolo_deepsort_ros.sources.pictures import read_picture
from yolo_deepsort_ros.yolo import detector as stages_of


class Stages:
    """Collects how long the calls of some functions take."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, list[float]] = defaultdict(list)

    def watch(self, owner: Any, function: str, stage: str) -> None:
        """Put a function that takes the time in the place of another."""
        original: Callable[..., Any] = getattr(owner, function)

        def timed(*arguments: Any) -> Any:
            start = time.perf_counter()
            result = original(*arguments)
            self.seconds[stage].append(time.perf_counter() - start)
            return result

        setattr(owner, function, timed)

    def all_but(self, stage: str) -> list[float]:
        """Return the time of each whole call without a stage."""
        both = zip(self.seconds['whole'], self.seconds[stage], strict=True)
        return [whole - part for whole, part in both]


def main() -> None:
    """Answer questions."""
    frame = np.load(sys.argv[1])
    parameters = json.loads(sys.argv[2])
    detector = Detector(**parameters)
    stages = Stages()
    stages.watch(detector._preprocessor, 'batch', 'preprocess')
    stages.watch(detector._network, 'run', 'forward')
    stages.watch(detector, '_decode', 'decode')
    stages.watch(stages_of, 'non_max_suppression', 'nms')
    stages.watch(detector, 'detect', 'whole')

    def found(paths: list[str], least: float) -> list[list[list[float]]]:
        other = Detector(**parameters, confidence=least)
        seen = [other.detect(read_picture(Path(path))) for path in paths]
        return [
            np.column_stack([one.tlwh, one.scores, one.class_ids]).tolist() for one in seen
        ]

    serve({'name': detector.backend}, {
        'seconds': lambda calls: seconds_of(lambda: detector.detect(frame), calls),
        'stages': lambda: {**stages.seconds, 'all_but_forward': stages.all_but('forward')},
        'peak_rss_mb': peak_rss_mb,
        'found': found,
    })


if __name__ == '__main__':
    main()
