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
How long an image takes from its stamp to its tracks in another process, and what it costs.

`scripts/run python3 benchmarks/bench_latency.py --json`. All nodes are real processes; the
arena's images are drawn before the first is published. A run's time is `--seconds`; figures of
a busy machine are larger, the load during the runs is printed beside them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import replace
import json
import math
import os
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from typing import Any

from latency_pieces import in_a_process, INLINE_EXECUTORS
from latency_run import COMPOSED, environment, idle, run, Setting, THREE_NODES
from networks import write_random_yolov4_tiny
from node_variant import EXECUTORS

from yolo_deepsort_ros.config.node_configs import PARAMETERS
from yolo_deepsort_ros.nodes.runtime.environment import private_graph

SIZES = ('640x480', '1280x720', '1920x1080')
CAMERAS = (1, 2, 4)
THREADS = (0, 1, 2)  #: 0 is the default
MODELS = Path(__file__).resolve().parents[2] / 'shared/data/models'
REAL = MODELS / 'yolov4-tiny.cfg', MODELS / 'yolov4-tiny-voc20in80.weights'
SHOWN = ('lost', 'p50_ms', 'p95_ms', 'overhead_p50_ms', 'overhead_p95_ms', 'overhead_p50_ms_of',
         'cpu_ms_per_image')

Figures = dict[str, Any]


def main() -> None:
    """Print one JSON object as the last line; progress goes to stderr."""
    parts: dict[str, Callable[[Bench], Figures]] = {
        'sizes': Bench.sizes, 'transport': Bench.transport, 'model': Bench.model,
        'idle': Bench.idle, 'annotator': Bench.annotator, 'cameras': Bench.cameras,
        'threads': Bench.threads, 'executors': Bench.executors, 'pieces': Bench.pieces,
    }
    parser = argparse.ArgumentParser(description='Time the nodes from stamp to tracks.')
    parser.add_argument('--json', action='store_true', help='accepted; JSON is always printed')
    parser.add_argument('--composed', action='store_true',
                        help='pipeline_node in place of three nodes; sizes has both otherwise')
    parser.add_argument('--only', nargs='+', choices=parts, default=list(parts), help='parts')
    parser.add_argument('--sizes', nargs='+', default=SIZES, help='of the images')
    parser.add_argument('--seconds', type=float, default=8.0, help='of images in each run')
    parser.add_argument('--repeats', type=int, default=1,
                        help='runs of each, of which the least disturbed one is shown')
    parser.add_argument('--rate', type=float, default=30.0, help='images a second')
    parser.add_argument('--model-rate', type=float, default=10.0, help='the same for --model')
    parser.add_argument('--model', help='network beside arena-tiny (default: yolov4-tiny)')
    parser.add_argument('--set', action='append', default=[], metavar='NAME=VALUE',
                        help='a parameter of the nodes in all runs')
    args = parser.parse_args()
    os.environ.update(private_graph(os.environ))
    with TemporaryDirectory(prefix='bench_latency_') as folder:
        bench = Bench(args, Path(folder))
        results: Figures = {}
        for part in args.only:
            results.update(parts[part](bench))
    print(json.dumps({
        **results, 'seconds': args.seconds, 'cores': os.cpu_count(), 'load': bench.load(),
    }))


