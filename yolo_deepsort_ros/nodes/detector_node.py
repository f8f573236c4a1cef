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

from yolo_deepsort_ros.config import DetectorNodeConfig
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.base_node import BaseNode
from yolo_deepsort_ros.nodes.conversions import (
    AnyImage, full_size, image_to_array, stamp_to_seconds,
)
from yolo_deepsort_ros.nodes.image_topics import ImageInput
from yolo_deepsort_ros.nodes.running import run
from yolo_deepsort_ros.nodes.stages.detection import Detection


class DetectorNode(BaseNode[DetectorNodeConfig]):
    """
    Runs the network on each image that it has time for.

    Subscriptions
        `image_raw` (sensor_msgs/Image) or `image_raw/compressed`
        (sensor_msgs/CompressedImage), best effort, depth 1: when the network is slower than
        the camera, older images give way to newer ones. With `reduce_jpeg` a JPEG is
        decoded no larger than the network needs it.
    Publications, services
        Those of `Detection`.

    An image that cannot be used is counted, logged and skipped.
    """

    def __init__(self) -> None:
        super().__init__('detector', DetectorNodeConfig)
        self._detection = Detection(self, self._follow_demand)
        self._images = ImageInput(
            self, 'image_raw', self.guarded(self._on_image), qos.NEWEST_IMAGE_IN
        )

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
        if is_wanted:
            self._images.open()
        else:
            self._images.close()

    def _on_image(self, message: AnyImage) -> None:
        with self.diagnostics.timer.stage('convert'):
            size = full_size(message) if self.config.reduce_jpeg else None
            reduction = self._detection.reduction(size) if size else 1
            picture = image_to_array(message, reduction)
        self._detection.detect(picture, message.header, reduction)
        self.diagnostics.delivered(stamp_to_seconds(message.header.stamp))


def main() -> None:
    """Run the node in this process."""
    sys.exit(run(DetectorNode))
