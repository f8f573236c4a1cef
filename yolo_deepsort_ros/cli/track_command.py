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

"""`track`: follow what a camera, video or folder shows."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import ExitStack, suppress
import sys
from typing import Any

from yolo_deepsort_ros.cli.options import (
    add_parameters, file_name, group_of, values_of, with_source_defaults,
)
from yolo_deepsort_ros.cli.overwrite_check import check_outputs, files_read
from yolo_deepsort_ros.cli.track_bag import TrackBag
from yolo_deepsort_ros.cli.tracking_report import progress, Summary, write_rows
from yolo_deepsort_ros.config.node_configs import AnnotatorConfig, DetectorConfig, EmbedderConfig
from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.evaluation.mot import TrackWriter
from yolo_deepsort_ros.pipeline import Pipeline, Step
from yolo_deepsort_ros.sources.bag import BagSource
from yolo_deepsort_ros.sources.frame import Image
from yolo_deepsort_ros.sources.opening import open_source
from yolo_deepsort_ros.sources.source import Source
from yolo_deepsort_ros.visualization.drawing import draw_tracks
from yolo_deepsort_ros.visualization.trails import Trails
from yolo_deepsort_ros.visualization.video import VideoWriter
from yolo_deepsort_ros.yolo.detector import Detector

UNKNOWN_RATE = 30.0  #: Hz; of the video written from a source that does not tell its rate


def add_track_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `track` to the parsers of the other commands."""
    track = commands.add_parser('track', help='follow what a camera, video or folder shows')
    track.add_argument(
        'source', metavar='SOURCE', help='device, video, picture folder, bag, URL or arena'
    )
    add_parameters(
        track, 'topic', 'model', 'weights', 'names', 'reid', 'confidence', 'classes', 'backend',
        'max_frames',
    )
    track.add_argument(
        '--out', metavar='FILE', type=file_name, help='write the tracks as MOT rows'
    )
    track.add_argument(
        '--video', metavar='FILE', type=file_name, help='write an annotated video (.mp4)'
    )
    track.add_argument(
        '--out-bag', metavar='FOLDER', type=file_name,
        help='write a bag with the tracks beside all that the source, a bag, holds',
    )
    track.set_defaults(run=_track)


def _track(args: argparse.Namespace) -> None:
    values = with_source_defaults(
        values_of(args, [SourceConfig, DetectorConfig, EmbedderConfig, TrackerConfig])
    )
    check_outputs({
        '--out': args.out, '--video': args.video, '--out-bag': args.out_bag,
        'arena_truth': values.get('arena_truth'),
    }, files_read(values))
    detector = Detector(config=group_of(DetectorConfig, values))
    with ExitStack() as stack:
        source = stack.enter_context(open_source(group_of(SourceConfig, values), paced=False))
        pipeline = Pipeline(
            source, detector, group_of(EmbedderConfig, values), group_of(TrackerConfig, values)
        )
        if sys.stderr.isatty():
            print(f'{source.name}: {source.mode}', file=sys.stderr)
        writer = stack.enter_context(TrackWriter(args.out)) if args.out else None
        video = None
        if args.video:
            video = stack.enter_context(VideoWriter(args.video, source.rate or UNKNOWN_RATE))
        bag = stack.enter_context(_track_bag(args.out_bag, source)) if args.out_bag else None
        summary, trails = Summary(pipeline.timer), Trails(AnnotatorConfig().trail)
        with suppress(KeyboardInterrupt):  # the usual end of watching a camera
            for step in progress(pipeline):
                summary.count(step.tracks)
                if video:  # first: what cannot be written as a video leaves no rows
                    video.write(_drawn(step, detector.labels, trails))
                if writer:
                    write_rows(writer, step.frame.index + 1, step.tracks)
                if bag and step.frame.header:
                    bag.write(step.frame.header, step.tracks.reported, detector.labels)
    summary.show()


def _track_bag(path: str, source: Source) -> TrackBag:
    if not isinstance(source, BagSource):
        raise ConfigurationError(f'--out-bag needs a bag as SOURCE; {source.name} is none')
    return TrackBag(path, source.bag)


def _drawn(step: Step, labels: Sequence[str], trails: Trails) -> Image:
    shown = step.tracks.reported
    names = [labels[kind] for kind in shown.class_ids]
    return draw_tracks(
        step.frame.image, shown.ids, shown.tlwh, names, shown.scores,
        trails=trails.add(shown.ids, shown.tlwh, step.frame.stamp),
    )
