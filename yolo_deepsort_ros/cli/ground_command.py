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


"""`ground`: make the file that says how a camera stands over the floor."""

from __future__ import annotations

import argparse
from pathlib import Path
from queue import Empty, SimpleQueue
import sys
from threading import Thread
from typing import Any

import cv2

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.calibration import read_calibration
from yolo_deepsort_ros.cli.floor_points import FloorPoints, Point
from yolo_deepsort_ros.cli.options import (
    add_parameters, add_web_option, file_name, group_of, values_of,
)
from yolo_deepsort_ros.cli.overwrite_check import check_outputs, files_read
from yolo_deepsort_ros.cli.picking_on_page import PagePicking
from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.error_text import quoted, shown
from yolo_deepsort_ros.errors import ConfigurationError, InputError, OutputError, SourceError
from yolo_deepsort_ros.files import user_path, write_whole
from yolo_deepsort_ros.locating.ground_file import ground_text
from yolo_deepsort_ros.locating.homography import MIN_POINTS
from yolo_deepsort_ros.sources.opening import open_source
from yolo_deepsort_ros.visualization.window import Window

FORM = 'U,V,X,Y'
COLOUR = (60, 60, 255)
POLL = 0.05  #: s


def add_ground_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `ground` to the parsers of the other commands."""
    ground = commands.add_parser(
        'ground', help='make the file of --ground: click points of the floor, give their metres')
    ground.add_argument(
        'source', metavar='SOURCE', help='device, video, picture folder, bag, URL or arena'
    )
    ground.add_argument('--out', metavar='FILE', required=True, type=file_name,
                        help='YAML file to write')
    ways = ground.add_mutually_exclusive_group()
    ways.add_argument(
        '--point', metavar=FORM, dest='points', action='append', type=_point, default=[],
        help='a point of the floor in pixels and metres, instead of a click; at least four',
    )
    add_web_option(ways, 'click on a page in a browser instead of a window')
    ground.add_argument('--camera-info', metavar='FILE', type=file_name,
                        help='calibration of the camera, as camera_calibration writes it')
    add_parameters(ground, 'topic')
    ground.set_defaults(run=_ground)


def _ground(args: argparse.Namespace) -> None:
    values = values_of(args, [SourceConfig])
    cameras = [user_path(args.camera_info)] if args.camera_info else []
    check_outputs({'--out': args.out}, (*files_read(values), *cameras))
    calibration = read_calibration(args.camera_info) if args.camera_info else None
    with open_source(group_of(SourceConfig, values), paced=False) as source:
        frame = source.read()
        calibration = calibration or source.calibration
    if frame is None:
        raise SourceError(f'{shown(args.source)}: gives no picture')
    size = frame.image.shape[1], frame.image.shape[0]
    fitting = calibration.scaled(*size) if calibration else None
    points = FloorPoints(size, fitting, args.points)
    if args.web is not None:
        PagePicking(frame.image, points).run(args.web)
    elif not args.points:
        _Picking(frame.image, points).run()
    ground, lines = points.fit()
    for line in lines:
        print(line)
    write_whole(Path(args.out), ground_text(ground).encode())


def _point(text: str) -> Point:
    try:
        u, v, x, y = (float(part) for part in text.split(','))
    except ValueError:
        raise argparse.ArgumentTypeError(f'{quoted(text)} is not like {FORM}') from None
    return u, v, x, y


class _Picking:
    """Points that the user clicks in a window, with metres typed at the terminal."""

    def __init__(self, image: Pixels, points: FloorPoints) -> None:
        self._image = image
        self._points = points
        self._clicked: tuple[int, int] | None = None

    def run(self) -> None:
        """Return when the user is done."""
        try:
            window = Window('yolo_deepsort_ros: ground', self._on_click)
        except OutputError:
            raise ConfigurationError(
                f'no window opens here: click in a browser with --web, or give at least four '
                f'points with --point {FORM}'
            ) from None
        _say('click a point of the floor, then type its metres here: x y. An empty line, or q in '
             'the window, ends')
        typed: SimpleQueue[str | None] = SimpleQueue()
        Thread(target=_read_lines, args=(typed,), daemon=True).start()
        with window:
            while window.show(self._drawn(), wait=POLL):
                try:
                    line = typed.get_nowait()
                except Empty:
                    continue
                if line is None or (not line.strip() and self._clicked is None):
                    break
                self._take(line)

    def _on_click(self, x: int, y: int) -> None:
        self._clicked = x, y
        _say(f'pixel {x}, {y}: metres x y? (an empty line forgets it)')

    def _take(self, line: str) -> None:
        """Take the metres of the pixel that was clicked."""
        if self._clicked is None:
            _say('click a point first')
            return
        clicked, self._clicked = self._clicked, None
        words = line.replace(',', ' ').split()
        if not words:
            return
        try:
            x, y = map(float, words)
        except ValueError:
            self._clicked = clicked
            _say(f'{quoted(line.strip())} is not two numbers: x y')
            return
        try:
            self._points.add((float(clicked[0]), float(clicked[1]), x, y))
        except (ConfigurationError, InputError) as error:
            _say(f'{error}; this one is forgotten')
        else:
            count = len(self._points.points)
            for text in self._points.fit()[1] if count >= MIN_POINTS else ():
                _say(text)
            _say(f'points so far: {count}')

    def _drawn(self) -> Pixels:
        picture = self._image.copy()
        spots = [(int(u), int(v)) for u, v, _, _ in self._points.points]
        for number, spot in enumerate([*spots, *filter(None, [self._clicked])], start=1):
            cv2.drawMarker(picture, spot, COLOUR, cv2.MARKER_CROSS, 20, 2)
            cv2.putText(picture, str(number), (spot[0] + 8, spot[1] - 8),
                        cv2.FONT_HERSHEY_SIMPLEX, 0.7, COLOUR, 2, cv2.LINE_AA)
        return picture


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _read_lines(typed: SimpleQueue[str | None]) -> None:
    for line in sys.stdin:
        typed.put(line)
    typed.put(None)
