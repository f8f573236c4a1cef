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

"""`track`: track the objects of a camera, video, bag or picture folder."""

from __future__ import annotations

import argparse
from contextlib import ExitStack, suppress
import sys
from typing import Any

from yolo_deepsort_ros.cli.live_views import PageView, WindowView
from yolo_deepsort_ros.cli.options import add_parameters, add_web_option, file_name, values_of
from yolo_deepsort_ros.cli.overwrite_check import check_outputs, files_read
from yolo_deepsort_ros.cli.position_output import (
    add_position_options, position_inputs, PositionOutput,
)
from yolo_deepsort_ros.cli.track_bag import TrackBag
from yolo_deepsort_ros.cli.tracking_report import add_row_options, progress, RowOutput, Summary
from yolo_deepsort_ros.config.node_configs import FlowConfig
from yolo_deepsort_ros.config.source_config import is_arena
from yolo_deepsort_ros.config.stage_configs import AnnotationConfig
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.pipeline import Pipeline
from yolo_deepsort_ros.simulation.arena.arena_config import arena_config
from yolo_deepsort_ros.sources.devices import is_device
from yolo_deepsort_ros.sources.opening import open_source
from yolo_deepsort_ros.sources.source import Source
from yolo_deepsort_ros.visualization.track_drawing import TrackDrawing
from yolo_deepsort_ros.visualization.video import VideoWriter
from yolo_deepsort_ros.yolo.detector import Detector

TRUTHS = ('truth', 'truth_3d')  #: options of the arena that name files
UNKNOWN_RATE = 30.0  #: Hz; of the video written from a source that does not tell its rate


def add_track_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `track` to the parsers of the other commands."""
    track = commands.add_parser(
        'track', help='track the objects of a camera, video, bag or picture folder')
    track.add_argument(
        'source', metavar='SOURCE', help='device, video, picture folder, bag, URL or arena'
    )
    add_parameters(
        track, 'topic', 'model', 'weights', 'names', 'reid', 'profile', 'confidence', 'classes',
        'backend', 'max_frames',
    )
    add_row_options(track, needs_out=False)
    track.add_argument(
        '--video', metavar='FILE', type=file_name, help='write an annotated video (.mp4)'
    )
    track.add_argument(
        '--out-bag', metavar='FOLDER', type=file_name,
        help='write a copy of the bag SOURCE with the tracks added',
    )
    track.add_argument(
        '--show', action='store_true', help='show the tracks in a window; q or Esc ends the run'
    )
    add_web_option(track)
    add_position_options(track)
    track.add_argument('--called', default='track', help=argparse.SUPPRESS)
    track.set_defaults(run=_track)


def _track(args: argparse.Namespace) -> None:
    values = values_of(args, [FlowConfig])
    config = FlowConfig.from_mapping(values)
    given = config.source.source
    check_outputs({
        '--out': args.out, '--video': args.video, '--out-bag': args.out_bag,
        '--positions': args.positions,
        **({f'arena:{name}': getattr(arena_config(given), name) for name in TRUTHS}
           if is_arena(given) else {}),
    }, (*files_read(values), *position_inputs(args)))
    if args.smooth or args.fill_gaps:
        _check_improvable(given, args.out)
    detector = Detector(config=config.detector)
    with ExitStack() as stack:
        source = stack.enter_context(open_source(config.source, paced=False))
        pipeline = Pipeline(source, detector, config.embedder, config.tracker)
        places = None
        if args.positions:
            places = stack.enter_context(PositionOutput(
                args, detector.labels, source.rate or UNKNOWN_RATE, source.calibration,
                has_poses=is_arena(given), foot_offset=detector.foot_offset,
            ))
        if sys.stderr.isatty():
            print(f'{source.name}: {source.mode}', file=sys.stderr)
        output = stack.enter_context(RowOutput(args)) if args.out else None
        video = None
        if args.video:
            video = stack.enter_context(VideoWriter(args.video, source.rate or UNKNOWN_RATE))
        bag = stack.enter_context(_track_bag(args.out_bag, source)) if args.out_bag else None
        view = stack.enter_context(WindowView(source, pipeline.timer)) if args.show else None
        page = None
        if args.web is not None:
            page = stack.enter_context(PageView(args.web, source, pipeline.timer, detector.labels))
            print(f'{args.called}: page at {page.address}', file=sys.stderr, flush=True)
        summary = Summary(pipeline.timer)
        drawing = TrackDrawing(detector.labels, AnnotationConfig().trail)
        with suppress(KeyboardInterrupt):  # the usual end of watching a camera
            for step in progress(pipeline, source.length):
                summary.count(step.tracks)
                drawn = None
                if view or video:
                    frame = step.frame
                    drawn = drawing.draw(frame.image, frame.stamp, step.tracks.reported)
                if video and drawn is not None:  # first: a video that fails leaves no rows
                    video.write(drawn)
                if output:
                    output.write(step.frame.index + 1, step.tracks, step.detections)
                if places:
                    height, width = step.frame.image.shape[:2]
                    places.write(
                        step.frame.index + 1, step.frame.stamp, step.tracks, (width, height),
                        step.frame,
                    )
                if bag and step.frame.header:
                    bag.write(step.frame.header, step.tracks.reported, detector.labels)
                if page:
                    page.show(step.frame, step.tracks.reported)
                if view and drawn is not None and not view.show(step.frame, drawn):
                    break
    summary.show()


def _check_improvable(source: str, out: str | None) -> None:
    if is_device(source) or '://' in source:
        raise ConfigurationError('--smooth and --fill-gaps are for recordings, not for cameras')
    if not out:
        raise ConfigurationError('--smooth and --fill-gaps act on the file of --out; give one')


def _track_bag(path: str, source: Source) -> TrackBag:
    bag = getattr(source, 'bag', None)
    if bag is None:
        raise ConfigurationError(f'--out-bag needs a bag as SOURCE; {source.name} is none')
    return TrackBag(path, bag)
