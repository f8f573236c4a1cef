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

"""From the start of the nodes to the end of the source: progress, video, tracks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
import math
from pathlib import Path
from queue import Empty
import sys
import time
from typing import Any

from yolo_deepsort_ros.demo.consumer import Consumer
from yolo_deepsort_ros.demo.endings import NodeFailure
from yolo_deepsort_ros.demo.judging import remove_results
from yolo_deepsort_ros.demo.processes import NodeProcesses
from yolo_deepsort_ros.demo.record import Arrival
from yolo_deepsort_ros.demo.steady_video import SteadyVideo
from yolo_deepsort_ros.visualization.window import Window

START_WAIT = 60.0  #: s; a slow machine loads a large network
SETTLE = 0.5  #: s; the nodes find each other about when this process finds them
DRAIN = 2.0  #: s after the source's end in which tracks may still come
END_WAIT = 10.0  #: s; in which a camera that publishes no more must have ended
POLL = 0.1  #: s
SILENCE = 10.0  #: s without tracks after which that is said
WARM_UP = 1.0  #: s of source time; a network's first run is slower than the others
MUTE = 5.0  #: s without tracks at the end that no slow machine explains
SECONDS_A_LINE = 5.0  #: between lines of progress where there is no terminal
SECONDS_A_DRAW = 0.2  #: between redrawn lines of progress on a terminal


class Watch:
    """
    Follows the nodes; a context manager that finishes the files.

    Parameters
    ----------
    consumer : Consumer
    processes : NodeProcesses
    folder : Path
        Where `tracks.txt` and `annotated.mp4` go; what an earlier demo has left there stays
        until the first image.
    window : Window, optional
        Shows the annotated images.

    Attributes
    ----------
    size : (int, int) or None
        Width and height of the images; None before the first.

    """

    def __init__(
        self, consumer: Consumer, processes: NodeProcesses, folder: Path,
        window: Window | None = None,
    ) -> None:
        self._consumer = consumer
        self._processes = processes
        self._folder = folder
        self._window = window
        self._is_ended = False  # by the user, at the window
        self._has_begun = False
        self._is_page_told = False
        self.size: tuple[int, int] | None = None
        self._video = SteadyVideo(folder / 'annotated.mp4', lambda: consumer.record.rate)
        self._progress = _Progress()

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.close()
        self._take_pictures(until=0.0)
        if self._consumer.record.frames:
            self._begin()
            self._consumer.record.write(self._folder / 'tracks.txt', self._consumer.class_indices)
        self._video.close()
        if self._consumer.pictures_dropped:
            count = self._consumer.pictures_dropped
            print(f'demo: {count} images came too fast for the video', file=sys.stderr)

    def until_end(self) -> None:
        """
        Start the camera once everybody listens, and watch until the source has ended.

        Raises
        ------
        ConfigurationError, NodeFailure
            When a node ends before its time, or the camera neither publishes nor ends.

        """
        print('demo: starting the nodes, some seconds', file=sys.stderr, flush=True)
        self._until_ready()
        print(
            f'demo: all nodes have found each other; {self._consumer.where}; Ctrl-C ends it',
            file=sys.stderr, flush=True,
        )
        self._consumer.start_camera()
        self._follow(lambda: self._processes.has_camera_ended or self._consumer.has_camera_gone)
        if self._is_ended:
            return
        end = time.monotonic() + DRAIN
        self._follow(lambda: self._is_all_in or time.monotonic() > end)
        self._take_pictures(until=time.monotonic() + POLL)
        self._until_camera_ends()

    def _until_camera_ends(self) -> None:
        end = time.monotonic() + END_WAIT
        self._follow(lambda: not self._processes.is_camera_alive or time.monotonic() > end)
        if self._processes.is_camera_alive:
            raise NodeFailure('camera_node no longer answers: it neither publishes nor ends')

    @property
    def _is_all_in(self) -> bool:
        """Whether no tracks are awaited and the camera has ended well; `check` sees if not."""
        return self._consumer.record.is_complete and self._processes.has_camera_ended

    def summary(self) -> dict[str, Any]:
        """Return what the last line says."""
        now = time.time_ns()
        figures = self._consumer.record.summary(now)
        silence = self._consumer.record.silence
        if silence > MUTE:
            print(
                f'demo: the last {silence:.0f} s of images have no tracks: '
                f'{self._consumer.mute_topic} fell silent; its node hangs, or is far too slow',
                file=sys.stderr,
            )
        elif figures['images_lost']:
            cause = (
                'the machine is too slow or too busy; lower --set rate or input_size, or try '
                '--set precision=auto'
            )
            if self._consumer.record.last_loss(now) < WARM_UP:
                cause = f'they are of the first {WARM_UP:g} s, in which the network warms up'
            print(
                f'demo: {figures["images_lost"]} of {figures["frames"]} images have no tracks: '
                f'{cause}', file=sys.stderr,
            )
        return {**figures, 'video': str(self._video.path) if self._video.is_there else None}

    def _until_ready(self) -> None:
        deadline = time.monotonic() + START_WAIT
        while missing := self._consumer.missing():
            self._look_at_processes()
            if time.monotonic() > deadline:
                raise NodeFailure(
                    f'{missing} {START_WAIT:g} s after the start; the last lines of the nodes:\n'
                    f'{self._processes.log_tail()}'
                )
            time.sleep(POLL)
        time.sleep(SETTLE)

    def _follow(self, is_over: Callable[[], bool]) -> None:
        while not (self._is_ended or is_over()):
            self._look_at_processes()
            self._take_pictures(until=time.monotonic() + POLL)
            self._progress.show(self._consumer)

    def _look_at_processes(self) -> None:
        self._processes.check()
        if self._processes.page and not self._is_page_told:
            self._is_page_told = True
            print(f'demo: {self._processes.page}', file=sys.stderr, flush=True)

    def _take_pictures(self, until: float) -> None:
        """Write annotated images as they come, until that time; then those that wait."""
        with suppress(Empty):
            while True:
                left = until - time.monotonic()
                picture = self._consumer.pictures.get(timeout=max(left, 0.001))
                self._begin()
                self._video.add(*picture)
                height, width = picture[1].shape[:2]
                self.size = width, height
                if self._window and not self._is_ended:
                    self._is_ended = not self._window.show(picture[1])

    def _begin(self) -> None:
        """Make room for the results when there are any."""
        if not self._has_begun:
            self._has_begun = True
            remove_results(self._folder)


class _Progress:
    """One line of figures on stderr: redrawn on a terminal, now and then elsewhere."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._last = 0.0
        self._shown: Arrival | None = None
        self._shown_at = 0.0

    def show(self, consumer: Consumer) -> None:
        """Show where things stand, when it is time."""
        now = time.monotonic()
        newest = consumer.record.newest
        if newest is None or now - self._last < self._period:
            return
        if newest is self._shown:
            self._tell_silence(now)
            return
        self._shown, self._shown_at = newest, now
        self._last = now
        latencies = consumer.record.latencies_ms(newest=30)
        line = (
            f'frame {consumer.record.frames}  {len(newest.ids)} in view  '
            f'{consumer.record.tracked_rate(newest=30):.1f} of {consumer.record.rate or 0.0:.1f} '
            f'frames/s  latency {latencies.mean():.0f} ms'
        )
        start, end = ('\r', '\033[K') if self._is_terminal else ('', '\n')
        print(f'{start}{line}', end=end, file=sys.stderr, flush=True)

    def _tell_silence(self, now: float) -> None:
        """Say once that nothing comes any more; a camera may come back."""
        if now - self._shown_at > SILENCE:
            self._shown_at = math.inf
            print(f'demo: no tracks for {SILENCE:g} s', file=sys.stderr, flush=True)

    def close(self) -> None:
        """End a redrawn line."""
        if self._is_terminal and self._last:
            print(file=sys.stderr)

    @property
    def _period(self) -> float:
        return SECONDS_A_DRAW if self._is_terminal else SECONDS_A_LINE
