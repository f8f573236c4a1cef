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
What the page costs a robot: `scripts/run python3 benchmarks/bench_viewer.py --json`.

A pipeline tracks pictures of the arena (640×480, 30 Hz, arena-tiny), drawn before, and serves
its page. Beside one another in one run stand: nobody looks, one client, ten clients of which
one reads nothing. A viewer node alone is timed while nobody looks, and Chromium from the stamp
to the drawn picture.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
import json
import os
from pathlib import Path
import re
from statistics import median
import subprocess
import sys
from tempfile import TemporaryDirectory
import time
from typing import Any

from ament_index_python.packages import get_package_prefix
import cv2
import rclpy
from rclpy.executors import SingleThreadedExecutor
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import stamp_to_seconds
from yolo_deepsort_ros.nodes.runtime.environment import private_graph
from yolo_deepsort_ros.simulation.arena import Arena
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig
from yolo_deepsort_ros.stage_timer import p95
import yolo_deepsort_ros.web.page_server as page_server

ROOT = Path(__file__).resolve().parents[1]
CLIENTS = Path(__file__).with_name('page_clients.py')
TICKS = os.sysconf('SC_CLK_TCK')
PICTURES = 300  #: of the arena, shown again and again
PIPELINE = {
    'loop': 'true', 'model': 'arena-tiny', 'rate': '30.0', 'web': 'true', 'web_port': '0',
}
LOOK = 11.0  #: s; a request counts as looking for ten
AGES = 'return Number(document.querySelector(".tile")?.dataset.age)'


def main() -> None:
    """Print one JSON object as the last line; progress goes to stderr."""
    parser = argparse.ArgumentParser(description='Time the page.')
    parser.add_argument('--json', action='store_true', help='accepted; JSON is always printed')
    parser.add_argument('--seconds', type=float, default=20.0, help='of each measurement')
    parser.add_argument('--repeats', type=int, default=3, help='of each; the median counts')
    arguments = parser.parse_args()
    os.environ.update(private_graph(os.environ))
    figures: dict[str, Any] = {'page_kb': round(page_bytes() / 1e3, 1)}
    with TemporaryDirectory() as scratch:
        with node('viewer', Path(scratch), web_port='0') as (process, _):
            time.sleep(LOOK)
            idle = cpu_percent(process, arguments.seconds)
            figures['idle_cpu_percent'] = round(idle, 2)
            say('idle', figures)
        figures.update(watched(Path(scratch), arguments.seconds, arguments.repeats))
    print(json.dumps({**figures, 'load': round(os.getloadavg()[0], 1), 'cores': os.cpu_count()}))


def watched(scratch: Path, seconds: float, repeats: int) -> dict[str, Any]:
    """Measure a pipeline with none, one and ten clients, in turn."""
    found: dict[str, list[dict[str, float]]] = {'nobody': [], 'one': [], 'ten': []}
    source = str(pictures(scratch))
    with (
        node('pipeline', scratch, source=source, **PIPELINE) as (process, address),
        Tracks() as tracks,
    ):
        for _ in range(repeats):
            for name, count, stalled in (('nobody', 0, 0), ('one', 1, 0), ('ten', 10, 1)):
                with clients(address, count, stalled):
                    time.sleep(2.0 if count else LOOK)
                    found[name].append(tracks.measure(process, seconds))
                say(name, found[name][-1])
        browser = in_chromium(address, seconds)
    parts = {
        name: {key: round(median(run[key] for run in runs), 2) for key in runs[0]}
        for name, runs in found.items()
    }
    nobody = parts['nobody']
    return {
        **parts,
        'one_client_cpu_percent': round(parts['one']['cpu_percent'] - nobody['cpu_percent'], 2),
        'ten_clients_p95_growth_ms': round(parts['ten']['p95_ms'] - nobody['p95_ms'], 2),
        **browser,
    }


