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

"""`detect`: find objects in pictures."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from yolo_deepsort_ros.cli.options import add_parameters, file_name, group_of, values_of
from yolo_deepsort_ros.config.node_configs import DetectorConfig
from yolo_deepsort_ros.sources.pictures import read_picture
from yolo_deepsort_ros.yolo.detector import Detector


def add_detect_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `detect` to the parsers of the other commands."""
    detect = commands.add_parser('detect', help='find objects in pictures')
    detect.add_argument('images', metavar='IMAGE', nargs='+', type=file_name)
    add_parameters(detect, 'model', 'weights', 'names', 'confidence', 'classes', 'backend')
    detect.set_defaults(run=_detect)


def _detect(args: argparse.Namespace) -> None:
    detector = Detector(config=group_of(DetectorConfig, values_of(args, [DetectorConfig])))
    for path in args.images:
        found = detector.detect(read_picture(Path(path)))
        rows = [
            {'class': detector.labels[kind], 'score': round(score, 4),
             'x': round(x, 2), 'y': round(y, 2), 'w': round(w, 2), 'h': round(h, 2)}
            for (x, y, w, h), score, kind in zip(
                found.tlwh.tolist(), found.scores.tolist(), found.class_ids.tolist(),
                strict=True,
            )
        ]
        print(json.dumps({'file': path, 'detections': rows}))
