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
How fast this board is, as a row for the table in docs/performance/boards.md.

    scripts/run python3 tools/board_report.py

Needs no ROS. Each library that is installed runs each network, in a process of its own; they are
measured in turns. Figures are medians in milliseconds of whole calls on one 640 x 480 picture;
the pipeline detects, describes and tracks the arena's pictures, which are drawn before.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib.util import find_spec
import json
import os
from pathlib import Path
import platform
from statistics import median
import sys
import tempfile
import time
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / folder) for folder in ('', 'benchmarks')]

from measured_process import MeasuredProcess  # noqa: E402, I100
from networks import write_random_yolov4_tiny  # noqa: E402

from yolo_deepsort_ros import Detector  # noqa: E402
from yolo_deepsort_ros.config.arena_settings import ARENA_SETTINGS  # noqa: E402
from yolo_deepsort_ros.config.network_config import BACKENDS, EmbedderConfig  # noqa: E402
from yolo_deepsort_ros.config.tracker_config import TrackerConfig  # noqa: E402
from yolo_deepsort_ros.error_text import pip_install  # noqa: E402
from yolo_deepsort_ros.pipeline import Pipeline  # noqa: E402
from yolo_deepsort_ros.simulation.arena.arena import Arena  # noqa: E402
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig  # noqa: E402
from yolo_deepsort_ros.sources.frame import Frame  # noqa: E402
from yolo_deepsort_ros.sources.source import Source  # noqa: E402

PRECISIONS = ('float32', 'auto')
FIRST = 20  #: images before the pipeline is timed
RATE = 15.0  #: of the arena's images, a second
BUSY = 0.5  #: load for each core at the start
UNKNOWN = 'unknown'

Figures = dict[str, Any]
Pictures = list[np.ndarray]


class Drawn(Source):
    """Pictures from memory, again and again; tells when the first ones are through."""

    name, rate, mode, is_live = 'arena', RATE, '', False

    def __init__(self, pictures: Pictures, count: int) -> None:
        self._pictures, self._count, self._next = pictures, count, 0
        self.start = 0.0

    def read(self) -> Frame | None:
        """Return the next picture."""
        index, self._next = self._next, self._next + 1
        if index == FIRST:
            self.start = time.perf_counter()
        if index == FIRST + self._count:
            return None
        return Frame(self._pictures[index % len(self._pictures)], index / RATE, index)

    def close(self) -> None:
        """Do nothing: there is nothing to release."""