class Tracks:
    """Takes the tracks in this process; a context manager."""

    def __enter__(self) -> Tracks:
        rclpy.init()
        self._node = rclpy.create_node('bench_viewer')
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self._node)
        self._latencies: list[float] = []
        self._stamps: list[float] = []
        self._node.create_subscription(Detection2DArray, 'tracks', self._on_tracks, qos.RESULTS)
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown()
        self._node.destroy_node()
        rclpy.shutdown()

    def measure(self, process: int, seconds: float) -> dict[str, float]:
        """Return cost, latency and losses over some seconds."""
        self._latencies.clear()
        self._stamps.clear()
        before, end = cpu_seconds(process), time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._executor.spin_once(timeout_sec=left)
        spent = cpu_seconds(process) - before
        expected = round((self._stamps[-1] - self._stamps[0]) * 30) + 1
        return {
            'cpu_percent': 100 * spent / seconds,
            'p50_ms': 1e3 * median(self._latencies), 'p95_ms': 1e3 * p95(self._latencies),
            'images_lost': expected - len(self._stamps),
        }

    def _on_tracks(self, message: Detection2DArray) -> None:
        stamp = stamp_to_seconds(message.header.stamp)
        self._latencies.append(time.time() - stamp)
        self._stamps.append(stamp)


def pictures(scratch: Path) -> Path:
    """Draw the arena into a folder, for drawing it live takes as long as looking at it."""
    folder, arena = scratch / 'arena', Arena(ArenaConfig())
    folder.mkdir()
    for index in range(PICTURES):
        cv2.imwrite(str(folder / f'{index:06}.jpg'), arena.render(index)[0])
    return folder


@contextmanager
def node(name: str, scratch: Path, **parameters: str) -> Iterator[tuple[int, str]]:
    """Run a node; yield the number of its process and the address of its page."""
    program = Path(get_package_prefix('yolo_deepsort_ros'), 'lib', 'yolo_deepsort_ros')
    words = [word for key, value in parameters.items() for word in ('-p', f'{key}:={value}')]
    log = scratch / f'{name}.log'
    with open(log, 'wb') as output:
        process = subprocess.Popen(
            [program / f'{name}_node', '--ros-args', *words], stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        while not (found := re.search(r'page at (http://\S+)', log.read_text())):
            if process.poll() is not None:
                sys.exit(log.read_text())
            time.sleep(0.1)
        yield process.pid, found[1]
    finally:
        process.terminate()
        process.wait()


@contextmanager
def clients(address: str, count: int, stalled: int) -> Iterator[None]:
    """Have clients look, in a process of their own."""
    if not count:
        yield
        return
    command = [sys.executable, str(CLIENTS), address, str(count), str(stalled)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        yield
        assert process.stdin is not None
        process.stdin.close()


def in_chromium(address: str, seconds: float) -> dict[str, Any]:
    """Return the time to the first picture, and from stamps until their pictures are drawn."""
    sys.path.insert(0, str(ROOT / 'test'))
    from browser import browser, PROGRAMS
    from shutil import which
    if not all(map(which, PROGRAMS)):
        print('no Chromium: the page is not timed in a browser', file=sys.stderr)
        return {'first_picture_ms': None, 'drawn_p50_ms': None}
    with browser() as page:
        page.driver.get(address)
        page.until('return document.querySelector(".tile")?.dataset.first')
        first = page.run('return Number(document.querySelector(".tile").dataset.first)')
        ages, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            ages.append(page.run(AGES))
            time.sleep(0.2)
    return {'first_picture_ms': round(first), 'drawn_p50_ms': round(median(ages), 1),
            'drawn_p95_ms': round(p95(ages), 1)}


def page_bytes() -> int:
    """Return the size of all files of the page."""
    folder = Path(page_server.__file__).with_name('page')
    return sum((folder / name).stat().st_size for name in page_server.FILES)


def cpu_percent(process: int, seconds: float) -> float:
    """Return what a process takes of a core over some seconds."""
    before = cpu_seconds(process)
    time.sleep(seconds)
    return 100 * (cpu_seconds(process) - before) / seconds


def cpu_seconds(process: int) -> float:
    """Return the processor time that a process has taken."""
    fields = Path(f'/proc/{process}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def say(name: str, figures: Any) -> None:
    """Show how far it is."""
    print(f'{name}: {figures}', file=sys.stderr, flush=True)


if __name__ == '__main__':
    main()
