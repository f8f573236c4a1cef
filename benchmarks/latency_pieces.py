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
Between two images of a camera the processor rests, and caches forget: what is small takes
several times as long after a pause, of which medians are shown.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
import json
from statistics import median, quantiles
import subprocess
import sys
import time
from typing import Any

from node_variant import EXECUTORS
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
from yolo_deepsort_ros.nodes.messages.conversions import (
    array_to_image, ClassNames, detections_to_message, image_to_array, message_to_detections,
)
from yolo_deepsort_ros.nodes.runtime.malloc import keep_large_blocks

REPEATS = 60
SLEEPS = 300
PAUSE = 0.02  #: s; about what a node rests between two images at 30 Hz
#: Those that call back in the thread that spins.
INLINE_EXECUTORS = ('SingleThreadedExecutor', 'EventsExecutor')
BATCHES, BATCH = 20, 50  #: of messages through an executor


def in_a_process(*arguments: str) -> Any:
    """Return `pieces` of a size, with `kept` freed blocks or not, or another figure by name."""
    done = subprocess.run(
        [sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def pieces(width: int, height: int) -> dict[str, float]:
    """Return the least milliseconds of each piece for images of that size."""
    pixels = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
    header = Header(frame_id='camera')
    image = array_to_image(pixels, header)
    packed = serialize_message(image)
    return {
        'array to message': least(lambda: array_to_image(pixels, header)),
        'serialise image': least(lambda: serialize_message(image)),
        'deserialise image': least(lambda: deserialize_message(packed, Image)),
        'message to array': least(lambda: image_to_array(image)),
        **_through_the_middleware(image),
    }


def objects_ms(count: int = 8) -> dict[str, dict[str, float]]:
    """Return the milliseconds of each piece of a message of objects, and after a pause."""
    header = Header(frame_id='camera')
    found = Detections(
        np.tile([10.0, 20.0, 30.0, 40.0], (count, 1)), np.full(count, 0.5), np.zeros(count, int))
    message = detections_to_message(found, header, ['person'])
    packed = serialize_message(message)
    parts = list(message.detections)
    calls: dict[str, Callable[[], Any]] = {
        'to message': lambda: detections_to_message(found, header, ['person']),
        'to message of used parts': lambda: detections_to_message(
            found, header, ['person'], parts),
        'serialise': lambda: serialize_message(message),
        'deserialise': lambda: deserialize_message(packed, Detection2DArray),
        'to detections': lambda: message_to_detections(message, ClassNames()),
    }
    return {name: {'at once': least(call), 'after a pause': _after_a_pause(call)}
            for name, call in calls.items()}


def sleep_ms() -> dict[str, float]:
    """Return by how many milliseconds a sleep is too long, of half and of 19 in 20."""
    late = []
    for _ in range(SLEEPS):
        start = time.perf_counter()
        time.sleep(PAUSE)
        late.append(1e3 * (time.perf_counter() - start - PAUSE))
    return {'p50': round(median(late), 3), 'p95': round(quantiles(late, n=20)[-1], 3)}


def executor_ms(name: str) -> float:
    """
    Return the processor time to wake up for one small message and call its callback.

    Of a process, all threads, publishing included; the node has what ours have: parameter
    services, timers and subscriptions that are silent. The least of several batches.
    """
    rclpy.init(args=[])
    node = Node('executor')
    came: list[Any] = []
    node.create_subscription(Header, 'active', came.append, qos.RESULTS)
    for i in range(3):
        node.create_subscription(Header, f'silent_{i}', came.append, qos.RESULTS)
        node.create_timer(3600.0, came.clear)
    publisher = node.create_publisher(Header, 'active', qos.RESULTS)
    executor = getattr(import_module(EXECUTORS[name]), name)()
    executor.add_node(node)
    batches = []
    for _ in range(BATCHES):
        start, wanted = time.process_time(), len(came) + BATCH
        while len(came) < wanted:
            count = len(came)
            publisher.publish(Header())
            while len(came) == count:
                executor.spin_once(timeout_sec=0.5)
        batches.append(time.process_time() - start)
    executor.shutdown()
    node.destroy_node()
    rclpy.shutdown()
    return round(1e3 * min(batches) / BATCH, 3)


def least(call: Callable[[], Any]) -> float:
    """Return the least milliseconds of a call."""
    return round(1e3 * min(_seconds(call, pause=0.0)), 3)


def _after_a_pause(call: Callable[[], Any]) -> float:
    """Return the median milliseconds of a call."""
    return round(1e3 * median(_seconds(call, PAUSE)), 3)


def _seconds(call: Callable[[], Any], pause: float) -> list[float]:
    times = []
    for _ in range(REPEATS):
        if pause:
            time.sleep(pause)
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return times


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


def _of(what: str) -> Any:
    if what in EXECUTORS:
        return executor_ms(what)
    named = {'objects': objects_ms, 'sleep': sleep_ms}
    return named[what]() if what in named else pieces(*map(int, what.split('x')))


if __name__ == '__main__':
    if 'kept' in sys.argv:
        keep_large_blocks()
    print(json.dumps(_of(sys.argv[1])))
