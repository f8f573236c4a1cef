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

"""The demo where there is no ROS 2: the same flow in this process, as `track` has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import redirect_stdout
import io
import json
from pathlib import Path
import signal
import sys
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

from yolo_deepsort_ros.cli import commands
from yolo_deepsort_ros.config.source_config import is_arena
from yolo_deepsort_ros.demo.judging import ARENA_SECONDS, judge, remove_results
from yolo_deepsort_ros.demo.placing import Placing
from yolo_deepsort_ros.files import user_path
from yolo_deepsort_ros.simulation.arena.arena import RATE
from yolo_deepsort_ros.simulation.arena.arena_config import arena_config, arena_source


def run_pipeline(
    values: Mapping[str, Any], options: Iterable[str], folder: Path, placing: Placing | None
) -> int:
    """
    Track the source in this process, fill the folder, print the figures as JSON.

    Parameters
    ----------
    values : mapping
        The parameters, for what they say of the arena.
    options : iterable of str
        The same, as options of `track`.
    folder : Path
        Where the files go.
    placing : Placing or None
        Locates the tracks.

    Returns
    -------
    int
        As that of `track`; 128 and the signal's number when interrupted, after writing what
        there is.

    """
    print(
        'demo: no ROS 2 here: the command line tracks the source, without nodes',
        file=sys.stderr, flush=True,
    )
    received: list[int] = []

    def interrupt(number: int, _: FrameType | None) -> None:
        received.append(number)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    remove_results(folder)
    video = folder / 'annotated.mp4'
    words = ['--out', str(folder / 'tracks.txt'), '--video', str(video), *options]
    source, truth, arena = values['source'], None, None
    printed = io.StringIO()
    with TemporaryDirectory(prefix='yolo_deepsort_demo_') as scratch:
        if is_arena(source):
            arena = arena_config(source)
            arena = arena.replace(truth=arena.truth or str(Path(scratch, 'gt.txt')))
            truth = user_path(arena.truth)
            if placing:
                arena = arena.replace(truth_3d=arena.truth_3d or str(Path(scratch, 'gt_3d.csv')))
            source = arena_source(arena, Path(scratch, 'arena.yaml'))
            if not (values.get('duration') or values.get('max_frames')):
                words += ['--set', f'duration={ARENA_SECONDS:g}']
        elif placing:
            words += placing.as_options()
        with redirect_stdout(printed):
            status = commands.main(['track', source, *words])
        if status:
            return status
        summary = json.loads(printed.getvalue())
        # Of other sources nobody knows the rate here; it places the timeline's ticks.
        rate = (values.get('rate') or RATE) if truth else None
        judged = judge(folder, summary['frames'], rate, truth)
        if placing and arena:
            judged |= placing.judged(folder, summary['frames'], arena, values)
    print(json.dumps({
        'frames': summary['frames'], 'ids': summary['tracks'], 'fps': summary['fps'],
        'latency_ms_p50': None, 'latency_ms_p95': None, 'images_lost': 0,
        'video': str(video) if video.exists() else None, **judged,
    }), flush=True)
    return 128 + received[0] if received else 0
