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

"""Robot and base station with one way of discovery: their link at several rates, and lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
import signal
import statistics
import subprocess
import sys
from tempfile import TemporaryDirectory
import time

from host_pair.host import Host
from host_pair.records import Records
import yaml

from yolo_deepsort_ros.cli.options import with_source_defaults
from yolo_deepsort_ros.demo.processes import node_commands
from yolo_deepsort_ros.nodes.parameters.parameter_file import overrides

CONSUMER = str(Path(__file__).with_name('consumer.py'))
NAMESPACE = '/robot'
NODES = ('camera', 'detector', 'tracker')
RATE = 10.0  #: Hz
ARENA = {'source': 'arena:agents=4,seed=3,depth=false', 'rate': RATE, 'width': 640, 'height': 480}
ADDRESSES = {'robot': '10.77.0.1', 'base': '10.77.0.2'}
SERVER = f'{ADDRESSES["robot"]}:11811'
#: Environment of each process, by the way of discovery.
DISCOVERIES = {
    'multicast': {'ROS_AUTOMATIC_DISCOVERY_RANGE': 'SUBNET'},
    'server': {'ROS_DISCOVERY_SERVER': SERVER},
    'peers': {
        'ROS_AUTOMATIC_DISCOVERY_RANGE': 'SUBNET',
        'ROS_STATIC_PEERS': ';'.join(ADDRESSES.values()),
    },
}
LINKS = (1000, 20, 5)  #: Mbit/s
QUEUE = '100ms'  #: of the link: what waits longer is dropped
#: What a viewer on the base station subscribes to, and how.
VIEWERS = {
    'nobody': '', 'JPEG': 'image_raw/compressed', 'raw images': 'image_raw',
    'raw images, reliable': 'image_raw reliable',
}
DOWN = 10.0  #: s
SETTLE = 2.0  #: s between the first tracks and a measurement
MAX_DELAY = 50.0  #: ms that the tracks may be later on the base station, with JPEG or nobody
MAX_RETURN = 3.0  #: s until all is there again after the link is
MIN_SHARE = 0.9  #: of the rate on the robot alone that must be left
now = time.monotonic


@dataclass
class Row:
    """One line of the table; None where it was not measured."""

    discovery: str
    link: str
    viewer: str
    robot_hz: float  #: of tracks on the robot
    processor: float  #: % of a core that the three nodes take
    base_hz: float  #: of tracks on the base station
    delay_ms: float | None  #: by which they are later there: 95th percentile
    images_hz: float
    back_s: float | None = None  #: until tracks and images are there again
    broken: str = ''

    def judge(self, alone_hz: float) -> None:
        """Compare with what is promised."""
        if self.robot_hz < MIN_SHARE * alone_hz:
            self.broken = 'the robot is slower'
        elif self.back_s is not None:
            self.broken = '' if self.back_s <= MAX_RETURN else 'late after the link was back'
        elif not self.viewer.startswith('raw') and self.link != 'participant lost' and not (
            self.delay_ms is not None and self.delay_ms <= MAX_DELAY
        ):
            self.broken = 'tracks are late'


class Experiment:
    """Robot, base station, their link and nodes, with one way of discovery."""

    def __init__(self, stack: ExitStack, discovery: str, seconds: float) -> None:
        self._discovery, self._seconds = discovery, seconds
        self._folder = Path(stack.enter_context(TemporaryDirectory(prefix='two_hosts_')))
        self._robot, self._base = (Host(name, self._folder) for name in ADDRESSES)
        stack.callback(self._base.close)
        stack.callback(self._robot.close)
        self._environ = {'ROS_DOMAIN_ID': '7', **DISCOVERIES[discovery]}
        subprocess.run([
            'ip', 'link', 'add', 'link0', 'netns', self._robot.pid, 'type', 'veth',
            'peer', 'name', 'link0', 'netns', self._base.pid,
        ], check=True)
        for host in (self._robot, self._base):
            host.call('ip', 'addr', 'add', f'{ADDRESSES[host.name]}/24', 'dev', 'link0')
            multicast = 'on' if discovery == 'multicast' else 'off'
            host.call('ip', 'link', 'set', 'link0', 'multicast', multicast, 'up')
        if discovery == 'server':
            address, port = SERVER.split(':')
            server = ['fast-discovery-server', '-i', '0', '-l', address, '-p', port]
            self._robot.start('server', server)
        self._on_robot = self._listen(self._robot, 'robot', '')
        parameters = self._folder / 'parameters.yaml'
        parameters.write_text(yaml.safe_dump(overrides(with_source_defaults(ARENA))))
        commands = node_commands(NAMESPACE, parameters, NODES)
        for node, command in zip(NODES, commands.values(), strict=True):
            self._robot.start(node, command, **self._environ)
        self._on_robot.wait_for('tracks', now())

    def rows(self) -> Iterator[Row]:
        """Yield what is seen, line by line."""
        for link in LINKS:
            self._limit(link)
            yield from self._beside_alone(*(
                partial(self._with_viewer, f'{link} Mbit/s', viewer) for viewer in VIEWERS
            ))
        self._limit(20)
        yield from self._beside_alone(self._link_lost, self._participant_lost)

    def _beside_alone(self, *measures: Callable[[], Row]) -> Iterator[Row]:
        """Yield a row without a base station, by which those that follow are judged."""
        yield (alone := self._row('no base station', '', None))
        for measure in measures:
            row = measure()
            row.judge(alone.robot_hz)
            yield row

    def _with_viewer(self, link: str, viewer: str) -> Row:
        with self._viewing(viewer) as on_base:
            return self._row(link, viewer, on_base)

    def _link_lost(self) -> Row:
        with self._viewing('JPEG') as on_base:
            self._base.call('ip', 'link', 'set', 'link0', 'down')
            time.sleep(DOWN)
            self._base.call('ip', 'link', 'set', 'link0', 'up')
            back = now()
            seconds = max(on_base.wait_for(topic, back) for topic in ('tracks', 'image'))
            row = self._row(f'down for {DOWN:g} s', 'JPEG', on_base)
            row.back_s = seconds
            return row

    def _participant_lost(self) -> Row:
        with self._viewing('JPEG') as on_base:
            self._base.signal('consumer', signal.SIGKILL)
            return self._row('participant lost', 'JPEG', on_base)

    @contextmanager
    def _viewing(self, viewer: str) -> Iterator[Records]:
        started = now()
        records = self._listen(self._base, f'base{started:.0f}', VIEWERS[viewer])
        try:
            records.wait_for('tracks', started)
            time.sleep(SETTLE)
            yield records
        finally:
            self._base.end('consumer')

    def _listen(self, host: Host, name: str, viewed: str) -> Records:
        path = self._folder / f'{name}.txt'
        records = Records(path)
        command = [sys.executable, CONSUMER, str(path), NAMESPACE, *viewed.split()]
        host.start('consumer', command, **self._environ)
        return records

    def _limit(self, link: int) -> None:
        """Let both ends send so many Mbit/s."""
        for host in (self._robot, self._base):
            host.call(
                'tc', 'qdisc', 'replace', 'dev', 'link0', 'root', 'tbf', 'rate', f'{link}mbit',
                'burst', f'{max(16, link // 4)}kb', 'latency', QUEUE,
            )

    def _row(self, link: str, viewer: str, on_base: Records | None) -> Row:
        """Measure for a while."""
        start, processor = now(), self._robot.processor_time(NODES)
        time.sleep(self._seconds)
        end = now()
        processor = (self._robot.processor_time(NODES) - processor) / (end - start)
        here = self._on_robot.since(start, end)['tracks']
        # What is under way at the end may still come.
        time.sleep(1.0)
        there = on_base.since(start) if on_base else {'tracks': {}, 'image': {}}
        arrived = {stamp: it for stamp, it in there['tracks'].items() if stamp in here}
        delays = [1000 * (it - here[stamp]) for stamp, it in arrived.items()]
        images = [it for it in there['image'].values() if it < end]
        return Row(
            self._discovery, link, viewer, len(here) / (end - start), 100 * processor,
            len(arrived) / (end - start),
            statistics.quantiles(delays, n=20)[-1] if len(delays) > 1 else None,
            len(images) / (end - start),
        )
