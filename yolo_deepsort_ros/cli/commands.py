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

"""The command line: `python3 -m yolo_deepsort_ros …`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
import json
import logging
import math
import os
from pathlib import Path
import sys
import time
from typing import TypeVar

from tqdm import tqdm

from yolo_deepsort_ros.appearance.embedder import Embedder
from yolo_deepsort_ros.cli.model_commands import add_export_command, add_models_command
from yolo_deepsort_ros.cli.options import (
    add_parameters, file_name, group_of, OneLineParser, values_of, with_source_defaults,
)
from yolo_deepsort_ros.cli.overwrite_check import check_outputs, files_read, folder_files
from yolo_deepsort_ros.cli.track_bag import TrackBag
from yolo_deepsort_ros.config.node_configs import AnnotatorConfig, DetectorConfig, EmbedderConfig
from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.errors import ConfigurationError, InputError, YoloDeepsortError
from yolo_deepsort_ros.evaluation.mot import read_detections, read_mot, TrackWriter
from yolo_deepsort_ros.evaluation.mot_table import is_array_file
from yolo_deepsort_ros.evaluation.tracking_metrics import evaluate
from yolo_deepsort_ros.files import user_path
from yolo_deepsort_ros.pipeline import Follower, Pipeline, Step
from yolo_deepsort_ros.sources.bag import BagSource
from yolo_deepsort_ros.sources.frame import Image
from yolo_deepsort_ros.sources.opening import open_source
from yolo_deepsort_ros.sources.pictures import read_picture
from yolo_deepsort_ros.sources.source import Source
from yolo_deepsort_ros.stage_timer import StageTimer
from yolo_deepsort_ros.tracks import Tracks
from yolo_deepsort_ros.visualization.drawing import draw_tracks
from yolo_deepsort_ros.visualization.trails import Trails
from yolo_deepsort_ros.visualization.video import VideoWriter
from yolo_deepsort_ros.yolo.detector import Detector

PROGRAM = 'yolo_deepsort_ros'
UNKNOWN_RATE = 30.0  #: Hz; of the video written from a source that does not tell its rate

Item = TypeVar('Item')


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status: 2 for wrong use or bad input."""
    logging.basicConfig(format=f'{PROGRAM}: %(message)s', level=logging.WARNING)
    args = _parser().parse_args(arguments)
    try:
        args.run(args)
        print(end='', flush=True)
    except YoloDeepsortError as error:
        print(f'{PROGRAM} {args.command}: {error}', file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output has gone: nobody is left to tell
        _discard_output()
        return 1
    except OSError as error:
        print(f'{PROGRAM} {args.command}: cannot write the output: {error}', file=sys.stderr)
        _discard_output()
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _discard_output() -> None:
    """Let the interpreter flush what is left to nowhere when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(prog=PROGRAM, description='YOLO detections and DeepSORT tracks.')
    commands = parser.add_subparsers(dest='command', required=True, metavar='COMMAND')

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

    given = commands.add_parser('track-detections', help='track what another detector found')
    given.add_argument(
        'file', metavar='FILE', type=file_name, help='MOT det.txt, or .npy with features'
    )
    add_parameters(given, 'reid', 'backend')
    given.add_argument(
        '--images', metavar='FOLDER', type=file_name,
        help='the pictures, for features and camera motion',
    )
    given.add_argument('--confidence', type=float, metavar='X', help='least score to use')
    given.add_argument(
        '--out', metavar='FILE', type=file_name, required=True,
        help='write the tracks as MOT rows',
    )
    given.set_defaults(run=_track_detections)

    detect = commands.add_parser('detect', help='find objects in pictures')
    detect.add_argument('images', metavar='IMAGE', nargs='+', type=file_name)
    add_parameters(detect, 'model', 'weights', 'names', 'confidence', 'classes', 'backend')
    detect.set_defaults(run=_detect)

    score = commands.add_parser('evaluate', help='compare tracks with the ground truth')
    score.add_argument('--gt', metavar='FILE', required=True, help='MOT ground truth')
    score.add_argument('--tracks', metavar='FILE', required=True, help='MOT rows of a tracker')
    score.set_defaults(run=_evaluate)

    add_models_command(commands)
    add_export_command(commands)
    return parser


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
        summary, trails = _Summary(pipeline.timer), Trails(AnnotatorConfig().trail)
        with suppress(KeyboardInterrupt):  # the usual end of watching a camera
            for step in _progress(pipeline):
                summary.count(step.tracks)
                if video:  # first: what cannot be written as a video leaves no rows
                    video.write(_drawn(step, detector.labels, trails))
                if writer:
                    _write(writer, step.frame.index + 1, step.tracks)
                if bag and step.frame.header:
                    bag.write(step.frame.header, step.tracks.reported, detector.labels)
    summary.show()


def _track_bag(path: str, source: Source) -> TrackBag:
    if not isinstance(source, BagSource):
        raise ConfigurationError(f'--out-bag needs a bag as SOURCE; {source.name} is none')
    return TrackBag(path, source.bag)


def _track_detections(args: argparse.Namespace) -> None:
    values = values_of(args, [EmbedderConfig, TrackerConfig])
    if args.confidence is not None and not math.isfinite(args.confidence):
        raise ConfigurationError(f'confidence: {args.confidence} is not a finite number')
    pictures = folder_files(user_path(args.images)) if args.images else ()
    check_outputs({'--out': args.out}, (Path(args.file), *files_read(values), *pictures))
    config = group_of(TrackerConfig, values)
    rate = config.frame_rate or 1.0  # every frame is one period, whatever it lasts
    seen = _with_pictures(read_detections(args.file), args.images)
    embedder = None
    if args.images and (values.get('reid') or not is_array_file(Path(args.file))):
        embedder = Embedder(config=group_of(EmbedderConfig, values))
    elif values.get('reid'):
        raise ConfigurationError('--reid needs the pictures: give --images FOLDER')
    summary = _Summary(StageTimer())
    follower = Follower(replace(config, frame_rate=rate), embedder, summary.timer)
    with TrackWriter(args.out) as writer:
        for number, found, picture in _progress(seen):
            if args.confidence is not None:
                found = found[found.scores >= args.confidence]
            seen_now = found if follower.wants_detections else None
            _, tracks = follower.follow(seen_now, number / rate, picture)
            _write(writer, number, tracks)
            summary.count(tracks)
    summary.show()


def _with_pictures(
    found: Iterator[tuple[int, Detections]], folder: str | None
) -> Iterator[tuple[int, Detections, Image | None]]:
    """Put the picture of each frame beside its detections, where a folder is given."""
    if folder is None:
        yield from ((number, detections, None) for number, detections in found)
        return
    with open_source(SourceConfig(source=folder), paced=False) as pictures:
        for number, detections in found:
            frame = pictures.read()
            if frame is None:
                raise InputError(f'{folder} has no picture for frame {number}')
            yield number, detections, frame.image


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


def _evaluate(args: argparse.Namespace) -> None:
    print(json.dumps(evaluate(read_mot(args.gt), read_mot(args.tracks))))


def _write(writer: TrackWriter, frame: int, tracks: Tracks) -> None:
    shown = tracks.reported
    writer.write(frame, shown.ids, shown.tlwh, shown.scores, shown.class_ids)


def _drawn(step: Step, labels: Sequence[str], trails: Trails) -> Image:
    shown = step.tracks.reported
    names = [labels[kind] for kind in shown.class_ids]
    return draw_tracks(
        step.frame.image, shown.ids, shown.tlwh, names, shown.scores,
        trails=trails.add(shown.ids, shown.tlwh, step.frame.stamp),
    )


def _progress(items: Iterable[Item]) -> Iterable[Item]:
    """Show a bar on stderr while iterating, when that is a terminal."""
    bar: Iterable[Item] = tqdm(items, unit=' frames', disable=None)
    return bar


class _Summary:
    """Counts frames and ids, and prints the last line of a command."""

    def __init__(self, timer: StageTimer) -> None:
        self.timer = timer
        self._start = time.perf_counter()
        self._frames = 0
        self._ids: set[int] = set()

    def count(self, tracks: Tracks) -> None:
        """Take note of the tracks of one more frame."""
        self._frames += 1
        self._ids.update(tracks.reported.ids.tolist())

    def show(self) -> None:
        """Print one JSON object on stdout."""
        seconds = time.perf_counter() - self._start
        print(json.dumps({
            'frames': self._frames,
            'tracks': len(self._ids),
            'fps': round(self._frames / seconds, 2),
            'stages_ms': self.timer.medians_ms,
        }))
