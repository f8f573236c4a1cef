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


"""`foot-offset`: measure how far the floor lies below a detector's boxes."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.evaluation.mot import read_mot
from yolo_deepsort_ros.locating.foot_offset import FEW, measure_foot_offset


def add_foot_offset_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `foot-offset` to the parsers of the other commands."""
    measure = commands.add_parser(
        'foot-offset', help="measure how far the floor lies below a detector's boxes")
    measure.add_argument(
        '--gt', metavar='FILE', required=True, action='append',
        help='ground truth as MOT rows; again for each sequence',
    )
    measure.add_argument(
        '--boxes', metavar='FILE', required=True, action='append',
        help='MOT rows of the detector, or of tracks of it; one for each --gt',
    )
    measure.set_defaults(run=_measure)


def _measure(args: argparse.Namespace) -> None:
    if len(args.gt) != len(args.boxes):
        raise ConfigurationError(
            f'--gt, --boxes: {len(args.gt)} and {len(args.boxes)} files do not pair'
        )
    pairs = zip(args.gt, args.boxes, strict=True)
    found = measure_foot_offset((read_mot(gt), read_mot(boxes)) for gt, boxes in pairs)
    if found.boxes < FEW:
        print(f'foot-offset: only {found.boxes} boxes: give longer sequences', file=sys.stderr)
    print(json.dumps({
        'foot_offset': round(found.offset, 4),
        'quartiles': [round(value, 4) for value in found.quartiles],
        'boxes': found.boxes,
    }))
