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

"""Draws tracks on their images, for rviz2 and people."""

from __future__ import annotations

import sys

from rclpy.clock import Clock, ClockType
from rclpy.subscription import Subscription
from sensor_msgs.msg import Image
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.config import AnnotatorConfig
from yolo_deepsort_ros.drawing import draw_tracks
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.conversions import (
    array_to_image, image_to_array, message_to_objects, stamp_to_seconds,
)
from yolo_deepsort_ros.nodes.paired_node import PairedNode
from yolo_deepsort_ros.nodes.pairing import Pair
from yolo_deepsort_ros.nodes.running import run

DEMAND_PERIOD = 0.5  #: s; how soon drawing starts after somebody has subscribed


class AnnotatorNode(PairedNode[AnnotatorConfig]):
    """
    Publishes each image with its tracks drawn in.

    Subscriptions
        `image_raw` (sensor_msgs/Image), best effort, and `tracks`
        (vision_msgs/Detection2DArray), reliable; both only while somebody looks.
    Publications
        `annotated_image` (sensor_msgs/Image, bgr8), reliable, with the image's header.

    A message that cannot be used is counted, logged and skipped; one whose image was lost
    is skipped.
    """

    def __init__(self) -> None:
        super().__init__('annotator', AnnotatorConfig)
        self._inputs: list[Subscription] = []

    def load(self) -> None:
        """Announce the annotated images."""
        self._annotated = self.until_cleanup(
            self.topics.advertise(Image, 'annotated_image', qos.IMAGE_OUT)
        )

    def start(self) -> None:
        """Draw while somebody looks."""
        super().start()
        self.until_deactivation(self.create_timer(
            DEMAND_PERIOD, self._follow_demand, clock=Clock(clock_type=ClockType.STEADY_TIME)
        ))

    def stop(self) -> None:
        """Draw no more."""
        self._unsubscribe()

    def on_pair(self, pair: Pair[Image, Detection2DArray]) -> None:
        """Draw and publish."""
        if pair.image is None:
            return
        stage = self.diagnostics.timer.stage
        with stage('draw'):
            ids, tlwh, scores, names = message_to_objects(pair.message)
            drawn = draw_tracks(image_to_array(pair.image), ids, tlwh, names, scores)
        with stage('publish'):
            self._annotated.publish(array_to_image(drawn, pair.image.header))
        self.diagnostics.delivered(stamp_to_seconds(pair.image.header.stamp))

    def _follow_demand(self) -> None:
        """Subscribe while somebody looks, and no longer."""
        is_wanted = self._annotated.get_subscription_count() > 0
        if is_wanted and not self._inputs:
            self._inputs = [
                self.topics.subscribe(Image, 'image_raw', self.on_image, qos.IMAGE_IN),
                self.topics.subscribe(
                    Detection2DArray, 'tracks', self.on_message, qos.RESULTS
                ),
            ]
        elif not is_wanted:
            self._unsubscribe()

    def _unsubscribe(self) -> None:
        while self._inputs:
            self.destroy_subscription(self._inputs.pop())


def main() -> None:
    """Run the node in this process."""
    sys.exit(run(AnnotatorNode))
