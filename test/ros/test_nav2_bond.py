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

"""Nodes under the lifecycle manager of Nav2, which wants a bond; a stand-in has its part."""

import os
from pathlib import Path
import shutil
import signal
import subprocess
import sys
import time

import pytest

NAMESPACE = '/test'
MANAGER = Path(__file__).resolve().parents[1] / 'nav2_manager.py'
BUILD = Path(__file__).resolve().parents[2] / '.build' / 'bond_messages'
CMAKE = """
cmake_minimum_required(VERSION 3.16)
project(bond)
find_package(rosidl_default_generators REQUIRED)
find_package(std_msgs REQUIRED)
rosidl_generate_interfaces(bond "msg/Status.msg" DEPENDENCIES std_msgs)
ament_package()
"""
PACKAGE = """
<package format="3"><name>bond</name><version>4.1.2</version><description>bond</description>
<maintainer email="none@example.org">none</maintainer><license>BSD</license>
<buildtool_depend>rosidl_default_generators</buildtool_depend><depend>std_msgs</depend>
<member_of_group>rosidl_interface_packages</member_of_group>
<export><build_type>ament_cmake</build_type></export></package>
"""
STATUS = """
std_msgs/Header header
string id
string instance_id
bool active
float32 heartbeat_timeout
float32 heartbeat_period
"""


@pytest.fixture(scope='module')
def bond(graph):
    """Let nodes find bond/msg/Status; where Nav2 is not installed it is built here once."""
    try:
        import bond.msg  # noqa: F401
    except ImportError:
        pass
    else:
        yield
        return
    if not (shutil.which('colcon') and shutil.which('cmake')):
        pytest.skip('no package bond, and no colcon to build one')
    install = BUILD / 'install' / sys.version.split()[0]
    if not (install / 'share' / 'bond' / 'package.xml').exists():
        sources = BUILD / 'src'
        shutil.rmtree(BUILD, ignore_errors=True)
        (sources / 'msg').mkdir(parents=True)
        for name, text in (
            ('CMakeLists.txt', CMAKE), ('package.xml', PACKAGE), ('msg/Status.msg', STATUS)
        ):
            (sources / name).write_text(text.lstrip())
        subprocess.run([
            'colcon', '--log-base', str(BUILD / 'log'), 'build', '--merge-install',
            '--paths', str(sources), '--build-base', str(BUILD / 'build'),
            '--install-base', str(install),
            '--cmake-args', f'-DPython3_EXECUTABLE={sys.executable}', '-DBUILD_TESTING=OFF',
        ], check=True, capture_output=True, timeout=280)
    modules = next(install.glob('lib/python3*/site-packages'))
    with pytest.MonkeyPatch.context() as patch:
        for name, folder in (
            ('PYTHONPATH', modules), ('LD_LIBRARY_PATH', install / 'lib'),
            ('AMENT_PREFIX_PATH', install),
        ):
            patch.setenv(name, str(folder), prepend=os.pathsep)
        yield


@pytest.fixture
def managed(bond, start):
    """Return what starts a camera and an annotator, and their manager."""
    def begin(*options, **parameters):
        given = {'autostart': False, **parameters}
        nodes = [
            start('camera', source='arena', width=160, height=120, **given),
            start('annotator', **given),
        ]
        program = [sys.executable, str(MANAGER), 'camera,annotator', f'--namespace={NAMESPACE}']
        return nodes, start('manager', program=[*program, *options])
    return begin


def until(manager, line, seconds=60):
    end = time.monotonic() + seconds
    while line not in manager.text:
        assert time.monotonic() < end, manager.text
        time.sleep(0.1)


def test_nodes_stay_up_and_a_dead_one_is_noticed(managed):
    (camera, _), manager = managed('--bond-timeout=2')
    until(manager, 'all are active')
    time.sleep(5)  # more than twice as long as the manager waits for a heartbeat
    assert manager.text.splitlines() == ['all are active']
    camera.kill()
    until(manager, 'camera has not been heard for 2 s')


def test_a_node_that_is_deactivated_breaks_its_bond_at_once(managed, peer):
    _, manager = managed('--bond-timeout=60')
    until(manager, 'all are active')
    assert peer.change('annotator', 'deactivate')
    until(manager, 'annotator has broken its bond')


def test_without_heartbeats_the_manager_takes_the_nodes_down(managed):
    _, manager = managed('--bond-timeout=2', bond_heartbeat_period=0.0)
    until(manager, 'camera was unable to be reached by bond')
    assert 'all are active' not in manager.text


def test_bond_timeout_0_needs_no_bond(managed):
    _, manager = managed('--bond-timeout=0', bond_heartbeat_period=0.0)
    until(manager, 'all are active')
    manager.signal(signal.SIGINT)
    assert manager.wait() == 0
    assert manager.text.splitlines() == ['all are active', 'interrupted', 'all are down']
