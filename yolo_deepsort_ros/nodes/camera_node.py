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

from rclpy.clock import Clock, ClockType
from rclpy.duration import Duration
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool

from yolo_deepsort_ros.config import CameraConfig, FLIPS
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.base_node import BaseNode
from yolo_deepsort_ros.nodes.camera_info import calibration_at, CameraInfos
from yolo_deepsort_ros.nodes.conversions import array_to_image, seconds_to_stamp
from yolo_deepsort_ros.nodes.running import run
from yolo_deepsort_ros.nodes.source_reader import SourceReader
from yolo_deepsort_ros.sources import Frame, open_source
from yolo_deepsort_ros.sources.orientation import oriented

LAST_IMAGE_WAIT = Duration(seconds=2)  #: for readers that have not acknowledged the last image
CLOCK_PERIOD = 0.1  #: s; how soon the work starts after the first /clock
SOURCE = 'source'  #: key of the problem of a lost camera


class CameraNode(BaseNode[CameraConfig]):
    """
    Reads a source in a thread of its own and publishes `image_raw` and `camera_info`.

    Publications
        `image_raw` (sensor_msgs/Image, bgr8) and `camera_info` (sensor_msgs/CameraInfo; K is
        zero without a calibration) with the same header, both reliable.
    Services
        `~/set_paused` (std_srvs/SetBool): while paused nothing is published, and a file waits.

    While it is inactive, a file waits; a device or stream is released, and opened again at
    the activation. One that is lost is opened again until it is back; the node lives on. At
    the end of a file, or after `duration`, the process ends with exit code 0. Stamps are those
    of the node's clock: with `use_sim_time` nothing is published before `/clock` is.
    """

    def __init__(self) -> None:
        super().__init__('camera', CameraConfig)
        self._is_paused = False

    def load(self) -> None:
        """Open the source."""
        url = self.config.camera_info_url
        calibration = calibration_at(url)
        self._reader = self._open()
        if not (url or self.config.rotate or self.config.flip in FLIPS):
            calibration = self._reader.source.calibration
        self._camera_infos = CameraInfos(calibration, url)
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
        self._let(is_active=True)
        if self._now() <= 0:
            self.get_logger().info(f'use_sim_time is true: {self.diagnostics.rest}')
            self._clock_check = self.until_deactivation(self.create_timer(
                CLOCK_PERIOD, self._on_clock_check, clock=Clock(clock_type=ClockType.STEADY_TIME)
            ))

    def stop(self) -> None:
        """Hold a file, release what is live."""
        self._reader.let(False)
        self.diagnostics.rest = ''
        if self._reader.source.is_live:
            self._reader.close()
            self.diagnostics.problems.pop(SOURCE, None)

    def unload(self) -> None:
        """Release the source."""
        self._reader.close()

    def _open(self) -> SourceReader:
        source = open_source(
            self.config, paced=True, clock=self._now, on_change=self._on_change,
            waits=self.config.wait_for_source,
        )
        if source.mode:
            self.get_logger().info(f'{source.name}: {source.mode}')
        self.diagnostics.facts = {'source': source.name, 'mode': source.mode}
        return SourceReader(source, self._publish, self._on_end)

    def _on_set_paused(
        self, request: SetBool.Request, response: SetBool.Response
    ) -> SetBool.Response:
        self._is_paused = request.data
        self._let(is_active=self.state == 'active')
        response.success = True
        response.message = 'paused' if request.data else 'running'
        return response

    def _on_clock_check(self) -> None:
        if self._now() > 0:
            self._clock_check.cancel()
            self._let(is_active=True)

    def _let(self, is_active: bool) -> None:
        """Let the reader go on, unless something speaks against it."""
        if self._is_paused:
            self.diagnostics.rest = 'paused: ~/set_paused goes on'
        else:
            self.diagnostics.rest = '' if self._now() > 0 else 'waits for /clock'
        self._reader.let(is_active and not self.diagnostics.rest)

    def _on_change(self, problem: str) -> None:
        """Take note that a live source is lost or back; called from the reader's thread, too."""
        if not problem:
            self.diagnostics.problems.pop(SOURCE, None)
            self.diagnostics.facts = {**self.diagnostics.facts, 'mode': self._reader.source.mode}
            return
        if SOURCE not in self.diagnostics.problems:
            self.diagnostics.counts['lost'] += 1
        self.diagnostics.add_problem(SOURCE, problem)

    def _publish(self, frame: Frame) -> None:
        header = Header(stamp=seconds_to_stamp(frame.stamp), frame_id=self.config.frame_id)
        image = oriented(frame.image, self.config.rotate, self.config.flip)
        height, width = image.shape[:2]
        self._images.publish(array_to_image(image, header))
        self._infos.publish(self._camera_infos.message(header, width, height))
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
