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

"""A private graph on this host, nodes in processes of their own, and a node to watch them."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from importlib.util import find_spec
import os
from pathlib import Path
import signal
import subprocess
import sys
import time

from darknet_files import write_colour_network
from own_domain import own_domain
import pytest
from service_calls import answer_of
import yaml

from yolo_deepsort_ros.nodes.runtime.environment import private_graph, shared_memory

NEEDED = ('rclpy', 'vision_msgs')
NAMESPACE = '/test'
PATIENCE = 240.0  #: s; a node starts in 2, in 70 on a machine with twenty times its load
ANSWER_WAIT = 15.0  #: s; after it a service is asked again
LAUNCH = Path(__file__).resolve().parents[2] / 'launch'
START = """
import sys
from launch import LaunchDescription, LaunchService
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
file, *pairs = sys.argv[1:]
arguments = [tuple(pair.split(':=')) for pair in pairs]
service = LaunchService(argv=[])
service.include_launch_description(LaunchDescription([
    IncludeLaunchDescription(PythonLaunchDescriptionSource(file), launch_arguments=arguments)
]))
sys.exit(service.run())
"""


def pytest_pycollect_makemodule(module_path, parent):
    """Skip each file, visibly, where there is no ROS."""
    if all(map(find_spec, NEEDED)):
        return None
    return SkippedModule.from_parent(parent, path=module_path)


class SkippedModule(pytest.Module):

    def collect(self):
        pytest.skip(f'no {" or ".join(NEEDED)}: run it through scripts/test')


class NodeProcess:
    """One installed node, or another program's; its output goes to a file."""

    def __init__(self, name, log, parameters, extra=(), namespace=NAMESPACE, program=()):
        from ament_index_python.packages import get_package_prefix
        folder = Path(get_package_prefix('yolo_deepsort_ros'), 'lib', 'yolo_deepsort_ros')
        file = log.with_suffix('.yaml')
        file.write_text(yaml.safe_dump({'/**': {'ros__parameters': parameters}}))
        arguments = ['--ros-args', '-r', f'__ns:={namespace}', *extra]
        if parameters:
            arguments += ['--params-file', str(file)]
        self._log = log
        with open(log, 'wb') as output:
            self._process = subprocess.Popen(
                [*(program or [folder / f'{name}_node']), *arguments],
                env={**os.environ, 'PYTHONFAULTHANDLER': '1'},
                stdout=output, stderr=subprocess.STDOUT,
            )

    @property
    def text(self):
        return self._log.read_text()

    def wait(self):
        """Return the exit code; a process that hangs shows where."""
        try:
            return self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGABRT)
            self._process.wait()
            raise AssertionError(f'{self._log.stem} does not end:\n{self.text}') from None

    @property
    def pid(self):
        return self._process.pid

    def has_ended(self):
        return self._process.poll() is not None

    def signal(self, number):
        self._process.send_signal(number)

    def end(self):
        """End as a launch file would; return the exit code, that of an earlier end too."""
        self.signal(signal.SIGINT)
        return self.wait()

    def kill(self):
        self._process.kill()
        self._process.wait()


