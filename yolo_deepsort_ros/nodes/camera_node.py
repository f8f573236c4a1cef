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

"""Publishes the frames of a camera, video file, picture folder or stream."""

from __future__ import annotations

import sys
from threading import Event, Thread

from rclpy.duration import Duration
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool

from yolo_deepsort_ros.config import CameraConfig
from yolo_deepsort_ros.errors import YoloDeepsortError
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.base_node import BaseNode
from yolo_deepsort_ros.nodes.conversions import array_to_image, seconds_to_stamp
from yolo_deepsort_ros.nodes.running import run
from yolo_deepsort_ros.sources import Frame, open_source

LAST_IMAGE_WAIT = Duration(seconds=2)  #: for readers that have not acknowledged the last image
CLOSE_WAIT = 2.0  #: s; a device's driver may hold the reading thread longer


class CameraNode(BaseNode[CameraConfig]):
    """
    Reads a source in a thread of its own and publishes `image_raw` and `camera_info`.

    Publications
        `image_raw` (sensor_msgs/Image, bgr8) and `camera_info` (sensor_msgs/CameraInfo, not
        calibrated: K is zero) with the same header, both reliable.
    Services
        `~/set_paused` (std_srvs/SetBool): while paused nothing is read, so a file waits.

    At the end of a file, or after `duration`, the process ends with exit code 0.
    """

    def __init__(self) -> None:
        super().__init__('camera', CameraConfig)
        self._images = self.create_publisher(Image, 'image_raw', qos.IMAGE_OUT)
        self._infos = self.create_publisher(CameraInfo, 'camera_info', qos.IMAGE_OUT)
        self._source = open_source(self.config, paced=True, clock=self._now)
        self._closing = False
        self._running = Event()
        if not self.config.start_paused:
            self._running.set()
        self.create_service(SetBool, '~/set_paused', self._on_set_paused)
        rate = f'{self._source.rate:g} frames/s' if self._source.rate else 'an unknown rate'
        self.get_logger().info(f'{self._source.name}: {rate}')
        self._thread = Thread(target=self._read_all, name='source', daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop reading and release the source."""
        self._closing = True
        self._running.set()
        self._source.close()
        self._thread.join(CLOSE_WAIT)

    def _on_set_paused(
        self, request: SetBool.Request, response: SetBool.Response
    ) -> SetBool.Response:
        if request.data:
            self._running.clear()
        else:
            self._running.set()
        response.success = True
        response.message = 'paused' if request.data else 'running'
        return response

    def _read_all(self) -> None:
        """Publish until the source ends or fails, then let the node finish."""
        try:
            count = self._publish_all()
        except YoloDeepsortError as error:
            self.finished.set_exception(error)
        except Exception as error:
            # A signal has shut ROS down while an image was under way.
            if not self.context.ok():
                return
            self.finished.set_exception(error)
        else:
            if not self._closing:
                self._images.wait_for_all_acked(LAST_IMAGE_WAIT)
                self._infos.wait_for_all_acked(LAST_IMAGE_WAIT)
                self.get_logger().info(f'{self._source.name} ended after {count} frames')
            self.finished.set_result(None)

    def _publish_all(self) -> int:
        count = 0
        while self._running.wait():
            frame = None if self._closing else self._source.read()
            if frame is None:
                break
            self._publish(frame)
            count += 1
        return count

    def _publish(self, frame: Frame) -> None:
        header = Header(stamp=seconds_to_stamp(frame.stamp), frame_id=self.config.frame_id)
        height, width = frame.image.shape[:2]
        self._images.publish(array_to_image(frame.image, header))
        self._infos.publish(CameraInfo(header=header, width=width, height=height))

    def _now(self) -> float:
        return self.get_clock().now().nanoseconds / 1e9


def main() -> None:
    """Run the node in this process."""
    sys.exit(run(CameraNode))
