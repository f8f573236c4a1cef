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


"""Points of the floor that a user clicks on a page in a browser."""

from __future__ import annotations

from collections.abc import Mapping
import sys
from threading import Event, Lock
import time
from typing import Any

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.cli.floor_points import FloorPoints, Point
from yolo_deepsort_ros.config.web_config import WebConfig
from yolo_deepsort_ros.errors import ConfigurationError, InputError
from yolo_deepsort_ros.locating.homography import MIN_POINTS
from yolo_deepsort_ros.web.page_operator import Answer, Operator

PERIOD = 0.5  #: s between two times that the picture is shown: a browser may come at any time


class PagePicking(Operator):
    """
    Serves the picture, and takes clicks with their metres until the user is done.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3)
        What the user clicks on.
    points : FloorPoints
        Where the points go.

    """

    def __init__(self, image: Pixels, points: FloorPoints) -> None:
        self._image = image
        self._points = points
        self._lock = Lock()  # guards the points: the page's server has a thread of its own
        self._has_changed = Event()
        self._is_done = False

    def run(self, port: int) -> None:
        """Return when the user is done; port 0 takes a free one."""
        # Late: without aiohttp the other ways to give points work.
        from yolo_deepsort_ros.web.page_server import PageServer
        from yolo_deepsort_ros.web.shown_frame import Picture, ShownTracks
        height, width = self._image.shape[:2]
        with PageServer(WebConfig(web_port=port), self) as server:
            print(f'ground: page at {server.address}', file=sys.stderr, flush=True)
            while not self._is_done:
                stamp = time.time_ns()
                server.viewer.set_settings({'ground': self._state()})
                server.viewer.show(
                    '', Picture(stamp, width, height, lambda: self._image), ShownTracks(stamp, ()))
                self._has_changed.wait(PERIOD)
                self._has_changed.clear()

    def on_command(self, command: Mapping[str, Any], answer: Answer) -> None:
        """Take a point, forget the last one, or end."""
        points, action = self._points, command.get('action')
        try:
            with self._lock:
                if action == 'add':
                    points.add(_point(command.get('point')))
                elif action == 'forget':
                    points.forget_last()
                elif action == 'finish':
                    points.fit()
                    self._is_done = True
                else:
                    raise InputError('there is no such button')
        except (ConfigurationError, InputError) as error:
            answer(False, str(error))
        else:
            answer(True, 'done: the terminal says the rest' if self._is_done else '')
            self._has_changed.set()

    def _state(self) -> dict[str, Any]:
        with self._lock:
            points = self._points.points
            lines = self._points.fit()[1] if len(points) >= MIN_POINTS else [
                f'point {number}: pixel {u:g}, {v:g}; metres {x:g}, {y:g}'
                for number, (u, v, x, y) in enumerate(points, start=1)
            ]
        return {'points': points, 'lines': lines, 'needed': MIN_POINTS}


def _point(given: Any) -> Point:
    """Return what the page has sent, if it is a point."""
    is_point = isinstance(given, list) and len(given) == 4
    if not (is_point and all(type(number) in (int, float) for number in given)):
        raise InputError('a point is u, v in pixels and x, y in metres')
    u, v, x, y = given
    return u, v, x, y
