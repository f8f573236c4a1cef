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

"""What the nodes know of the host's shared memory."""

import os
from pathlib import Path
import subprocess
from types import SimpleNamespace

import pytest

from yolo_deepsort_ros.nodes.health.host_memory import (
    HostMemory, is_local, PROFILE_VARIABLES, segment_size,
)
from yolo_deepsort_ros.nodes.runtime.environment import own_segment, shared_memory

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / 'config'
OURS = {PROFILE_VARIABLES[0]: str(CONFIG / 'fastdds_shared_memory.xml')}


@pytest.mark.parametrize(('environ', 'size'), [
    ({}, 0),
    (OURS, 16 << 20),
    ({PROFILE_VARIABLES[1]: str(CONFIG / 'fastdds_shared_memory.xml')}, 16 << 20),
    ({PROFILE_VARIABLES[0]: str(CONFIG / 'fastdds_udp_only.xml')}, 0),
    ({PROFILE_VARIABLES[0]: 'no such file.xml'}, 0),
    ({PROFILE_VARIABLES[0]: __file__}, 0),
])
def test_segment_size_is_that_of_the_profile_in_force(environ, size):
    assert segment_size(environ) == size


@pytest.mark.parametrize(('node', 'size'), [
    ('camera_node', 16 << 20), ('annotator_node', 16 << 20), ('pipeline_node', 16 << 20),
    ('detector_node', 4 << 20), ('tracker_node', 4 << 20),
])
def test_who_sends_no_images_has_a_small_segment(node, size):
    environ = shared_memory({}, CONFIG.parent)
    assert segment_size({**environ, **own_segment(environ, node)}) == size


@pytest.mark.parametrize(('version', 'names'), [
    ('6.2.7', PROFILE_VARIABLES), ('8.4.3', PROFILE_VARIABLES), ('9.3.3', PROFILE_VARIABLES[1:]),
    ('10.0.0', PROFILE_VARIABLES[1:]), ('', PROFILE_VARIABLES),
])
def test_from_kilted_on_the_newer_variable_alone_is_set(tmp_path, monkeypatch, version, names):
    """Fast DDS 3 warns of the older one, on the stderr of each node."""
    package = 'rmw_fastrtps_shared_cpp'
    index = tmp_path / 'share' / 'ament_index' / 'resource_index' / 'packages' / package
    share = tmp_path / 'share' / package
    for folder in (index.parent, share):
        folder.mkdir(parents=True)
    if version:
        index.touch()
        (share / 'package.xml').write_text(
            f'<package>\n  <version>{version}</version>\n</package>')
    monkeypatch.setenv('AMENT_PREFIX_PATH', str(tmp_path))
    assert tuple(shared_memory({}, CONFIG.parent)) == names
    script = f'source {ROOT}/scripts/environment.bash; before_kilted && echo both'
    done = subprocess.run(['bash', '-c', script], capture_output=True, text=True, check=False)
    assert (done.stdout == 'both\n') == (names == PROFILE_VARIABLES)


@pytest.mark.parametrize('environ', [
    {}, {PROFILE_VARIABLES[0]: 'mine.xml'},
    {PROFILE_VARIABLES[1]: '/none/fastdds_shared_memory.xml'},
])
def test_a_profile_that_is_not_ours_stays(environ):
    assert own_segment(environ, 'tracker_node') == {}


@pytest.mark.parametrize(('environ', 'free', 'line'), [
    (OURS, 64e6, ''),
    (OURS, 17e6, '/dev/shm has 17 MB free, the shared memory of this node needs 18'),
    ({}, 0, ''),
])
def test_shortage_names_what_is_free_and_what_is_needed(monkeypatch, environ, free, line):
    found = SimpleNamespace(f_bavail=free / 4096, f_frsize=4096)
    monkeypatch.setattr(os, 'statvfs', lambda folder: found)
    assert HostMemory(environ).shortage == line


def test_a_host_without_shared_memory_is_no_shortage(tmp_path):
    assert HostMemory(OURS, str(tmp_path / 'none')).shortage == ''


def test_other_users_are_those_of_files_of_fast_dds(tmp_path, monkeypatch):
    for name in ('fastrtps_0123', 'fastdds_port7412', 'somebody_else'):
        (tmp_path / name).touch()
    memory = HostMemory({}, str(tmp_path))
    assert memory.other_users == []
    monkeypatch.setattr(os, 'geteuid', lambda: os.getuid() + 1)
    assert len(memory.other_users) == 1


@pytest.mark.parametrize(('environ', 'expected'), [
    ({}, False), ({'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'}, True),
    ({'ROS_LOCALHOST_ONLY': '1'}, True), ({'ROS_AUTOMATIC_DISCOVERY_RANGE': 'SUBNET'}, False),
])
def test_local_discovery(environ, expected):
    assert is_local(environ) is expected
