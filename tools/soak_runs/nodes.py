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

"""The four nodes at 30 Hz, watched from outside and from within."""

from __future__ import annotations

from collections.abc import Iterator
import json
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
import time

from fault_cases.peer import Peer
from sensor_msgs.msg import Image
from soak_runs.series import held_by, reference, Series, time_of
from vision_msgs.msg import Detection2DArray
import yaml

from yolo_deepsort_ros.cli.options import with_source_defaults
from yolo_deepsort_ros.demo.consumer import EVERY_RESULT
from yolo_deepsort_ros.demo.processes import node_commands, NodeProcesses
from yolo_deepsort_ros.nodes.messages.conversions import stamp_to_nanoseconds
from yolo_deepsort_ros.nodes.parameters.parameter_file import overrides

INSIDE = Path(__file__).with_name('inside.py')
NAMESPACE = '/soak'
NODES = ('camera', 'detector', 'tracker', 'annotator')
ARENA = {'source': 'arena', 'rate': 30.0, 'width': 320, 'height': 240, 'end_with_parent': True}
BLOCK = 5.0  #: s
PATIENCE = 60.0  #: s


def run_nodes(minutes: float) -> Iterator[Series]:
    """Yield the series each time it has grown."""
    with TemporaryDirectory(prefix='soak_') as scratch:
        folder = Path(scratch)
        parameters = folder / 'parameters.yaml'
        parameters.write_text(
            yaml.safe_dump(overrides(with_source_defaults(ARENA))), encoding='utf-8')
        commands = {
            name: [sys.executable, str(INSIDE), str(folder / f'{name}.inside'), name, *command[1:]]
            for name, command in node_commands(NAMESPACE, parameters, NODES).items()
        }
        peer = Peer(NAMESPACE)
        latencies: list[float] = []

        def on_tracks(message: Detection2DArray) -> None:
            latencies.append(time.time_ns() - stamp_to_nanoseconds(message.header.stamp))

        peer.node.create_subscription(Detection2DArray, 'tracks', on_tracks, EVERY_RESULT)
        peer.node.create_subscription(Image, 'annotated_image', lambda _: None, 1, raw=True)
        with NodeProcesses(NAMESPACE, parameters, folder, commands) as nodes:
            begin = time.monotonic()
            while not latencies and time.monotonic() < begin + PATIENCE:
                peer.spin(0.1)
                nodes.check()
            yield from _watch(peer, nodes, latencies, 60 * minutes, folder)
        peer.close()


def _watch(
    peer: Peer, nodes: NodeProcesses, latencies: list[float], seconds: float, folder: Path
) -> Iterator[Series]:
    series, frames = Series('nodes'), 0
    while time.monotonic() < series.begin + seconds:
        latencies.clear()
        peer.spin(BLOCK)
        nodes.check()
        if not latencies:
            continue  # it will be seen in the number of frames
        frames += len(latencies)
        held = {
            name.removesuffix('_node'): held_by(pid) for name, pid in nodes.process_ids.items()}
        series.add(
            frames, [each / 1e6 for each in latencies],
            min(time_of(reference, time.perf_counter) for _ in range(3)), held,
        )
        series.inside = {name: _inside(folder / f'{name}.inside') for name in nodes.process_ids}
        yield series


def _inside(path: Path) -> list[dict[str, int]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
