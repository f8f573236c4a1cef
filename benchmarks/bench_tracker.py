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

"""
How long the tracker takes, beside its peer `deep-sort-realtime` in the same run.

`scripts/run python3 benchmarks/bench_tracker.py --json`. Both get the same detections and
the same appearance vectors, and take turns, a few frames each, with one BLAS thread.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
import json
import os
from pathlib import Path
import resource
import sys
import time
from typing import Any

from crowd import PICTURE, street, WIDE
import numpy as np

from yolo_deepsort_ros import Detections, Tracker
from yolo_deepsort_ros.evaluation.mot_detections import read_detections

CROWDS = (10, 50, 100, 200, 500)
BUDGET = 100  #: appearance vectors kept of each track
WARM_UP = 120  #: frames that fill the galleries
TURN = 10  #: frames for one tracker, then for the other
REPEATS = 5  #: of the whole of MOT17-05, in turns
RATE = 30.0  #: Hz
ROOT = Path(__file__).resolve().parents[1]
FEATURES = ROOT.parent / 'shared/data/mot/MOT17-05-FRCNN/MOT17-05-FRCNN.npy'
ONE_THREAD = dict.fromkeys(
    ('OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'BLIS_NUM_THREADS'), '1'
)

Update = Callable[[Detections], object]
Clock = Callable[[], float]


def main() -> None:
    """Print one JSON object as the last line; progress goes to stderr."""
    parser = argparse.ArgumentParser(description='Time the tracker beside its peer.')
    parser.add_argument('--json', action='store_true', help='accepted; JSON is always printed')
    parser.add_argument('--frames', type=int, default=100, help='measured frames of each crowd')
    parser.add_argument('--crowds', type=int, nargs='+', default=CROWDS, help='people in each')
    parser.add_argument('--profile', default='deepsort', help="the tracker's profile")
    parser.add_argument('--cpu-time', action='store_true',
                        help="count this thread's time only, on a machine that others use too")
    parser.add_argument('--features', type=Path, default=FEATURES, help='MOT17-05 (.npy)')
    args = parser.parse_args()
    if any(os.environ.get(name) != one for name, one in ONE_THREAD.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ONE_THREAD})
    if peer() is None:
        note('deep-sort-realtime is not installed (pip install deep-sort-realtime==1.3.2): '
             'ours alone')
    bench = Bench(args.profile, time.thread_time if args.cpu_time else time.perf_counter)
    print(json.dumps({
        'crowd': {people: bench.crowd(people, 128, args.frames) for people in args.crowds},
        'sparse': bench.crowd(100, 128, args.frames, WIDE),
        'crowd_512': {people: bench.crowd(people, 512, args.frames) for people in args.crowds},
        **bench.drift(),
        'mot17_05': bench.mot17_05(args.features),
        'profile': args.profile,
        'peer': 'deep-sort-realtime' if peer() else None,
        'clock': 'thread' if args.cpu_time else 'wall',
        'blas_threads': int(os.environ['OPENBLAS_NUM_THREADS']),
    }))


def ours(profile: str) -> Update:
    """Return our tracker as a function of the detections of each next frame."""
    tracker = Tracker(profile=profile, gallery_budget=BUDGET, frame_rate=RATE)
    count = 0

    def update(found: Detections) -> object:
        nonlocal count
        count += 1
        shown = tracker.update(found, count / RATE).reported
        return shown.ids, shown.tlwh

    return update


def peer() -> Update | None:
    """Return the peer in the same form; None where it is not installed."""
    try:
        from deep_sort_realtime.deepsort_tracker import DeepSort
    except ImportError:
        return None
    tracker = DeepSort(embedder=None, nn_budget=BUDGET, max_cosine_distance=0.2)

    def update(found: Detections) -> object:
        rows = [(box, score, 0) for box, score in
                zip(found.tlwh.tolist(), found.scores.tolist(), strict=True)]
        features = found.features if found.features is not None else []
        shown = [track for track in tracker.update_tracks(rows, embeds=list(features))
                 if track.is_confirmed() and track.time_since_update <= 1]
        return [track.track_id for track in shown], [track.to_ltwh() for track in shown]

    return update


def contenders(profile: str) -> dict[str, Update]:
    """Return new trackers by name, the peer only where it is installed."""
    both = {'ours': ours(profile), 'peer': peer()}
    return {name: update for name, update in both.items() if update is not None}


class Bench:
    """
    The measurements, in milliseconds.

    Parameters
    ----------
    profile : str
        Of our tracker.
    clock : callable
        What tells the time, in seconds.

    """

    def __init__(self, profile: str, clock: Clock) -> None:
        self._profile = profile
        self._clock = clock

    def crowd(
        self, people: int, dimension: int, frames: int, picture: np.ndarray = PICTURE
    ) -> dict[str, float]:
        """Time both trackers on a street, in turns; milliseconds a frame."""
        scene = list(street(people, dimension, WARM_UP + frames, picture=picture))
        trackers = contenders(self._profile)
        times: dict[str, list[float]] = {name: [] for name in trackers}
        for start in range(0, len(scene), TURN):
            for name, update in trackers.items():
                times[name] += self._timed(update, scene[start:start + TURN])
        result: dict[str, float] = {}
        for name, values in times.items():
            p50, p95, p99 = np.percentile(values[WARM_UP:], (50, 95, 99)).round(3).tolist()
            result.update({f'{name}_ms': p50, f'{name}_p95_ms': p95, f'{name}_p99_ms': p99})
        if 'peer' in times:
            result['times_faster'] = round(result['peer_ms'] / result['ours_ms'], 1)
        note(f'{people} people, {dimension}-D: {result}')
        return result

    def drift(self, people: int = 50) -> dict[str, float]:
        """Compare late frames with early ones: the time of each, and the memory held."""
        update = ours(self._profile)
        times: list[float] = []
        memory = 0.0
        for found in street(people, 128, 2000):
            times.extend(self._timed(update, [found]))
            if len(times) == 300:
                memory = megabytes()
        late, early = np.median(times[1900:]), np.median(times[200:300])
        result = {
            'drift': round(float(late / early), 3),
            'memory_growth_mb': round(megabytes() - memory, 2),
        }
        note(f'2000 frames of {people} people: {result}')
        return result

    def mot17_05(self, path: Path) -> dict[str, float] | None:
        """Time the public detections of MOT17-05 from first to last, in milliseconds."""
        if not path.is_file():
            note(f'no {path.name}: MOT17-05 is left out')
            return None
        arrays = [
            (found.tlwh, found.scores, found.features)
            for _, every in read_detections(path) for found in [every[every.scores >= 0.3]]
        ]
        times: dict[str, list[float]] = {}
        for _ in range(REPEATS):
            for name, update in contenders(self._profile).items():
                times.setdefault(name, []).append(self._whole(update, arrays))
        result = {f'{name}_ms': round(float(np.median(each)), 1) for name, each in times.items()}
        note(f'MOT17-05, {len(arrays)} frames: {result}')
        return result

    def _whole(self, update: Update, arrays: Sequence[tuple[Any, Any, Any]]) -> float:
        """Return the milliseconds from plain arrays to the ids and boxes of all frames."""
        start = self._clock()
        for tlwh, scores, features in arrays:
            update(Detections(tlwh, scores, None, features))
        return 1e3 * (self._clock() - start)

    def _timed(self, update: Update, scene: Iterable[Detections]) -> list[float]:
        """Return the milliseconds that each frame takes."""
        times = []
        for found in scene:
            start = self._clock()
            update(found)
            times.append(1e3 * (self._clock() - start))
        return times


def megabytes() -> float:
    """Return the memory that this process holds now."""
    pages = int(Path('/proc/self/statm').read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def note(text: str) -> None:
    """Tell the reader how far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == '__main__':
    main()
