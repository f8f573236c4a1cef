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

"""The tracker alone, and the whole flow, in this process as fast as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
import time

from crowd import street
from soak_runs.series import held_by, reference, Series, time_of

from yolo_deepsort_ros import Tracker
from yolo_deepsort_ros.cli.options import group_of, with_source_defaults
from yolo_deepsort_ros.config.network_config import DetectorConfig, EmbedderConfig
from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.pipeline import Pipeline
from yolo_deepsort_ros.sources.opening import open_source
from yolo_deepsort_ros.visualization.video import VideoWriter
from yolo_deepsort_ros.yolo.detector import Detector

PEOPLE, DIMENSION = 50, 128
RATE = 30.0  #: Hz
ARENA = {'source': 'arena', 'width': 320, 'height': 240}
FILM = 900  #: frames of the arena; to draw each takes twice the time of all else
#: Processor time: other programs of the machine hardly count in it.
CLOCK = time.process_time


def run_tracker(frames: int) -> Iterator[Series]:
    """Yield the series each time it has grown: a crowd in which people come and go."""
    tracker = Tracker()
    scene = enumerate(street(PEOPLE, DIMENSION, frames))
    return _run('tracker', (
        time_of(partial(tracker.update, found, index / RATE), time.thread_time)
        for index, found in scene
    ), 1000, time.thread_time)


def run_pipeline(frames: int) -> Iterator[Series]:
    """Yield the series each time it has grown: a video, detector, embedder and tracker."""
    values = with_source_defaults({**ARENA, 'threads': 1})
    with ExitStack() as stack:
        film = Path(stack.enter_context(TemporaryDirectory(prefix='soak_')), 'film.mp4')
        draw(film)
        values |= {'source': str(film), 'loop': True, 'max_frames': frames}
        source = stack.enter_context(open_source(group_of(SourceConfig, values), paced=False))
        results = iter(Pipeline(
            source, Detector(config=group_of(DetectorConfig, values)),
            group_of(EmbedderConfig, values), group_of(TrackerConfig, values),
        ))
        end = object()

        def times() -> Iterator[float]:
            while True:
                begin = CLOCK()
                if next(results, end) is end:
                    return
                yield 1000 * (CLOCK() - begin)

        yield from _run('pipeline', times(), 200, CLOCK)


def draw(film: Path) -> None:
    """Write a video of the arena."""
    config = group_of(SourceConfig, {**ARENA, 'max_frames': FILM})
    with open_source(config, paced=False) as source, VideoWriter(film, RATE) as video:
        for frame in source:
            video.write(frame.image)


def _run(
    what: str, times: Iterable[float], block: int, clock: Callable[[], float]
) -> Iterator[Series]:
    series, done = Series(what), []
    for frames, milliseconds in enumerate(times, 1):
        done.append(milliseconds)
        if len(done) == block:
            spent = min(time_of(reference, clock) for _ in range(3))
            series.add(frames, done, spent, {what: held_by('self')})
            done.clear()
            yield series
