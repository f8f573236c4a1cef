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

"""Finds objects in the newest image and publishes them as Detection2DArray."""

from __future__ import annotations

import sys

from rclpy.subscription import Subscription
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool
from vision_msgs.msg import Detection2DArray, LabelInfo, VisionClass

from yolo_deepsort_ros.config import DetectorNodeConfig
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.base_node import BaseNode
from yolo_deepsort_ros.nodes.conversions import (
    detections_to_message, image_to_array, stamp_to_seconds,
)
from yolo_deepsort_ros.nodes.running import run
from yolo_deepsort_ros.yolo.detector import Detector


class DetectorNode(BaseNode[DetectorNodeConfig]):
    """
    Runs the network on each image that it has time for.

    Subscriptions
        `image_raw` (sensor_msgs/Image), best effort, depth 1: when the network is slower
        than the camera, older images give way to newer ones.
    Publications
        `detections` (vision_msgs/Detection2DArray), reliable, with the image's header; one
        message for each image looked at, an empty one when nothing was found.
        `label_info` (vision_msgs/LabelInfo), transient local, at each activation
        and change of `confidence`.

    Services
        `~/set_enabled` (std_srvs/SetBool): false lets it sleep, the network loaded, until true.

    An image that cannot be used is counted, logged and skipped.
    """

    def __init__(self) -> None:
        super().__init__('detector', DetectorNodeConfig)
        self._images: Subscription | None = None

    def load(self) -> None:
        """Load the network and run it once."""
        self._detector = Detector(config=self.config, timer=self.diagnostics.timer)
        labels = self._detector.labels
        width, height = self._detector.input_size
        self.get_logger().info(
            f'{self.config.model}: {width} x {height}, {len(labels)} classes, '
            f'run by {self._detector.backend}'
        )
        self.diagnostics.facts = {
            'model': self.config.model, 'input': f'{width} x {height}',
            'backend': self._detector.backend,
        }
        self._set_enabled(True)
        self.until_cleanup(self.create_service(SetBool, '~/set_enabled', self._on_set_enabled))
        by_index = self.config.class_id_format == 'index'
        self._class_ids = [str(i) for i in range(len(labels))] if by_index else list(labels)
        self._detections = self.until_cleanup(
            self.topics.advertise(Detection2DArray, 'detections', qos.RESULTS)
        )
        self._label_info = self.until_cleanup(
            self.topics.advertise(LabelInfo, 'label_info', qos.LATCHED)
        )

    def start(self) -> None:
        """Look at images from now on."""
        self._publish_label_info()
        self._subscribe(self._is_enabled)

    def stop(self) -> None:
        """Look no more."""
        self._subscribe(False)

    def adopt(self, config: DetectorNodeConfig) -> None:
        """Go on with other thresholds and classes."""
        self._detector.adopt(config)
        if self.state == 'active':
            self._publish_label_info()

    def unload(self) -> None:
        """Free the network."""
        del self._detector

    def _publish_label_info(self) -> None:
        names = self._detector.labels
        self._label_info.publish(LabelInfo(
            header=Header(stamp=self.get_clock().now().to_msg()),
            class_map=[VisionClass(class_id=i, class_name=name) for i, name in enumerate(names)],
            threshold=self._detector.config.confidence,
        ))

    def _on_set_enabled(
        self, request: SetBool.Request, response: SetBool.Response
    ) -> SetBool.Response:
        self._set_enabled(request.data)
        self._subscribe(self._is_enabled and self.state == 'active')
        response.success = True
        response.message = 'awake' if request.data else 'asleep'
        return response

    def _set_enabled(self, is_enabled: bool) -> None:
        self._is_enabled = is_enabled
        self.diagnostics.rest = '' if is_enabled else 'asleep: ~/set_enabled wakes it'

    def _subscribe(self, is_wanted: bool) -> None:
        """Subscribe to images, or no longer: nothing is even received then."""
        if is_wanted and self._images is None:
            self._images = self.topics.subscribe(
                Image, 'image_raw', self.guarded(self._on_image), qos.NEWEST_IMAGE_IN
            )
        elif not is_wanted and self._images is not None:
            self.destroy_subscription(self._images)
            self._images = None

    def _on_image(self, message: Image) -> None:
        stage = self.diagnostics.timer.stage
        with stage('convert'):
            picture = image_to_array(message)
        found = self._detector.detect(picture)
        with stage('publish'):
            self._detections.publish(
                detections_to_message(found, message.header, self._class_ids)
            )
        self.diagnostics.delivered(stamp_to_seconds(message.header.stamp))


def main() -> None:
    """Run the node in this process."""
    sys.exit(run(DetectorNode))
