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

"""Nodes on hosts that are short of shared memory, a log folder, a middleware, or memory."""

import os
from pathlib import Path
import shutil
import subprocess
import sys
import time

from ament_index_python.packages import get_package_prefix
from diagnostic_msgs.msg import DiagnosticStatus
from own_domain import own_domain
import pytest

#: 1 GB of weights in its second layer.
LARGE = """
[net]
width=32
height=32
channels=3
[convolutional]
filters=16000
size=1
stride=1
activation=linear
[convolutional]
filters=16000
size=1
stride=1
activation=linear
[convolutional]
filters=18
size=1
stride=1
activation=linear
[yolo]
mask=0,1,2
anchors=10,10,20,20,30,30
classes=1
num=3
"""
NODES = Path(get_package_prefix('yolo_deepsort_ros'), 'lib', 'yolo_deepsort_ros')
SMALL = [
    'unshare', '-m', 'sh', '-c', 'mount -t tmpfs -o size=12m tmpfs /dev/shm && exec "$@"', 'sh',
]
#: Reads what this run's own user may read, and writes where it may.
OTHER_USER = [
    'setpriv', '--reuid', '12345', '--clear-groups', '--inh-caps', '+dac_read_search',
    '--ambient-caps', '+dac_read_search', 'env', 'ROS_LOG_DIR=/tmp/{name}',
]


#: Prints the level, the message and the values of the first status of the camera.
READER = """
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
def show(array):
    for status in array.status:
        if status.name == '/test/camera':
            print('status', status.level, status.message, sep='\\n')
            print(*(f'{pair.key}={pair.value}' for pair in status.values), sep='\\n', flush=True)
            raise SystemExit
rclpy.init()
node = rclpy.create_node('reader')
node.create_subscription(DiagnosticArray, '/diagnostics', show, 10)
rclpy.spin(node)
"""


def test_each_run_of_these_tests_has_a_domain_of_its_own():
    with own_domain() as first, own_domain() as second:
        assert len({first, second, os.environ['ROS_DOMAIN_ID']}) == 3


def needs(command):
    """Skip where the machine does not let us do that."""
    if not shutil.which(command[0]) or subprocess.run(
        [*command, 'true'], capture_output=True
    ).returncode:
        pytest.skip(f'{command[0]} may not do that here: it takes root')


def until(process, text):
    deadline = time.monotonic() + 60
    while text not in process.text:
        assert time.monotonic() < deadline, process.text
        time.sleep(0.1)


def test_a_small_dev_shm_is_named_once_in_the_log_and_in_diagnostics(start):
    needs(SMALL)
    camera = start(
        'camera', source='arena', width=160, height=120, program=[*SMALL, NODES / 'camera_node'])
    until(camera, 'MB free')
    # A reader elsewhere would look for it in a shared memory that is not this one.
    inside = ['nsenter', '-t', str(camera.pid), '-m', sys.executable, '-c', READER]
    done = subprocess.run(inside, capture_output=True, text=True, timeout=60)
    level, message, *values = done.stdout.partition('status\n')[2].splitlines()
    assert level == str(DiagnosticStatus.WARN)
    assert '/dev/shm has 1' in message
    assert 'needs 18' in message
    remedy, = (value for value in values if '; remedy=' in value)
    for way in ('--shm-size=256m', '--ipc=host', 'composed:=true'):
        assert way in remedy
    assert camera.text.count('MB free') == 1


def test_a_publisher_of_another_user_is_named_as_such(start, tmp_path):
    other_user = [word.format(name=tmp_path.name) for word in OTHER_USER]
    needs(other_user)
    start('camera', source='arena', width=160, height=120)
    detector = start(
        'detector', program=[*other_user, NODES / 'detector_node'], model='arena-tiny',
        topic_timeout=2.0)
    until(detector, 'it runs as another user')
    assert 'run both as one user' in detector.text


@pytest.mark.parametrize(('setting', 'line'), [
    ('RMW_IMPLEMENTATION=rmw_none_cpp', "RMW_IMPLEMENTATION: 'rmw_none_cpp' is not installed"),
    ('ROS_LOG_DIR=/proc/none', 'set ROS_LOG_DIR to a folder that this user may write to'),
])
def test_what_ros_cannot_start_with_is_one_line(start, setting, line):
    camera = start('camera', program=['env', setting, NODES / 'camera_node'])
    assert camera.wait() == 2
    assert len(camera.text.splitlines()) == 1
    assert line in camera.text


@pytest.mark.parametrize('program', ['node', 'command'])
def test_too_little_memory_is_one_line(start, tmp_path, program):
    cfg, weights = tmp_path / 'large.cfg', tmp_path / 'large.weights'
    cfg.write_text(LARGE)
    wide, heads = 16000, 18
    numbers = wide * (1 + 3) + wide * (1 + wide) + heads * (1 + wide)
    with open(weights, 'wb') as file:
        file.write(bytes([0, 0, 0, 0, 2] + 15 * [0]))
        file.truncate(20 + 4 * numbers)  # a hole: it takes no disk
    limited = ['bash', '-c', 'ulimit -v 1400000; OMP_NUM_THREADS=1 exec "$@"', 'bash']
    if program == 'node':
        detector = start(
            'detector', program=[*limited, NODES / 'detector_node'], model=str(cfg),
            weights=str(weights))
        assert detector.wait() == 2
        text = detector.text
    else:
        done = subprocess.run(
            [*limited, 'python3', '-m', 'yolo_deepsort_ros', 'detect', __file__, '--model',
             str(cfg), '--weights', str(weights)], capture_output=True, text=True)
        assert done.returncode == 2
        text = done.stderr
    assert len(text.splitlines()) == 1
    assert 'not enough memory' in text
