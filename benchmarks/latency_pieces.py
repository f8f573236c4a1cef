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
What the way of an image through ROS is made of, piece by piece, in one process.

Minima over repeats: what each piece takes when nobody else wants the processor. A message
goes through the middleware's serialiser once at each end, and each reader takes its own copy.
"""

from __future__ import annotations

from collections.abc import Callable
import json
import subprocess
import sys
import time
from typing import Any

import numpy as np
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.conversions import (
    array_to_image, ClassNames, detections_to_message, image_to_array, message_to_detections,
)
from yolo_deepsort_ros.nodes.memory import keep_large_blocks

REPEATS = 60


def pieces_in_a_process(size: str, kept: bool) -> dict[str, float]:
    """Return `pieces` of a fresh process; `kept` as the nodes keep freed blocks."""
    done = subprocess.run(
        [sys.executable, __file__, size, *(['kept'] if kept else [])],
        stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def pieces(width: int, height: int, objects: int = 8) -> dict[str, float]:
    """Return the least milliseconds of each piece for images of that size."""
    pixels = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
    header = Header(frame_id='camera')
    image = array_to_image(pixels, header)
    found = Detections(
        np.tile([10.0, 20.0, 30.0, 40.0], (objects, 1)), np.full(objects, 0.5),
        np.zeros(objects, int))
    detections = detections_to_message(found, header, ['person'])
    packed, packed_detections = serialize_message(image), serialize_message(detections)
    return {
        'array to message': least(lambda: array_to_image(pixels, header)),
        'serialise image': least(lambda: serialize_message(image)),
        'deserialise image': least(lambda: deserialize_message(packed, Image)),
        'message to array': least(lambda: image_to_array(image)),
        **_through_the_middleware(image),
        'detections to message': least(lambda: detections_to_message(found, header, ['person'])),
        'serialise detections': least(lambda: serialize_message(detections)),
        'deserialise detections': least(
            lambda: deserialize_message(packed_detections, Detection2DArray)),
        'message to detections': least(lambda: message_to_detections(detections, ClassNames())),
    }


def least(call: Callable[[], Any]) -> float:
    """Return the least milliseconds of a call."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return round(1e3 * min(times), 3)


def _through_the_middleware(image: Image) -> dict[str, float]:
    """Publish to a reader in this process: publishing, and from there to the callback."""
    rclpy.init(args=[])
    node = Node('pieces')
    came: list[float] = []
    node.create_subscription(
        Image, 'pieces', lambda _: came.append(time.perf_counter()), qos.NEWEST_IMAGE_IN)
    publisher = node.create_publisher(Image, 'pieces', qos.IMAGE_OUT)
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    published, received = [], []
    for _ in range(REPEATS):
        start = time.perf_counter()
        publisher.publish(image)
        end = time.perf_counter()
        count = len(came)
        executor.spin_once(timeout_sec=0.5)
        if len(came) > count:
            published.append(end - start)
            received.append(came[-1] - end)
    executor.shutdown()
    node.destroy_node()
    rclpy.shutdown()
    return {'publish image': round(1e3 * min(published), 3),
            'wake, take and deserialise image': round(1e3 * min(received), 3)}


if __name__ == '__main__':
    if 'kept' in sys.argv:
        keep_large_blocks()
    print(json.dumps(pieces(*map(int, sys.argv[1].split('x')))))
