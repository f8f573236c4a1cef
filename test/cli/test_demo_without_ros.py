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

"""`scripts/demo` where no ROS 2 is, as on a 64-bit ARM board without one."""

import json
import subprocess
import sys

WITHOUT_ROS = """
import sys
for name in ('rclpy', 'ament_index_python', 'vision_msgs', 'sensor_msgs', 'cv_bridge'):
    sys.modules[name] = None
from yolo_deepsort_ros.demo.command import main
sys.exit(main(sys.argv[1:]))
"""


def demo(*words, folder):
    return subprocess.run(
        [sys.executable, '-c', WITHOUT_ROS, *words, '--out', str(folder)], text=True,
        stdin=subprocess.DEVNULL, capture_output=True, timeout=200,
    )


def test_the_arena_is_shown_without_ros_and_that_is_said(tmp_path):
    positions = tmp_path / 'positions.csv'
    done = demo(
        'arena', '--max-frames', '12', '--seed', '3', '--positions', str(positions),
        folder=tmp_path / 'out',
    )
    tmp_path = tmp_path / 'out'
    assert done.returncode == 0, done.stderr
    assert 'no ROS 2 here' in done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures['frames'] == 12
    assert figures['images_lost'] == 0
    written = {path.name for path in tmp_path.iterdir()}
    assert {'tracks.txt', 'gt.txt', 'gt_3d.csv', 'annotated.mp4'} <= written
    assert set(figures['positions']) == {'depth', 'ground'}
    assert figures['positions']['ground']['error_m_p50'] < 1.0
    assert figures['position_error_m_p50'] <= figures['positions']['depth']['error_m_p50'] < 0.5
    rows = positions.read_text().splitlines()
    assert rows[0].startswith('frame,id,x,y,z')
    assert 'depth+' in rows[-1]
    last = (tmp_path / 'gt.txt').read_text().splitlines()[-1]
    assert last.startswith('12,')
    if 'mota' in figures:  # needs the optional package trackeval
        assert 0 < figures['mota'] <= 1


def test_wrong_use_without_ros_is_one_line(tmp_path):
    done = demo('arena', '--set', 'n_init=zero', folder=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith('demo: n_init')
