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

"""`track-detections`: track the detections of another detector."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack
import math
from pathlib import Path
from typing import Any

from yolo_deepsort_ros.appearance.embedder import Embedder
from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.cli.options import add_parameters, file_name, group_of, values_of
from yolo_deepsort_ros.cli.overwrite_check import check_outputs, files_read, folder_files
from yolo_deepsort_ros.cli.position_output import (
    add_position_options, position_inputs, PositionOutput,
)
from yolo_deepsort_ros.cli.tracking_report import add_row_options, progress, RowOutput, Summary
from yolo_deepsort_ros.config.network_config import EmbedderConfig
from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ConfigurationError, InputError
from yolo_deepsort_ros.evaluation.mot_detections import read_detections
from yolo_deepsort_ros.evaluation.mot_table import is_array_file
from yolo_deepsort_ros.files import user_path
from yolo_deepsort_ros.models.labels import COCO_LABELS
from yolo_deepsort_ros.pipeline import Follower
from yolo_deepsort_ros.sources.opening import open_source
from yolo_deepsort_ros.sources.sequence_info import read_sequence_info, SequenceInfo
from yolo_deepsort_ros.stage_timer import StageTimer


def add_track_detections_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `track-detections` to the parsers of the other commands."""
    given = commands.add_parser(
        'track-detections', help='track the detections of another detector')
    given.add_argument(
        'file', metavar='FILE', type=file_name, help='MOT det.txt, or .npy with features'
    )
    add_parameters(given, 'reid', 'profile', 'backend')
    given.add_argument(
        '--images', metavar='FOLDER', type=file_name,
        help='the pictures, for appearance and camera motion',
    )
    given.add_argument('--confidence', type=float, metavar='X', help='least score to use')
    add_row_options(given, needs_out=True)
    add_position_options(given)
    given.set_defaults(run=_track_detections)


def _track_detections(args: argparse.Namespace) -> None:
    values = values_of(args, [EmbedderConfig, TrackerConfig])
    if args.confidence is not None and not math.isfinite(args.confidence):
        raise ConfigurationError(f'confidence: {args.confidence} is not a finite number')
    pictures = folder_files(user_path(args.images)) if args.images else ()
    outputs = {'--out': args.out, '--positions': args.positions}
    check_outputs(
        outputs, (Path(args.file), *files_read(values), *pictures, *position_inputs(args)))
    config = group_of(TrackerConfig, values)
    rate = config.frame_rate or 1.0  # every frame is one period, however long it lasts
    seen = _with_pictures(read_detections(args.file), args.images)
    embedder = None
    if args.images and (values.get('reid') or not is_array_file(Path(args.file))):
        embedder = Embedder(config=group_of(EmbedderConfig, values))
    elif values.get('reid'):
        raise ConfigurationError('--reid needs the pictures: give --images FOLDER')
    summary = Summary(StageTimer())
    follower = Follower(config.replace(frame_rate=rate), embedder, summary.timer)
    with ExitStack() as stack:
        info = read_sequence_info(Path(args.file).parent) or SequenceInfo(Path())
        known_rate = config.frame_rate or info.rate
        places = None
        if args.positions:
            places = stack.enter_context(PositionOutput(args, COCO_LABELS, known_rate))
        output = stack.enter_context(RowOutput(args))
        for number, found, picture in progress(seen):
            if args.confidence is not None:
                found = found[found.scores >= args.confidence]
            seen_now = found if follower.wants_detections else None
            used, tracks = follower.follow(seen_now, number / rate, picture)
            output.write(number, tracks, used)
            if places:
                places.write(number, number / (known_rate or rate), tracks, info.size)
            summary.count(tracks)
    summary.show()


def _with_pictures(
    found: Iterator[tuple[int, Detections]], folder: str | None
) -> Iterator[tuple[int, Detections, Pixels | None]]:
    """Put the picture of each frame beside its detections, where a folder is given."""
    if folder is None:
        yield from ((number, detections, None) for number, detections in found)
        return
    with open_source(SourceConfig(source=folder), paced=False) as pictures:
        for number, detections in found:
            frame = pictures.read()
            if frame is None:
                raise InputError(f'{shown(folder)} has no picture for frame {number}')
            yield number, detections, frame.image
