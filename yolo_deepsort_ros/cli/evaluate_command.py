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

"""`evaluate`: compare tracks with the ground truth."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

import numpy as np

from yolo_deepsort_ros.evaluation.mot import MotRows, read_mot
from yolo_deepsort_ros.evaluation.tracking_metrics import considered, evaluate
from yolo_deepsort_ros.evaluation.truth_formats import AUTO, find_format, FORMAT_NAMES, TruthFormat

MAX_IGNORED = 0.5  #: share of the truth that may count for nothing without a warning


def add_evaluate_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `evaluate` to the parsers of the other commands."""
    score = commands.add_parser('evaluate', help='compare tracks with the ground truth')
    score.add_argument('--gt', metavar='FILE', required=True, help='ground truth as MOT rows')
    score.add_argument('--tracks', metavar='FILE', required=True, help='MOT rows of a tracker')
    score.add_argument(
        '--format', choices=FORMAT_NAMES, default=AUTO,
        help='who wrote the ground truth; decides which of its rows count (default: %(default)s)',
    )
    score.add_argument(
        '--classes', metavar='CLASSES',
        help='classes of the ground truth that count, by name or number, with commas between',
    )
    score.set_defaults(run=_evaluate)


def _evaluate(args: argparse.Namespace) -> None:
    truth = read_mot(args.gt)
    form = find_format(truth, args.format)
    if args.classes is not None:
        form = form.with_classes(args.classes.split(','))
    figures = evaluate(truth, read_mot(args.tracks), form)
    counting = considered(truth, form)
    if len(counting) < (1 - MAX_IGNORED) * len(truth):
        print(_warning(truth, counting, form), file=sys.stderr)
    print(json.dumps({**figures, 'assumed': _assumed(truth, counting, form)}))


def _assumed(truth: MotRows, counting: MotRows, form: TruthFormat) -> dict[str, Any]:
    """Return how the ground truth was read: its format, the classes and rows that count."""
    classes = [form.named(kind) for kind in sorted(form.counting)] or 'all'
    return {
        'benchmark': form.name, 'classes': classes, 'rows': len(counting),
        'rows_ignored': len(truth) - len(counting),
    }


def _warning(truth: MotRows, counting: MotRows, form: TruthFormat) -> str:
    text = f'evaluate: {len(truth) - len(counting)} of {len(truth)} true boxes do not count'
    if form.has_classes:
        kinds, counts = np.unique(truth.others[:, 0].astype(np.int64), return_counts=True)
        found = ', '.join(
            f'{form.named(kind)} {count}' for kind, count in zip(kinds, counts, strict=True)
        )
        counted = ', '.join(form.named(kind) for kind in sorted(form.counting)) or 'all'
        text += f': {form.name} counts class {counted}; the file has {found}'
    return f'{text}; see --format and --classes'
