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

"""One run of the nodes as real processes: what of each image's time is theirs, what is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, ExitStack
from dataclasses import dataclass, field, replace
import os
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
import time
from typing import Any

import numpy as np
import yaml

from yolo_deepsort_ros.demo.consumer import Consumer
from yolo_deepsort_ros.demo.processes import node_commands, NodeProcesses
from yolo_deepsort_ros.nodes.health.stage_lines import read_stage_lines, Visit
from yolo_deepsort_ros.nodes.parameters.parameter_file import overrides
from yolo_deepsort_ros.nodes.runtime.environment import PROFILE_VARIABLES, shared_memory

ROOT = Path(__file__).resolve().parents[1]
VARIANT = Path(__file__).with_name('node_variant.py')
#: Stages that compute; converting and publishing are part of the overhead.
COMPUTING = {'preprocess', 'forward', 'decode', 'nms', 'detect', 'motion', 'embed', 'track'}
THREE_NODES = ('camera', 'detector', 'tracker')
COMPOSED = ('pipeline',)
#: Publishers and subscribers of each topic once all have met, the consumer among them.
GRAPHS = {
    THREE_NODES: {'image_raw': (1, 2), 'camera_info': (1, 1), 'detections': (1, 1),
                  'tracks': (1, 1)},
    (*THREE_NODES, 'annotator'): {'image_raw': (1, 2), 'camera_info': (1, 1),
                                  'detections': (1, 1), 'tracks': (1, 1)},
    COMPOSED: {'camera_info': (1, 1), 'tracks': (1, 1)},
}
START_WAIT = 90.0  #: s; a large arena is drawn first
SETTLE = 1.0  #: s from the first meeting to the start
WARM_UP = 1.0  #: s whose images count for `lost` only
LOST_AFTER = 2.0  #: s
POLL = 0.05  #: s
TICKS = os.sysconf('SC_CLK_TCK')


@dataclass(frozen=True)
class Setting:
    """
    What is run.

    Attributes
    ----------
    nodes : tuple of str
        The processes; the first one publishes the images.
    width, height : int
        Of the images.
    rate : float
        Images a second of each camera.
    seconds : float
        How long images come.
    parameters : dict
        More of the nodes' parameters, such as `model`.
    reliable : bool
        Whether images are subscribed to reliably.
    profile : bool
        Whether the shared-memory profile is used.
    executor : str
        Of `node_variant.EXECUTORS`; empty for the nodes' own.
    cameras : int
        Sets of nodes, each in a namespace of its own.
    watched : bool
        Whether somebody subscribes to the annotated images.

    """

    nodes: tuple[str, ...] = THREE_NODES
    width: int = 640
    height: int = 480
    rate: float = 30.0
    seconds: float = 8.0
    parameters: Mapping[str, Any] = field(default_factory=dict)
    reliable: bool = False
    profile: bool = True
    executor: str = ''
    cameras: int = 1
    watched: bool = False

    @property
    def graph(self) -> dict[str, tuple[int, int]]:
        """What must have met before the start."""
        graph = dict(GRAPHS[self.nodes])
        if self.watched:
            graph['annotated_image'] = (1, 1)
            if 'annotator' in self.nodes:
                publishers, subscribers = graph['image_raw']
                graph.update({'image_raw': (publishers, subscribers + 1), 'tracks': (1, 2)})
        return graph


class Camera:
    """One set of nodes and its consumer."""

    def __init__(
        self, setting: Setting, namespace: str, folder: Path, stack: ExitStack
    ) -> None:
        self._setting = setting
        self._logs = folder / namespace.strip('/')
        self._logs.mkdir()
        parameters = self._logs / 'parameters.yaml'
        parameters.write_text(yaml.safe_dump(overrides(_parameters(setting))), encoding='utf-8')
        self.processes = stack.enter_context(NodeProcesses(
            namespace, parameters, self._logs, _commands(setting, namespace, parameters)
        ))
        first = setting.nodes[0]
        self.consumer = stack.enter_context(Consumer(namespace, setting.graph, first))

    @property
    def has_ended(self) -> bool:
        """Whether the tracks of all images have come, or can come no more."""
        self.processes.check()
        return self.consumer.has_camera_gone and self.consumer.record.is_complete

    def cpu_seconds(self) -> dict[str, float]:
        """Return the processor time of each node so far; without those that have ended."""
        found = {}
        for name, number in self.processes.process_ids.items():
            try:
                text = Path(f'/proc/{number}/stat').read_text()
            except OSError:
                continue
            user, system = text.rpartition(')')[2].split()[11:13]
            found[name.removesuffix('_node')] = (int(user) + int(system)) / TICKS
        return found

    def logged(self) -> dict[str, dict[float, Visit]]:
        """Return when each node was done with each image, by node and by stamp (seconds)."""
        return {
            node: {
                visit.stamp: visit for visit in read_stage_lines(
                    (self._logs / f'{node}_node').read_text(errors='replace'))
            }
            for node in self._setting.nodes
        }

    def figures(self) -> dict[str, Any]:
        """Return what became of the images."""
        latencies = self.consumer.record.latencies
        start = min(latencies, default=0) + round(WARM_UP * 1e9)
        kept = {ns / 1e9: latency / 1e6 for ns, latency in latencies.items() if ns >= start}
        logged = self.logged()
        chain = [node for node in self._setting.nodes if node != 'annotator']
        ways = [
            _way(stamp, latency, [logged[node][stamp] for node in chain])
            for stamp, latency in kept.items() if all(stamp in logged[node] for node in chain)
        ]
        summary = self.consumer.record.summary(time.time_ns())
        return {
            'images': summary['frames'], 'lost': summary['images_lost'],
            'tracked': len(latencies),
            **_percentiles('', list(kept.values())),
            **_percentiles('overhead_', [sum(way) for way in ways]),
            'overhead_p50_ms_of': {
                node: _percentile([way[i] for way in ways], 50)
                for i, node in enumerate((*chain, 'consumer'))
            },
            'stages_p50_ms': _percentile(
                [sum(_computed(logged[node][stamp]) for node in chain)
                 for stamp in kept if all(stamp in logged[node] for node in chain)], 50),
        }


def run(setting: Setting) -> dict[str, Any]:
    """
    Run the nodes once.

    Returns
    -------
    dict
        images, lost; p50_ms, p95_ms, p99_ms from stamp to receipt; the same of the overhead,
        which is that less the computing stages of the same image, and its median by node; the
        consumer's is the last message's way. cpu_percent of each node while images came (100
        is one core), and of all; cpu_ms_per_image of all. Of several cameras the first's times.

    """
    with environment(setting), ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix='bench_latency_')))
        names = [f'/bench_{os.getpid()}_{i}' for i in range(setting.cameras)]
        cameras = [Camera(setting, name, folder, stack) for name in names]
        _wait_until_met(cameras)
        before, start = [camera.cpu_seconds() for camera in cameras], time.monotonic()
        for camera in cameras:
            camera.consumer.start_camera()
        time.sleep(setting.seconds - POLL)
        after, seconds = [camera.cpu_seconds() for camera in cameras], time.monotonic() - start
        deadline = time.monotonic() + LOST_AFTER + 1
        while not all(camera.has_ended for camera in cameras) and time.monotonic() < deadline:
            time.sleep(POLL)
        each = [camera.figures() for camera in cameras]
        totals = {name: sum(found[name] for found in each)
                  for name in ('images', 'lost', 'tracked')}
        spent = _cpu(before, after, seconds)
        per_image = 10 * spent['cpu_percent'] * seconds / max(1, totals['tracked'])
        return {**each[0], **totals, **spent, 'cpu_ms_per_image': round(per_image, 2)}


def idle(setting: Setting) -> dict[str, Any]:
    """Return the `cpu_percent` of nodes whose camera is paused."""
    with environment(setting), ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix='bench_latency_')))
        short = replace(setting, seconds=1.0)
        camera = Camera(short, f'/bench_{os.getpid()}', folder, stack)
        _wait_until_met([camera])
        before, start = camera.cpu_seconds(), time.monotonic()
        time.sleep(setting.seconds)
        return _cpu([before], [camera.cpu_seconds()], time.monotonic() - start)


def _parameters(setting: Setting) -> dict[str, Any]:
    return {
        'source': f'arena:ahead={int(setting.seconds * setting.rate)}',
        'model': 'arena-tiny', 'confidence': 0.5,
        'width': setting.width, 'height': setting.height, 'rate': setting.rate,
        'duration': setting.seconds,
        'autostart': True, 'start_paused': True, **setting.parameters,
    }


def _commands(setting: Setting, namespace: str, parameters: Path) -> dict[str, list[str]]:
    variations = [*(['reliable'] if setting.reliable else []),
                  *([setting.executor] if setting.executor else [])]
    commands = node_commands(namespace, parameters, setting.nodes)
    for node in setting.nodes:
        command = commands[f'{node}_node']
        if variations:
            command[:1] = [sys.executable, str(VARIANT), node, *variations]
        command += ['--log-level', f'{namespace.strip("/")}.{node}:=debug']
    return commands


@contextmanager
def environment(setting: Setting) -> Iterator[None]:
    """Set the shared-memory profile, or none, for this process and the nodes."""
    before = {name: os.environ.pop(name, None) for name in PROFILE_VARIABLES}
    if setting.profile:
        os.environ.update(shared_memory(os.environ, ROOT))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _wait_until_met(cameras: Sequence[Camera]) -> None:
    deadline = time.monotonic() + START_WAIT
    for camera in cameras:
        while missing := camera.consumer.missing():
            camera.processes.check()
            if time.monotonic() > deadline:
                raise TimeoutError(f'{missing}\n{camera.processes.log_tail()}')
            time.sleep(POLL)
    time.sleep(SETTLE)


def _computed(visit: Visit) -> float:
    return sum(ms for name, ms in visit.stages_ms.items() if name in COMPUTING)


def _way(stamp: float, latency: float, visits: Sequence[Visit]) -> list[float]:
    """Return what each node, and then the consumer, adds beside computing (ms)."""
    times = [stamp, *(visit.done for visit in visits), stamp + latency / 1e3]
    computed = [*map(_computed, visits), 0.0]
    return [1e3 * (end - start) - ms
            for start, end, ms in zip(times, times[1:], computed, strict=False)]


def _cpu(
    before: Sequence[Mapping[str, float]], after: Sequence[Mapping[str, float]], seconds: float
) -> dict[str, Any]:
    nodes: dict[str, float] = {}
    for start, end in zip(before, after, strict=True):
        for name, spent in end.items():
            nodes[name] = nodes.get(name, 0.0) + 100 * (spent - start[name]) / seconds
    return {
        'cpu_percent': round(sum(nodes.values()), 1),
        'cpu_percent_of': {name: round(percent, 1) for name, percent in nodes.items()},
    }


def _percentiles(name: str, values: Sequence[float]) -> dict[str, float | None]:
    return {f'{name}p{share}_ms': _percentile(values, share) for share in (50, 95, 99)}


def _percentile(values: Sequence[float], share: float) -> float | None:
    return round(float(np.percentile(values, share)), 2) if values else None