def main() -> None:
    """Print the row, and the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument('--board', help='its name, where the system does not know it')
    parser.add_argument('--turns', type=int, default=5, help='of five calls for each')
    parser.add_argument('--least', action='store_true',
                        help='the least of the calls, not the median: for a busy machine')
    parser.add_argument('--images', type=int, default=150, help='that the pipeline is timed with')
    args = parser.parse_args()
    arena = Arena(ArenaConfig(), rate=RATE)
    pictures = [arena.render(index)[0] for index in range(FIRST + args.images)]
    with tempfile.TemporaryDirectory() as folder:
        networks = networks_in(Path(folder))
        figures = {
            **machine(),
            'ms': milliseconds(networks, pictures[0], Path(folder), args.turns, args.least),
        }
    if figures['load'] > BUSY * figures['cores']:
        say(f'load {figures["load"]:.1f}: other programs run, which makes all figures larger')
    if args.board:
        figures['board'] = args.board
    figures['pipeline'] = pipeline(figures['ms']['arena-tiny'], pictures, args.images)
    print(row(figures))
    print(json.dumps(figures))


def networks_in(folder: Path) -> dict[str, dict[str, str]]:
    """Return the parameters of each network by its name."""
    cfg, weights = write_random_yolov4_tiny(folder)
    return {
        'arena-tiny': {'model': 'arena-tiny'},
        'yolov4-tiny': {'model': str(cfg), 'weights': str(weights)},
    }


def milliseconds(
    networks: dict[str, dict[str, str]], picture: np.ndarray, folder: Path, turns: int,
    is_least: bool,
) -> dict[str, Figures]:
    """Return the median or the least of each network, by library and precision."""
    file, script = folder / 'picture.npy', ROOT / 'benchmarks' / 'detector_variant.py'
    np.save(file, picture)
    paths = [str(ROOT), os.environ.get('PYTHONPATH', '')]
    os.environ['PYTHONPATH'] = os.pathsep.join(filter(None, paths))
    processes = {}
    for key, how in _variants(networks):
        try:
            processes[key] = MeasuredProcess(
                [sys.executable, str(script), str(file), json.dumps(how)])
        except RuntimeError:  # noqa: PERF203
            say(f'{" ".join(key)}: does not run here and is left out')
    times: dict[tuple[str, ...], list[float]] = {key: [] for key in processes}
    for turn in range(turns):
        say(f'turn {turn + 1} of {turns}')
        for key, process in processes.items():
            times[key] += process.ask('seconds', 5)
    found: dict[str, Figures] = {name: {} for name in networks}
    for key, process in processes.items():
        name, *how = key
        ms = round(1e3 * (min if is_least else median)(times[key]), 1)
        found[name][' '.join(how)] = {'ms': ms, 'name': process.facts['name']}
        process.close()
    return found


def _variants(
    networks: dict[str, dict[str, str]]
) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    absent = [name for name in BACKENDS if name != 'opencv' and find_spec(name) is None]
    for name in absent:
        say(f'{name} is not installed: {pip_install(name)}')
    for name, model in networks.items():
        for backend in (found for found in BACKENDS if found not in absent):
            for precision in PRECISIONS:
                how = {'backend': backend, 'precision': precision}
                yield (name, backend, precision), {**model, **how}


def pipeline(ms: Figures, pictures: Pictures, count: int) -> Figures:
    """Return images a second of detector, descriptor and tracker, with the fastest library."""
    best = min(ms, key=lambda how: float(ms[how]['ms']))
    backend, precision = best.split()
    settings = dict(ARENA_SETTINGS)
    detector = Detector(
        settings.pop('model'), confidence=settings.pop('confidence'), backend=backend,
        precision=precision,
    )
    source = Drawn(pictures, count)
    steps = list(Pipeline(source, detector, EmbedderConfig(), TrackerConfig(**settings)))
    seconds = time.perf_counter() - source.start
    return {
        'images_a_second': round(count / seconds, 1), 'network': detector.backend,
        'tracks': len(steps[-1].tracks.reported.ids),
    }


def machine() -> Figures:
    """Return what this board is, and what runs on it."""
    model = Path('/proc/device-tree/model')
    return {
        'board': model.read_text().strip('\0 \n') if model.is_file() else UNKNOWN,
        'cpu': cpu(), 'cores': len(os.sched_getaffinity(0)), 'machine': platform.machine(),
        'memory_gb': round(os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30, 1),
        'system': system(), 'python': platform.python_version(), 'load': os.getloadavg()[0],
    }


def cpu() -> str:
    """Return the name of the processor; ARM's kernels tell numbers alone."""
    said = dict(
        map(str.strip, line.split(':', 1))
        for line in Path('/proc/cpuinfo').read_text().splitlines() if ':' in line
    )
    part = f'{said.get("CPU implementer", "?")} {said.get("CPU part", "?")}'
    return said.get('model name') or said.get('Model') or f'implementer and part {part}'


def system() -> str:
    """Return the name of the operating system."""
    try:
        return platform.freedesktop_os_release()['PRETTY_NAME']
    except OSError:
        return platform.system()


def row(figures: Figures) -> str:
    """Return the table's row."""
    libraries = dict.fromkeys(
        found['name'].partition(',')[0]
        for by_library in figures['ms'].values() for found in by_library.values()
    )
    cells = [
        figures['board'],
        f'{figures["cores"]} × {figures["cpu"]}, {figures["memory_gb"]} GB, {figures["machine"]}',
        f'{figures["system"]}, Python {figures["python"]}, {", ".join(libraries)}',
        *(times(figures['ms'][name]) for name in figures['ms']),
        f'{figures["pipeline"]["images_a_second"]} ({figures["pipeline"]["network"]})',
    ]
    return f'| {" | ".join(cells)} |'


def times(by_library: Figures) -> str:
    """Return the milliseconds of a network, as in `ncnn 5.0 (float16 3.1)`."""
    texts = []
    for backend in BACKENDS:
        plain, fast = (by_library.get(f'{backend} {precision}') for precision in PRECISIONS)
        if plain:
            kind = fast['name'].split(', ')[2] if fast else 'float32'
            other = '' if kind == 'float32' else f' ({kind} {fast["ms"]})'
            texts.append(f'{backend} {plain["ms"]}{other}')
    return ', '.join(texts)


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == '__main__':
    main()
