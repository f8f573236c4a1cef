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

"""
What each layer below a node takes of memory: a bare process, built up step by step.

`scripts/run python3 benchmarks/footprint_steps.py [NODE]`. Private memory is what the process has
written to, its shared-memory segment included; it does not depend on what else runs. Pages of
files, such as libraries, are counted apart: other processes may share them.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
import json
import os
from pathlib import Path
import sys

from yolo_deepsort_ros.nodes.runtime.environment import own_segment, private_graph, shared_memory
from yolo_deepsort_ros.nodes.runtime.malloc import give_back_free_blocks, keep_large_blocks

ROOT = Path(__file__).resolve().parents[1]
MESSAGES = ('sensor_msgs', 'vision_msgs', 'diagnostic_msgs')


def main() -> None:
    """Print one JSON object: by step the private memory and that of files, in MB."""
    node = f'{sys.argv[1] if len(sys.argv) > 1 else "tracker"}_node'
    os.environ.update(private_graph(os.environ))
    os.environ.update(shared_memory(os.environ, ROOT))
    os.environ.update(own_segment(os.environ, node))
    keep_large_blocks()
    found = {'Python': held()}
    for name, step in steps(node).items():
        kept = step()  # noqa: F841 - a node lives until the next step
        give_back_free_blocks()
        found[name] = held()
    print(json.dumps(found))
    os._exit(0)


def steps(node: str) -> dict[str, Callable[[], object]]:
    """Return what to do one after the other, by name."""
    return {
        'NumPy': lambda: import_module('numpy'),
        'OpenCV': lambda: import_module('cv2'),
        'rclpy': lambda: [import_module(f'rclpy.{name}') for name in ('lifecycle', 'executors')],
        'messages': lambda: [import_module(f'{package}.msg') for package in MESSAGES],
        'our modules': lambda: import_module(f'yolo_deepsort_ros.nodes.{node}'),
        'a node': a_node,
    }


def a_node() -> object:
    """Return a lifecycle node that has nothing of ours, and with it the process's participant."""
    rclpy = import_module('rclpy')
    rclpy.init()
    return import_module('rclpy.lifecycle').LifecycleNode('bare')


def held() -> dict[str, float]:
    """Return the private memory of this process and that of files, in MB."""
    private = files = 0
    is_file = False
    for line in Path('/proc/self/smaps').read_text().splitlines():
        name, *values = line.split()
        if not name.endswith(':'):
            path = values[4] if len(values) > 4 else ''
            is_file = path.startswith('/') and not path.startswith('/dev/shm')
        elif name == 'Private_Dirty:' or (not is_file and name in ('Private_Clean:',
                                                                   'Shared_Dirty:')):
            private += int(values[0])
        elif is_file and name in ('Private_Clean:', 'Shared_Clean:'):
            files += int(values[0])
    return {'private': round(private / 1024, 1), 'files': round(files / 1024, 1)}


if __name__ == '__main__':
    main()
