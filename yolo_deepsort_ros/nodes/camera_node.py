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

from contextlib import suppress
import sys

from rclpy.duration import Duration
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool

from yolo_deepsort_ros.config import CameraConfig
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.base_node import BaseNode
from yolo_deepsort_ros.nodes.conversions import array_to_image, seconds_to_stamp
from yolo_deepsort_ros.nodes.running import run
from yolo_deepsort_ros.nodes.source_reader import SourceReader
from yolo_deepsort_ros.sources import Frame, open_source

LAST_IMAGE_WAIT = Duration(seconds=2)  #: for readers that have not acknowledged the last image


class CameraNode(BaseNode[CameraConfig]):
    """
    Reads a source in a thread of its own and publishes `image_raw` and `camera_info`.

    Publications
        `image_raw` (sensor_msgs/Image, bgr8) and `camera_info` (sensor_msgs/CameraInfo, not
        calibrated: K is zero) with the same header, both reliable.
    Services
        `~/set_paused` (std_srvs/SetBool): while paused nothing is published, and a file waits.

    While it is inactive, a file waits; a device or stream is released, and opened again at
    the activation. At the end of a file, or after `duration`, the process ends with exit
    code 0.
    """

    def __init__(self) -> None:
        super().__init__('camera', CameraConfig)
        self._is_paused = False

    def load(self) -> None:
        """Open the source."""
        self._reader = self._open()
        self._is_paused = self.config.start_paused
        self.diagnostics.counts['processed'] = 0
        self._images = self.until_cleanup(self.topics.advertise(Image, 'image_raw', qos.IMAGE_OUT))
        self._infos = self.until_cleanup(
            self.topics.advertise(CameraInfo, 'camera_info', qos.IMAGE_OUT)
        )
        self.until_cleanup(self.create_service(SetBool, '~/set_paused', self._on_set_paused))

    def start(self) -> None:
        """Begin to publish, unless paused."""
        if self._reader.is_closed:
            self._reader = self._open()
        self._reader.let(not self._is_paused)

    def stop(self) -> None:
        """Hold a file, release what is live."""
        self._reader.let(False)
        if self._reader.source.is_live:
            self._reader.close()

    def unload(self) -> None:
        """Release the source."""
        self._reader.close()

    def _open(self) -> SourceReader:
        source = open_source(self.config, paced=True, clock=self._now)
        rate = f'{source.rate:g} frames/s' if source.rate else 'an unknown rate'
        self.get_logger().info(f'{source.name}: {rate}')
        self.diagnostics.facts = {'source': source.name, 'rate': rate}
        return SourceReader(source, self._publish, self._on_end)

    def _on_set_paused(
        self, request: SetBool.Request, response: SetBool.Response
    ) -> SetBool.Response:
        self._is_paused = request.data
        self._reader.let(self.state == 'active' and not self._is_paused)
        response.success = True
        response.message = 'paused' if request.data else 'running'
        return response

    def _publish(self, frame: Frame) -> None:
        header = Header(stamp=seconds_to_stamp(frame.stamp), frame_id=self.config.frame_id)
        height, width = frame.image.shape[:2]
        self._images.publish(array_to_image(frame.image, header))
        self._infos.publish(CameraInfo(header=header, width=width, height=height))
        self.diagnostics.counts['processed'] += 1
        self.diagnostics.delivered(frame.stamp)

    def _on_end(self, error: Exception | None) -> None:
        """Let the process end once the last image has arrived; called from the reader's thread."""
        if not self.context.ok():  # a signal has shut ROS down while an image was under way
            return
        if error is not None:
            self.fail(error)
            return
        with suppress(RuntimeError):  # shut down or cleaned up in the meantime
            self._images.wait_for_all_acked(LAST_IMAGE_WAIT)
            self._infos.wait_for_all_acked(LAST_IMAGE_WAIT)
        self.get_logger().info(
            f'{self._reader.source.name} ended after {self.diagnostics.counts["processed"]} frames'
        )
        self.finished.set_result(None)

    def _now(self) -> float:
        return self.get_clock().now().nanoseconds / 1e9


def main() -> None:
    """Run the node in this process."""
    sys.exit(run(CameraNode))
