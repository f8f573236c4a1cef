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


"""What an executable loads before it has read its parameters: each module delays its start."""

import subprocess
import sys

import pytest

#: What few set-ups need, and the modules that would bring it along.
SELDOM = (
    'aiohttp', 'asyncio', 'importlib.metadata', 'numpy.random', 'openvino',
    'onnxruntime', 'ncnn', 'scipy.optimize', 'ssl', 'statistics', 'uuid',
    'yolo_deepsort_ros.simulation.arena.arena',
)


@pytest.mark.parametrize('node', [
    'camera', 'detector', 'tracker', 'annotator', 'pipeline', 'locator',
])
def test_a_node_loads_only_what_each_set_up_needs(node):
    code = (
        'import sys; import rclpy.lifecycle; before = set(sys.modules); '
        f'import yolo_deepsort_ros.nodes.{node}_node; '
        f'print([name for name in {SELDOM} if name in sys.modules and name not in before])'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == '[]'