class Peer:
    """A node of the test's own process that publishes and remembers what it receives."""

    def __init__(self, node, executor):
        self.node = node
        self._executor = executor
        self._publishers = {}
        self._heard = set()
        self._clients = {}
        self.received = {}

    def listen(self, kind, topic, qos=10):
        self.received[topic] = []
        self.node.create_subscription(kind, topic, self.received[topic].append, qos)

    def advertise(self, kind, topic):
        """Return the publisher of a topic, which is there from now on."""
        if topic not in self._publishers:
            self._publishers[topic] = self.node.create_publisher(kind, topic, 10)
        return self._publishers[topic]

    def publish(self, topic, message):
        """Publish once somebody listens."""
        publisher = self.advertise(type(message), topic)
        if topic not in self._heard:
            self.until(publisher.get_subscription_count, f'a reader of {topic}')
            self._heard.add(topic)
        publisher.publish(message)

    def until(self, condition, what):
        """Spin until the condition holds."""
        deadline = time.monotonic() + PATIENCE
        while not (value := condition()):
            assert time.monotonic() < deadline, f'waited {PATIENCE:g} s in vain for {what}'
            self._executor.spin_once(timeout_sec=0.05)
        return value

    def spin(self, seconds):
        """Receive for a while."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._executor.spin_once(timeout_sec=left)

    def settle(self, *topics, seconds=3.0):
        """Receive until those topics have brought nothing for so long: a busy machine is late."""
        end, heard = time.monotonic() + seconds, None
        while time.monotonic() < end:
            self._executor.spin_once(timeout_sec=0.05)
            counts = [len(self.received[topic]) for topic in topics]
            if counts != heard:
                end, heard = time.monotonic() + seconds, counts

    def forget_publishers(self):
        """Let `publish` wait for a reader again."""
        self._heard.clear()
        while self._publishers:
            self.node.destroy_publisher(self._publishers.popitem()[1])

    def forget_clients(self):
        """Let `call` wait for a service again, of a node that was started anew."""
        while self._clients:
            self.node.destroy_client(self._clients.popitem()[1])

    def forget(self):
        for messages in self.received.values():
            messages.clear()

    def message(self, topic, count=1):
        """Return the count-th message of a topic."""
        return self.until(
            lambda: len(self.received[topic]) >= count and self.received[topic][count - 1],
            f'message {count} of {topic}',
        )

    def call(self, kind, service, request):
        """Return the answer of a service."""
        if service not in self._clients:
            self._clients[service] = self.node.create_client(kind, service)
        client = self._clients[service]
        self.until(client.service_is_ready, service)
        return answer_of(client, request, ANSWER_WAIT, self.until)

    def set_parameter(self, node, name, value):
        """Return the answer: successful, and a reason when not."""
        from rcl_interfaces.srv import SetParameters
        from rclpy.parameter import Parameter
        request = SetParameters.Request(
            parameters=[Parameter(name, value=value).to_parameter_msg()]
        )
        return self.call(SetParameters, f'{node}/set_parameters', request).results[0]

    def change(self, node, transition):
        """Ask a node for a transition by name or number; return whether it was made."""
        from lifecycle_msgs.msg import Transition
        from lifecycle_msgs.srv import ChangeState
        key = 'label' if isinstance(transition, str) else 'id'
        request = ChangeState.Request(transition=Transition(**{key: transition}))
        service = f'{node}/change_state'
        if service not in self._clients:
            # A node meets clients in their order: this one before a new one of the state, which
            # may be asked for twice.
            self._clients[service] = self.node.create_client(ChangeState, service)
            if older := self._clients.pop(f'{node}/get_state', None):
                self.node.destroy_client(older)
            self.state(node)
        return self.call(ChangeState, service, request).success

    def state(self, node):
        from lifecycle_msgs.srv import GetState
        return self.call(GetState, f'{node}/get_state', GetState.Request()).current_state.label


@pytest.fixture(scope='session', autouse=True)
def graph():
    """Enter the private graph."""
    from ament_index_python.packages import get_package_share_directory
    share = get_package_share_directory('yolo_deepsort_ros')
    with own_domain() as domain, pytest.MonkeyPatch.context() as patch:
        patch.setenv('ROS_DOMAIN_ID', domain)
        for name, value in {**private_graph(os.environ), **shared_memory({}, share)}.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def start(graph, tmp_path):
    """Return what starts nodes; afterwards they are ended, and must end cleanly."""
    with nodes_in(tmp_path) as start_node:
        yield start_node


@pytest.fixture(scope='module')
def start_once(graph, tmp_path_factory):
    """Return what starts nodes for all tests of a file."""
    with nodes_in(tmp_path_factory.mktemp('nodes')) as start_node:
        yield start_node


@pytest.fixture
def peer(graph):
    with peer_in_graph() as peer:
        yield peer


@pytest.fixture(scope='session')
def network(tmp_path_factory):
    """Return the parameters of a detector that finds red and blue rectangles."""
    cfg, weights = write_colour_network(tmp_path_factory.mktemp('network'))
    return {'model': str(cfg), 'weights': str(weights), 'names': str(cfg.with_suffix('.names'))}


@pytest.fixture(scope='module')
def peer_once(graph):
    """Return a peer for all tests of a file."""
    with peer_in_graph() as peer:
        yield peer


@pytest.fixture
def status(peer):
    """Return what waits for a status of a node that fulfils a condition."""
    from diagnostic_msgs.msg import DiagnosticArray
    topic = '/diagnostics'
    peer.listen(DiagnosticArray, topic, 100)

    def wait(node, condition, what):
        def newest():
            for array in reversed(peer.received[topic]):
                for found in array.status:
                    values = {pair.key: pair.value for pair in found.values}
                    if found.name == node and condition(found, values):
                        return found, values
            return None
        peer.received[topic].clear()
        return peer.until(newest, what)

    return wait


@pytest.fixture
def launch(graph, tmp_path):
    """Return what does as `ros2 launch`, and where its output goes; ended afterwards."""
    for module in ('launch', 'launch_ros'):
        pytest.importorskip(module, reason=f'no {module}: a robot has it')
    log = tmp_path / 'launch.log'
    launched = []

    def start(file='tracking', **arguments):
        pairs = [f'{name}:={value}' for name, value in arguments.items()]
        path = str(LAUNCH / f'{file}.launch.py')
        with open(log, 'wb') as output:
            launched.append(subprocess.Popen(
                [sys.executable, '-c', START, path, *pairs], stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
                env={**os.environ, 'ROS_LOG_DIR': str(tmp_path)},
            ))
        return launched[-1], log

    yield start
    for process in launched:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def nodes_in(folder):
    """Yield what `start` does; logs go to that folder."""
    started = []

    def start_node(name, *extra, namespace=NAMESPACE, program=(), **parameters):
        log = folder / f'{name}{len(started)}.log'
        started.append(NodeProcess(name, log, parameters, extra, namespace, program))
        return started[-1]

    try:
        yield start_node
        assert all(process.end() in (0, 2, -signal.SIGKILL) for process in started)
        assert not any('Traceback' in process.text for process in started)
    finally:
        for process in started:
            process.kill()


@contextmanager
def peer_in_graph():
    import rclpy
    from rclpy.executors import SingleThreadedExecutor
    context = rclpy.Context()
    rclpy.init(context=context)
    node = rclpy.create_node('peer', namespace=NAMESPACE, context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    yield Peer(node, executor)
    executor.shutdown()
    node.destroy_node()
    context.try_shutdown()
