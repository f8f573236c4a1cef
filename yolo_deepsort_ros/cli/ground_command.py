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
import numpy as np

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.calibration import Calibration, read_calibration
from yolo_deepsort_ros.cli.options import add_parameters, file_name, group_of, values_of
from yolo_deepsort_ros.cli.overwrite_check import check_outputs, files_read
from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.errors import ConfigurationError, InputError, OutputError, SourceError
from yolo_deepsort_ros.files import write_whole
from yolo_deepsort_ros.locating.floor_view import FloorView
from yolo_deepsort_ros.locating.ground_file import Ground, ground_text
from yolo_deepsort_ros.locating.homography import MIN_POINTS, on_a_line
from yolo_deepsort_ros.sources.opening import open_source
from yolo_deepsort_ros.visualization.window import Window

Point = tuple[float, float, float, float]  #: u, v in pixels, x, y in metres

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
    ground.add_argument(
        '--point', metavar=FORM, dest='points', action='append', type=_point, default=[],
        help='a point of the floor in pixels and metres, instead of a click; at least four',
    )
    ground.add_argument('--camera-info', metavar='FILE', type=file_name,
                        help='calibration of the camera, as camera_calibration writes it')
    add_parameters(ground, 'topic')
    ground.set_defaults(run=_ground)


def _ground(args: argparse.Namespace) -> None:
    values = values_of(args, [SourceConfig])
    check_outputs({'--out': args.out}, files_read(values))
    calibration = read_calibration(args.camera_info) if args.camera_info else None
    with open_source(group_of(SourceConfig, values), paced=False) as source:
        frame = source.read()
        calibration = calibration or source.calibration
    if frame is None:
        raise SourceError(f'{args.source}: gives no picture')
    size = frame.image.shape[1], frame.image.shape[0]
    fitting = calibration.scaled(*size) if calibration else None
    points = args.points or _Picking(frame.image, fitting).run()
    ground, lines = _fitted(points, size, fitting)
    for line in lines:
        print(line)
    write_whole(Path(args.out), ground_text(ground).encode())


def _point(text: str) -> Point:
    try:
        u, v, x, y = (float(part) for part in text.split(','))
    except ValueError:
        raise argparse.ArgumentTypeError(f'{quoted(text)} is not like {FORM}') from None
    return u, v, x, y


def _fitted(
    points: list[Point], size: tuple[int, int], calibration: Calibration | None
) -> tuple[Ground, list[str]]:
    """Return the ground of points, and lines that say how well they fit."""
    table = np.array(points, np.float64).reshape(-1, 4)
    pixels, metres = table[:, :2], table[:, 2:]
    _check_lines(points)
    view = FloorView.from_points(pixels, metres, size, calibration)
    errors = np.linalg.norm(view.meet(view.ideal(pixels)) - metres, axis=1)
    lines = [
        f'point {number}: pixel {u:g}, {v:g}; metres {x:g}, {y:g}; off by {error:.3f} m'
        for number, ((u, v, x, y), error) in enumerate(zip(points, errors, strict=True), start=1)
    ]
    if len(points) == MIN_POINTS:
        lines.append('four points always fit: a fifth shows how good they are')
    if view.knows_heights:
        lines.append(
            f'the camera is {view.camera_height:.2f} m above the floor; focal length '
            f'{view.focal_length:.0f} px'
        )
    ground = Ground(
        tuple((u, v) for u, v, _, _ in points), tuple((x, y) for _, _, x, y in points), size=size
    )
    return ground, lines


def _check_lines(points: list[Point]) -> None:
    """Refuse points of which three lie on a line, while there are no others to hold them."""
    table = np.array(points, np.float64).reshape(-1, 4)
    if len(points) > MIN_POINTS:
        return
    for columns, where in ((slice(0, 2), 'in the picture'), (slice(2, 4), 'on the floor')):
        triple = on_a_line(table[:, columns])
        if triple:
            first, second, third = (number + 1 for number in triple)
            raise InputError(
                f'points {first}, {second} and {third} lie on a line {where}: give others'
            )


class _Picking:
    """Points that the user clicks in a window, with metres typed at the terminal."""

    def __init__(self, image: Pixels, calibration: Calibration | None) -> None:
        self._image = image
        self._calibration = calibration
        self._points: list[Point] = []
        self._clicked: tuple[int, int] | None = None

    def run(self) -> list[Point]:
        """Return the points when the user is done."""
        try:
            window = Window('yolo_deepsort_ros: ground', self._on_click)
        except OutputError:
            raise ConfigurationError(
                f'no window opens here: give at least four points with --point {FORM}'
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
        return self._points

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
            points = [*self._points, (float(clicked[0]), float(clicked[1]), x, y)]
            _check_lines(points)
            if len(points) >= MIN_POINTS:
                height, width = self._image.shape[:2]
                for text in _fitted(points, (width, height), self._calibration)[1]:
                    _say(text)
        except ValueError:
            self._clicked = clicked
            _say(f'{quoted(line.strip())} is not two numbers: x y')
        except InputError as error:
            _say(f'{error}; this one is forgotten')
        else:
            self._points = points
            _say(f'points so far: {len(points)}')

    def _drawn(self) -> Pixels:
        picture = self._image.copy()
        spots = [(int(u), int(v)) for u, v, _, _ in self._points]
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
