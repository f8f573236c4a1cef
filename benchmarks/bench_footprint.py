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
What the nodes take of a robot: memory, threads, processor time, disk, and the time to start.

`scripts/run python3 benchmarks/bench_footprint.py --json`. All nodes are real processes that
track the arena's pictures; yolov4-tiny with random weights finds nothing in them, which costs it
nothing less. Memory is the proportional set size: pages that several processes share count once.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from importlib.metadata import distribution, PackageNotFoundError
import json
import os
from pathlib import Path
import subprocess
import sys
from tempfile import TemporaryDirectory
import time
from typing import Any

from latency_run import environment, Setting, TICKS
from networks import write_random_yolov4_tiny
import yaml

from yolo_deepsort_ros.demo.consumer import Consumer
from yolo_deepsort_ros.demo.processes import node_commands, NodeProcesses
from yolo_deepsort_ros.nodes.parameters.parameter_file import overrides
from yolo_deepsort_ros.nodes.runtime.environment import private_graph

ROOT = Path(__file__).resolve().parents[1]
GRAPHS = {
    'pipeline': ('pipeline',),
    'four_nodes': ('camera', 'detector', 'tracker', 'annotator'),
}
NETWORKS = ('arena-tiny', 'yolov4-tiny')
BACKENDS = ('opencv', 'onnxruntime', 'openvino')
START_LIMIT = 90.0  #: s
#: What a robot needs at the least, as wheels; the rest is for other backends and commands.
LEAST = ('numpy', 'scipy', 'opencv-python', 'PyYAML', 'tqdm')

Figures = dict[str, Any]


def main() -> None:
    """Print one JSON object as the last line; progress goes to stderr."""
    parser = argparse.ArgumentParser(description='Measure what the nodes take of a robot.')
    parser.add_argument('--json', action='store_true', help='accepted; JSON is always printed')
    parser.add_argument('--graphs', nargs='+', choices=GRAPHS, default=list(GRAPHS))
    parser.add_argument('--networks', nargs='+', default=list(NETWORKS))
    parser.add_argument('--backends', nargs='+', choices=BACKENDS, default=list(BACKENDS))
    parser.add_argument('--seconds', type=float, default=8.0, help='from the first tracks on')
    parser.add_argument('--rate', type=float, default=10.0, help='images a second')
    parser.add_argument('--repeats', type=int, default=3,
                        help='starts of each, of which the quickest is shown')
    args = parser.parse_args()
    os.environ.update(private_graph(os.environ))
    with TemporaryDirectory(prefix='bench_footprint_') as folder:
        # As on a robot, Python keeps what it has compiled.
        os.environ.pop('PYTHONDONTWRITEBYTECODE', None)
        os.environ['PYTHONPYCACHEPREFIX'] = str(Path(folder, 'compiled'))
        results: Figures = {'disk_mb': disk(), 'import_s': imports(args.repeats)}
        for graph in args.graphs:
            for network in args.networks:
                for backend in args.backends:
                    name = f'{graph} {network} {backend}'
                    runs = [run(args, graph, network, backend, Path(folder))
                            for _ in range(args.repeats)]
                    least = min(runs, key=lambda found: float(found['first_tracks_s']))
                    starts = sorted(found['first_tracks_s'] for found in runs)
                    results[name] = {**least, 'all_first_tracks_s': starts}
                    print(f'{name}: {results[name]}', file=sys.stderr)
    print(json.dumps({**results, 'cores': os.cpu_count(), 'load': os.getloadavg()[0]}))


def run(args: argparse.Namespace, graph: str, network: str, backend: str, folder: Path) -> Figures:
    """Start the nodes once, let them track, look at their processes."""
    parameters = {
        'source': 'arena', 'rate': args.rate, 'backend': backend, 'autostart': True,
        **_network(network, folder),
    }
    file = folder / 'parameters.yaml'
    file.write_text(yaml.safe_dump(overrides(parameters)), encoding='utf-8')
    nodes = GRAPHS[graph]
    namespace = f'/footprint_{os.getpid()}'
    with environment(Setting()), ExitStack() as stack:
        consumer = stack.enter_context(Consumer(namespace, {}, nodes[0]))
        start = time.monotonic()
        processes = stack.enter_context(
            NodeProcesses(namespace, file, folder, node_commands(namespace, file, nodes)))
        while not consumer.record.latencies:
            processes.check()
            if time.monotonic() - start > START_LIMIT:
                raise TimeoutError(processes.log_tail())
            time.sleep(0.005)
        first = time.monotonic() - start
        before, images = _cpu(processes), len(consumer.record.latencies)
        time.sleep(args.seconds)
        spent, images = _cpu(processes) - before, len(consumer.record.latencies) - images
        each = {name.removesuffix('_node'): _pss(number)
                for name, number in processes.process_ids.items()}
        return {
            'pss_mb': round(sum(each.values()), 1),
            'pss_mb_of': {name: round(size, 1) for name, size in each.items()},
            'first_tracks_s': round(first, 2),
            'cpu_ms_per_image': round(1e3 * spent / max(1, images), 1),
            'threads': sum(map(_threads, processes.process_ids.values())),
        }


def imports(repeats: int) -> dict[str, float]:
    """Return how long each executable's module takes to load (s), compiled before."""
    found = {}
    for node in ('camera', 'detector', 'tracker', 'annotator', 'pipeline'):
        code = ('import time; start = time.perf_counter(); '
                f'import yolo_deepsort_ros.nodes.{node}_node; print(time.perf_counter() - start)')
        times = [float(subprocess.run(
            [sys.executable, '-c', code], capture_output=True, check=True, text=True).stdout)
            for _ in range(repeats)]
        found[node] = round(min(times), 3)
    return found


def disk() -> Figures:
    """Return the size on disk of the package and of its least dependencies (MB)."""
    sizes = {name: _size_of_wheel(name) for name in LEAST}
    package = sum(file.stat().st_size for file in (ROOT / 'yolo_deepsort_ros').rglob('*')
                  if file.is_file() and file.suffix != '.pyc') / 1e6
    return {'package': round(package, 1), **sizes, 'all': round(package + sum(sizes.values()), 1)}


def _network(name: str, folder: Path) -> Figures:
    if name != 'yolov4-tiny':
        return {'model': name}
    cfg, weights = write_random_yolov4_tiny(folder)
    return {'model': str(cfg), 'weights': str(weights)}


def _size_of_wheel(name: str) -> float:
    try:
        files = distribution(name).files or ()
    except PackageNotFoundError:
        return 0.0  # an apt package
    paths = {Path(str(file.locate())).resolve() for file in files}
    return round(sum(path.stat().st_size for path in paths if path.is_file()) / 1e6, 1)


def _cpu(processes: NodeProcesses) -> float:
    """Return the processor time of all nodes (s)."""
    total = 0
    for number in processes.process_ids.values():
        user, system = Path(f'/proc/{number}/stat').read_text().rpartition(')')[2].split()[11:13]
        total += int(user) + int(system)
    return total / TICKS


def _pss(number: int) -> float:
    text = Path(f'/proc/{number}/smaps_rollup').read_text()
    return int(text.partition('\nPss:')[2].split()[0]) / 1024


def _threads(number: int) -> int:
    return int(Path(f'/proc/{number}/status').read_text().partition('Threads:')[2].split()[0])


if __name__ == '__main__':
    main()
