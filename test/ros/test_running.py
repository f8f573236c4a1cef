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

"""What becomes of a node's process, and of a node whose code is wrong."""

import gc
import logging
import os
from pathlib import Path
import re
import signal
import subprocess
import sys

from ament_index_python.packages import get_package_prefix
import pytest
import rclpy
from rclpy.lifecycle import TransitionCallbackReturn
from std_msgs.msg import Header
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros import Detector, Embedder
from yolo_deepsort_ros.config.node_configs import AnnotatorConfig, NODES
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.nodes.messages.conversions import seconds_to_stamp
from yolo_deepsort_ros.nodes.pipeline_node import PipelineNode
from yolo_deepsort_ros.nodes.runtime.managed_node import ManagedNode


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
@pytest.mark.parametrize('name', NODES)
def test_a_signal_while_the_libraries_load_is_no_traceback(tmp_path, name, number):
    (tmp_path / 'rclpy.py').write_text(
        'import time\nprint("loading", flush=True)\ntime.sleep(60)\n'
    )
    paths = os.pathsep.join([str(tmp_path), os.environ.get('PYTHONPATH', '')])
    folder = Path(get_package_prefix('yolo_deepsort_ros'), 'lib', 'yolo_deepsort_ros')
    node = subprocess.Popen(
        [folder / f'{name}_node'], env={**os.environ, 'PYTHONPATH': paths}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    assert node.stdout.readline() == 'loading\n'
    node.send_signal(number)
    assert node.communicate(timeout=60)[0] == ''
    assert node.returncode == -number


@pytest.mark.parametrize(('variable', 'value'), [
    ('ROS_DOMAIN_ID', '233'), ('ROS_DOMAIN_ID', '-1'), ('ROS_DOMAIN_ID', 'robot'),
    ('ROS_DOMAIN_ID', '9' * 5000), ('ROS_LOG_DIR', '/proc/nowhere'),
])
def test_an_environment_that_cannot_be_is_one_line_and_exit_code_2(
    start, monkeypatch, variable, value
):
    monkeypatch.setenv(variable, value)
    node = start('tracker')
    assert node.wait() == 2
    assert node.text.startswith('ROS 2 does not start: ')
    assert value[:199] in node.text
    assert node.text.count('\n') == 1
    assert len(node.text) < 400


def test_what_no_node_reads_of_its_arguments_is_named(start, peer):
    node = start('tracker', '--', 'max_age:=9', '--nope')
    peer.until(lambda: 'appearance: ' in node.text, 'its start')
    line = 'nothing reads max_age:=9 --nope: a parameter is given as --ros-args -p NAME:=VALUE'
    peer.until(lambda: node.text.count(line) == 1, 'the line')


STOPPED = """
import threading, time
from yolo_deepsort_ros.config.node_configs import TrackerNodeConfig
from yolo_deepsort_ros.nodes.runtime.managed_node import ManagedNode
from yolo_deepsort_ros.nodes.runtime.running import run
from yolo_deepsort_ros.nodes.stages.stage import Stage
class Held(Stage):
    def start(self):
        node.create_timer(0.05, lambda: node.get_logger().info('at work'))
    def stop(self):
        node.get_logger().info('the last line')
        {stop}
def make():
    global node
    node = ManagedNode('tracker', TrackerNodeConfig)
    node.add_stage(Held(), lambda config: config)
    return node
{before}
run(make)
"""
FOR_EVER = 'threading.Event().wait()'


@pytest.mark.parametrize(('parts', 'number', 'status'), [
    ({}, signal.SIGINT, 0),
    ({}, signal.SIGTERM, 0),
    ({'stop': FOR_EVER}, signal.SIGINT, 1),
    ({'before': 'import atexit; atexit.register(threading.Event().wait)'}, signal.SIGINT, 0),
    ({'before': 'threading.Thread(target=threading.Event().wait).start()'}, signal.SIGTERM, 0),
    ({'before': 'threading.Thread(target=time.sleep, args=[60], daemon=True).start()'},
     signal.SIGINT, 0),
], ids=['SIGINT', 'SIGTERM', 'a stage', 'the end of Python', 'a thread', 'a thread of a driver'])
def test_nothing_holds_a_stop(graph, tmp_path, parts, number, status):
    program = STOPPED.format(**{'before': '', 'stop': 'pass', **parts})
    node = subprocess.Popen(
        [sys.executable, '-c', program], stderr=subprocess.PIPE, text=True,
        env={**os.environ, 'ROS_LOG_DIR': str(tmp_path)},
    )
    assert 'at work' in node.stderr.readline()
    node.send_signal(number)
    assert 'the last line' in node.communicate(timeout=60)[1]
    assert node.returncode == status
    if status == 0:
        written, = tmp_path.glob('*.log')
        assert 'the last line' in written.read_text()


@pytest.fixture
def node(graph):
    rclpy.init()
    node = ManagedNode('annotator', AnnotatorConfig)
    yield node
    node.destroy_node()
    rclpy.shutdown()


def test_a_pipeline_that_cannot_be_configured_keeps_no_network(graph):
    def held():
        gc.collect()
        return [each for each in gc.get_objects() if isinstance(each, (Detector, Embedder))]

    before = held()  # by the frames of tests that have failed
    rclpy.init(args=['--ros-args', '-p', 'model:=arena-tiny', '-p', 'source:=no.mp4'])
    pipeline = PipelineNode()
    try:
        assert pipeline.trigger_configure() == TransitionCallbackReturn.FAILURE
        assert len(held()) == len(before)
        assert not pipeline.count_publishers('tracks')
    finally:
        pipeline.destroy_node()
        rclpy.shutdown()


def test_two_nodes_in_a_process_log_a_line_of_the_core_once(node, capfd):
    log = logging.getLogger('yolo_deepsort_ros.sources')
    second = ManagedNode('tracker', AnnotatorConfig)
    log.warning('a line')
    second.destroy_node()
    log.warning('another')
    said = capfd.readouterr().err
    lines = [('annotator', 'a line'), ('annotator', 'another')]
    assert re.findall(r'\[(\w+)\]: (.*)', said) == lines


def test_whatever_a_callback_raises_is_counted_and_said_once_a_second(node, capfd):
    def use(error):
        raise error
    guarded = node.guarded(use)
    errors = [InputError('the value, the remedy'), KeyError('a bug'), *[InputError('more')] * 9]
    for error in errors:
        guarded(error)
    assert node.diagnostics.refused.total == len(errors)
    said = capfd.readouterr().err
    assert said.count('\n') == 1
    assert said.endswith('the value, the remedy (messages refused so far: 1)\n')


def test_a_bug_in_a_callback_is_named_as_one(node, capfd):
    def use(message):
        return message.no_such_field
    node.guarded(use)(Header())
    said = capfd.readouterr().err
    assert 'this is a bug, please report it: AttributeError(' in said
    assert said.endswith('(messages refused so far: 1)\n')
    assert said.count('\n') == 1


def test_lost_images_are_counted_in_one_line_that_says_what_to_do(start, peer):
    tracker = start('tracker', image_wait=0.0, image_buffer=7)
    peer.listen(Detection2DArray, 'tracks')
    for number in range(1, 6):
        header = Header(stamp=seconds_to_stamp(float(number)))
        peer.publish('detections', Detection2DArray(header=header))
        assert peer.message('tracks', number).header == header
    assert tracker.text.count('messages without their image so far') == 1
    assert 'messages without their image so far: 1; images are lost' in tracker.text
    assert 'later than image_buffer (7) images; raise it' in tracker.text
