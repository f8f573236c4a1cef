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

from yolo_deepsort_ros.config import DetectorNodeConfig
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.base_node import BaseNode
from yolo_deepsort_ros.nodes.conversions import image_to_array, stamp_to_seconds
from yolo_deepsort_ros.nodes.running import run
from yolo_deepsort_ros.nodes.stages.detection import Detection


class DetectorNode(BaseNode[DetectorNodeConfig]):
    """
    Runs the network on each image that it has time for.

    Subscriptions
        `image_raw` (sensor_msgs/Image), best effort, depth `detect_every`: when the network
        is slower than the camera, older images give way to newer ones.
    Publications, services
        Those of `Detection`.

    An image that cannot be used is counted, logged and skipped.
    """

    def __init__(self) -> None:
        super().__init__('detector', DetectorNodeConfig)
        self._detection = Detection(self, self._follow_demand)
        self._images: Subscription | None = None

    def load(self) -> None:
        """Load the network and run it once."""
        self._detection.load(self.config)

    def start(self) -> None:
        """Look at images from now on."""
        self._detection.start()
        self._subscribe(self._detection.is_enabled)

    def stop(self) -> None:
        """Look no more."""
        self._subscribe(False)

    def adopt(self, config: DetectorNodeConfig) -> None:
        """Go on with other thresholds and classes."""
        self._detection.adopt(config)

    def unload(self) -> None:
        """Free the network."""
        self._detection.unload()

    def _follow_demand(self) -> None:
        self._subscribe(self._detection.is_enabled and self.state == 'active')

    def _subscribe(self, is_wanted: bool) -> None:
        """Subscribe to images, or no longer: nothing is even received then."""
        if is_wanted and self._images is None:
            self._images = self.topics.subscribe(
                Image, 'image_raw', self.guarded(self._on_image),
                qos.deep(qos.NEWEST_IMAGE_IN, self.config.detect_every),
            )
        elif not is_wanted and self._images is not None:
            self.destroy_subscription(self._images)
            self._images = None

    def _on_image(self, message: Image) -> None:
        if not self._detection.is_next_due():
            return
        with self.diagnostics.timer.stage('convert'):
            picture = image_to_array(message)
        self._detection.detect(picture, message.header)
        self.diagnostics.delivered(stamp_to_seconds(message.header.stamp))


def main() -> None:
    """Run the node in this process."""
    sys.exit(run(DetectorNode))
