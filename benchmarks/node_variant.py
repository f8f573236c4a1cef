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
One of the package's nodes with something else than it ships with, for comparisons.

`python3 benchmarks/node_variant.py NODE [reliable] [EXECUTOR] --ros-args …`: images subscribed
to reliably; run by another executor of rclpy.
"""

from __future__ import annotations

from importlib import import_module
import sys

from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy

from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.runtime import running

EXECUTORS = {
    'SingleThreadedExecutor': 'rclpy.executors',
    'MultiThreadedExecutor': 'rclpy.executors',
    'EventsExecutor': 'rclpy.experimental.events_executor',
}


def main() -> None:
    """Change what is named, then be the node."""
    node = sys.argv[1]
    end = sys.argv.index('--ros-args')
    variations = sys.argv[2:end]
    del sys.argv[1:end]
    for name in variations:
        if name == 'reliable':
            qos.IMAGE_IN, qos.NEWEST_IMAGE_IN = map(reliable, (qos.IMAGE_IN, qos.NEWEST_IMAGE_IN))
        else:
            if name == 'EventsExecutor':  # refuses guard conditions; ours only serves failures
                Node.create_guard_condition = lambda *_: None
            running.SingleThreadedExecutor = getattr(import_module(EXECUTORS[name]), name)
    import_module(f'yolo_deepsort_ros.nodes.{node}_node').main()


def reliable(profile: QoSProfile) -> QoSProfile:
    """Return the same, but reliable."""
    return QoSProfile(
        history=profile.history, depth=profile.depth, durability=profile.durability,
        reliability=ReliabilityPolicy.RELIABLE,
    )


if __name__ == '__main__':
    main()
