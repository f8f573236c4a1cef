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
A consumer that knows of no fault: writes what it receives, one JSON line a message.

    python3 -m fault_cases.witness NAMESPACE FILE

A line is [kind, seconds, ...]: seconds of the clock that starts with the machine and that
nobody sets. The kinds are `image` (stamp), `tracks` (stamp, ids, class names), `positions`
(stamp), and `status` (node, level, message, values).
"""

from __future__ import annotations

from contextlib import suppress
import json
import sys
import time
from typing import Any, TextIO

from diagnostic_msgs.msg import DiagnosticArray
import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo
from vision_msgs.msg import Detection2DArray, Detection3DArray

from yolo_deepsort_ros.demo.consumer import EVERY_RESULT
from yolo_deepsort_ros.nodes.messages.conversions import stamp_to_nanoseconds


class Witness(Node):
    """Subscribes to results and diagnostics."""

    def __init__(self, namespace: str, file: TextIO) -> None:
        super().__init__('witness', namespace=namespace)
        self._file = file
        subscribe = self.create_subscription
        subscribe(CameraInfo, 'camera_info', self._on_image, EVERY_RESULT)
        subscribe(Detection2DArray, 'tracks', self._on_tracks, EVERY_RESULT)
        subscribe(Detection3DArray, 'tracks_3d', self._on_positions, EVERY_RESULT)
        subscribe(DiagnosticArray, '/diagnostics', self._on_status, EVERY_RESULT)

    def _write(self, kind: str, *values: Any) -> None:
        self._file.write(f'{json.dumps([kind, time.monotonic(), *values])}\n')

    def _on_image(self, message: CameraInfo) -> None:
        self._write('image', stamp_to_nanoseconds(message.header.stamp))

    def _on_tracks(self, message: Detection2DArray) -> None:
        names = [
            found.results[0].hypothesis.class_id[:40] if found.results else ''
            for found in message.detections
        ]
        ids = [found.id for found in message.detections]
        self._write('tracks', stamp_to_nanoseconds(message.header.stamp), ids, names)

    def _on_positions(self, message: Detection3DArray) -> None:
        self._write('positions', stamp_to_nanoseconds(message.header.stamp))

    def _on_status(self, message: DiagnosticArray) -> None:
        for status in message.status:
            values = {pair.key: pair.value for pair in status.values}
            self._write('status', status.name, status.level[0], status.message, values)


def main() -> None:
    """Write until a signal ends the process."""
    namespace, path = sys.argv[1:]
    rclpy.init(args=[])
    with (
        open(path, 'a', buffering=1, encoding='utf-8') as file,
        suppress(KeyboardInterrupt, ExternalShutdownException),
    ):
        rclpy.spin(Witness(namespace, file))


if __name__ == '__main__':
    main()
