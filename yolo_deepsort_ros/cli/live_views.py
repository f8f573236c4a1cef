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

"""What shows a run while it lasts: a window, and a page in a browser."""

from __future__ import annotations

from collections.abc import Sequence
import time

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.config.web_config import WebConfig
from yolo_deepsort_ros.files import Closable
from yolo_deepsort_ros.sources.frame import Frame
from yolo_deepsort_ros.sources.source import Source
from yolo_deepsort_ros.stage_timer import StageTimer
from yolo_deepsort_ros.tracks import Tracks
from yolo_deepsort_ros.visualization.drawing import draw_footer
from yolo_deepsort_ros.visualization.trails import FrameRate
from yolo_deepsort_ros.visualization.window import Window

HEALTH_PERIOD = 0.5  #: s


class _Pace:
    """Pictures no faster than their source, with what each frame took."""

    def __init__(self, source: Source, timer: StageTimer) -> None:
        self._is_live = source.is_live
        self._timer = timer
        self._start: float | None = None

    def take_latency_ms(self) -> float:
        """Return how long the frame was under way, but for its reading."""
        spent = self._timer.take_newest_ms()
        return sum(ms for stage, ms in spent.items() if stage != 'read')

    def early(self, stamp: float) -> float:
        """Return by how many seconds a frame of this stamp comes before its time."""
        now = time.perf_counter()
        if self._start is None:
            self._start = now - stamp
        return 0.0 if self._is_live else max(0.0, stamp - (now - self._start))


class WindowView(Closable):
    """
    The window of a run; a context manager.

    Parameters
    ----------
    source : Source
        Where the frames come from.
    timer : StageTimer
        Of the run.

    """

    def __init__(self, source: Source, timer: StageTimer) -> None:
        self._window = Window(f'yolo_deepsort_ros: {source.name}')
        self._pace = _Pace(source, timer)
        self._rate = FrameRate()

    def show(self, frame: Frame, drawn: Pixels) -> bool:
        """Show a drawn frame; return False when the user has ended the run."""
        latency = self._pace.take_latency_ms()
        drawn = drawn.copy()
        rate = self._rate.add(time.perf_counter())
        draw_footer(drawn, f'{latency:.0f} ms  {rate:.1f} frames/s')
        return self._window.show(drawn, wait=self._pace.early(frame.stamp))

    def close(self) -> None:
        """Take the window from the screen."""
        self._window.close()


class PageView(Closable):
    """
    The page of a run; a context manager.

    Parameters
    ----------
    port : int
        0 takes a free one.
    source : Source
        Where the frames come from.
    timer : StageTimer
        Of the run.
    labels : sequence of str
        Class names of the network.

    Attributes
    ----------
    address : str
        Where the page is.

    """

    def __init__(
        self, port: int, source: Source, timer: StageTimer, labels: Sequence[str]
    ) -> None:
        from yolo_deepsort_ros.web.page_server import PageServer
        self._server = PageServer(WebConfig(web_port=port))
        self.address = self._server.address
        self._name = source.name
        self._labels = labels
        self._timer = timer
        self._pace = _Pace(source, timer)
        self._told_at = 0.0

    def show(self, frame: Frame, tracks: Tracks) -> None:
        """Show a frame and its tracks, and wait where the source would be slower."""
        from yolo_deepsort_ros.web.shown_frame import Picture, shown_tracks
        latency = self._pace.take_latency_ms()
        viewer, stamp = self._server.viewer, round(frame.stamp * 1e9)
        if viewer.is_watched:
            height, width = frame.image.shape[:2]
            names = [self._labels[kind] for kind in tracks.class_ids]
            viewer.show(
                '', Picture(stamp, width, height, lambda: frame.image, frame.jpeg),
                shown_tracks(stamp, tracks.ids, tracks.tlwh, tracks.scores, names, latency),
            )
            self._tell_health()
        time.sleep(self._pace.early(frame.stamp))

    def _tell_health(self) -> None:
        from yolo_deepsort_ros.web.page_operator import Health
        now = time.monotonic()
        if now - self._told_at < HEALTH_PERIOD:
            return
        self._told_at = now
        medians, late = self._timer.medians_ms, self._timer.p95_ms
        values = {f'{name}, median ms': f'{medians[name]:.1f}' for name in medians}
        values.update({f'{name}, p95 ms': f'{late[name]:.1f}' for name in medians if name in late})
        self._server.viewer.add_health(Health('track', 0, f'tracks {self._name}', values))

    def close(self) -> None:
        """Serve no longer."""
        self._server.close()