class Bench:
    """The parts of the benchmark, each a method that returns its figures by name."""

    def __init__(self, args: argparse.Namespace, folder: Path) -> None:
        self._args = args
        self._folder = folder
        self._loads: list[float] = []
        self._usual = Setting(
            nodes=COMPOSED if args.composed else THREE_NODES, rate=args.rate,
            seconds=args.seconds, parameters=_given(args.set),
        )

    def load(self) -> list[float]:
        """Return the least and the largest load seen after a run."""
        return [min(self._loads), max(self._loads)] if self._loads else []

    def sizes(self) -> Figures:
        """Each size, as the package is shipped: best effort, shared-memory profile."""
        kinds = {'three_nodes': THREE_NODES, 'pipeline': COMPOSED}
        if self._args.composed:
            del kinds['three_nodes']
        return {
            kind: self._runs(
                ((size, _sized(replace(self._usual, nodes=nodes), size))
                 for size in self._args.sizes), f'{kind} '
            ) for kind, nodes in kinds.items()
        }

    def transport(self) -> Figures:
        """Each size without the profile, and reliably."""
        ways = {'reliable': {'reliable': True}, 'no profile': {'profile': False},
                'reliable, no profile': {'reliable': True, 'profile': False}}
        return {'transport': self._runs(
            (f'{size} {name}', replace(_sized(self._usual, size), **way))
            for size in self._args.sizes for name, way in ways.items()
        )}

    def model(self) -> Figures:
        """Another network than the arena's, at a rate that it holds."""
        found = self._network()
        setting = replace(self._usual, rate=self._args.model_rate,
                          parameters={**found, **self._usual.parameters})
        return {'model': self._runs([(Path(found['model']).stem, setting)])}

    def idle(self) -> Figures:  # noqa: D402
        """Nodes that have nothing to do: the camera is paused."""
        found = idle(self._with_annotator())
        _note(f'idle: {found}')
        return {'idle_cpu_percent': found['cpu_percent'], 'idle': found['cpu_percent_of']}

    def annotator(self) -> Figures:
        """With the annotator, nobody or somebody looking."""
        setting = self._with_annotator()
        return {'annotator': self._runs(
            (name, replace(setting, watched=watched))
            for name, watched in (('nobody looks', False), ('somebody looks', True))
        )}

    def cameras(self) -> Figures:
        """Several cameras at half the rate, each with nodes of its own."""
        slower = replace(self._usual, rate=self._usual.rate / 2)
        return {'cameras': self._runs(
            (str(count), replace(slower, cameras=count)) for count in CAMERAS
        )}

    def threads(self) -> Figures:
        """Try several numbers of threads, each for every node."""
        return {'threads': self._runs((
            (str(count), replace(
                self._usual, parameters={'threads': count, **self._usual.parameters}
            )) for count in THREADS), 'threads ')}

    def pieces(self) -> Figures:
        """Time what the way of an image is made of; see `latency_pieces`."""
        with environment(self._usual):
            found = {
                f'{size}{", memory given back" * (not kept)}': in_a_process(
                    size, *['kept'] * kept)
                for size in self._args.sizes for kept in (False, True)
            }
            found.update({name: in_a_process(name) for name in ('objects', 'sleep')})
            found['executor'] = {name: in_a_process(name) for name in INLINE_EXECUTORS}
        for name, times in found.items():
            _note(f'{name}: {times}')
        return {'pieces_ms': found}

    def executors(self) -> Figures:
        """Try each executor that rclpy has, idle and at work."""
        found: Figures = {}
        for name in EXECUTORS:
            setting = replace(self._usual, executor=name)
            try:
                still = idle(setting)['cpu_percent']
                found[name] = {**self._run(name, setting), 'idle_cpu_percent': still}
            except Exception as error:  # a distribution may lack it
                found[name] = {'error': str(error).splitlines()[-1]}
                _note(f'{name}: {error}')
        return {'executors': found}

    def _with_annotator(self) -> Setting:
        if self._args.composed:
            return self._usual
        return replace(self._usual, nodes=(*THREE_NODES, 'annotator'))

    def _network(self) -> dict[str, Any]:
        if self._args.model:
            return {'model': self._args.model}
        cfg, weights = REAL if all(p.is_file() for p in REAL) else write_random_yolov4_tiny(
            self._folder)
        return {'model': str(cfg), 'weights': str(weights)}

    def _runs(self, settings: Iterable[tuple[str, Setting]], kind: str = '') -> Figures:
        return {name: self._run(f'{kind}{name}', setting) for name, setting in settings}

    def _run(self, name: str, setting: Setting) -> Figures:
        tried = []
        for _ in range(self._args.repeats):
            tried.append(run(setting))
            self._loads.append(round(os.getloadavg()[0], 1))
        found = min(tried, key=lambda run: (run['lost'], run['overhead_p95_ms'] or math.inf))
        _note(f'{name}: {", ".join(f"{key} {found[key]}" for key in SHOWN)}')
        return found


def _sized(setting: Setting, size: str) -> Setting:
    width, _, height = size.partition('x')
    return replace(setting, width=int(width), height=int(height))


def _given(texts: Iterable[str]) -> dict[str, Any]:
    pairs = (text.partition('=') for text in texts)
    return {name: PARAMETERS[name].parse(value) for name, _, value in pairs}


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == '__main__':
    main()
