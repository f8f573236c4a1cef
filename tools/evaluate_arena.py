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
Measure a network on arenas that no training sees: AP50 by class, and its time.

    python3 tools/evaluate_arena.py [FILE.cfg]

Without a file it is the embedded network. It needs pycocotools beside what the package needs.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
import time

from arena_training.evaluation import average_precision, default_frames, MIN_CONFIDENCE
import cv2
import numpy as np

from yolo_deepsort_ros.inference.load import load_onnx
from yolo_deepsort_ros.models.darknet.to_onnx import to_onnx
from yolo_deepsort_ros.models.darknet.weights import DarknetModel
from yolo_deepsort_ros.models.registry import read_registry
from yolo_deepsort_ros.yolo.detector import Detector

REPETITIONS = 200  #: of the forward pass that is timed


def main() -> None:
    """Print the figures as one JSON object."""
    parser = argparse.ArgumentParser(description='Measure a network on fresh arenas.')
    parser.add_argument('cfg', type=Path, nargs='?', help='Darknet .cfg with .weights beside it')
    parser.add_argument('--first-seed', type=int, default=0)
    parser.add_argument('--seeds', type=int, default=10, help='arenas; 1000 pictures in all')
    arguments = parser.parse_args()
    cfg = arguments.cfg or read_registry()['arena-tiny'].path
    detector = Detector(cfg, confidence=MIN_CONFIDENCE)
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    figures = average_precision(detector, default_frames(seeds, 1000 // arguments.seeds))
    print(json.dumps({
        'ap50': {name: round(value, 4) for name, value in figures.items()},
        'forward_ms': round(_forward_ms(cfg), 2),
        'threads': cv2.getNumThreads(),
        'bytes': {path.name: path.stat().st_size for path in (cfg, cfg.with_suffix('.weights'))},
    }))


def _forward_ms(cfg: Path) -> float:
    """Return the median time of the network alone."""
    model = DarknetModel.read(cfg, cfg.with_suffix('.weights'))
    network = load_onnx(to_onnx(model), Detector(cfg).config)
    width, height = model.input_size
    picture = np.zeros((1, 3, height, width), np.float32)
    times = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        network.run(picture)
        times.append(time.perf_counter() - start)
    return float(np.median(times) * 1000)


if __name__ == '__main__':
    main()
