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
Write when tracks arrive, and images: `consumer.py FILE NAMESPACE [TOPIC [reliable]]`.

A process of its own; a signal ends it. A line holds the topic, the stamp (ns) and the time (s).
"""

from __future__ import annotations

from contextlib import suppress
import sys
import time

import rclpy
from rclpy.executors import ExternalShutdownException
from sensor_msgs.msg import CompressedImage, Image
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import stamp_to_nanoseconds


def main(path: str, namespace: str, topic: str = '', reliable: str = '') -> None:
    """Write what arrives."""
    rclpy.init(args=[])
    node = rclpy.create_node('consumer', namespace=namespace)
    with open(path, 'a', buffering=1, encoding='utf-8') as file:
        def write(name: str, message: object) -> None:
            stamp = stamp_to_nanoseconds(message.header.stamp)
            file.write(f'{name} {stamp} {time.monotonic()}\n')
        node.create_subscription(
            Detection2DArray, 'tracks', lambda message: write('tracks', message), qos.RESULTS
        )
        if topic:
            kind = CompressedImage if topic.endswith('compressed') else Image
            profile = qos.RESULTS if reliable else qos.NEWEST_IMAGE_IN
            node.create_subscription(
                kind, topic, lambda message: write('image', message), profile
            )
        with suppress(KeyboardInterrupt, ExternalShutdownException):
            rclpy.spin(node)


if __name__ == '__main__':
    main(*sys.argv[1:])
