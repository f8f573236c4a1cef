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
from vision_msgs.msg import Detection2DArray, LabelInfo

from yolo_deepsort_ros.config.node_configs import AnnotatorConfig
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import (
    AnyImage, image_to_array, message_to_objects, stamp_to_seconds,
)
from yolo_deepsort_ros.nodes.runtime.running import run
from yolo_deepsort_ros.nodes.stages.annotation import Annotation
from yolo_deepsort_ros.nodes.sync.paired_node import PairedNode
from yolo_deepsort_ros.nodes.sync.pairing import Pair

DEMAND_PERIOD = 0.5  #: s; how soon drawing starts after somebody has subscribed
DEMAND = 'demand'  #: key of what the diagnostics say while nobody looks


class AnnotatorNode(PairedNode[AnnotatorConfig]):
    """
    Publishes each image with its tracks and their trails drawn in.

    Subscriptions
        `image_raw` (sensor_msgs/Image) or `image_raw/compressed`
        (sensor_msgs/CompressedImage), best effort, and `tracks`
        (vision_msgs/Detection2DArray), reliable; both only while somebody looks. `label_info`
        (vision_msgs/LabelInfo), reliable, transient local.
    Publications
        Those of `Annotation`.

    A message that cannot be used is counted, logged and skipped; one whose image was lost
    is skipped, and so is a box that cannot be used.
    """

    def __init__(self) -> None:
        super().__init__('annotator', AnnotatorConfig)
        self._annotation = Annotation(self)
        self._tracks: Subscription | None = None

    def load(self) -> None:
        """Announce the annotated images."""
        self._annotation.load(self.config.annotation)
        self.until_cleanup(self.create_subscription(
            LabelInfo, 'label_info', self._on_labels, qos.LATCHED
        ))

    def start(self) -> None:
        """Draw while somebody looks."""
        super().start()
        self.until_deactivation(self.create_timer(
            DEMAND_PERIOD, self._follow_demand, clock=Clock(clock_type=ClockType.STEADY_TIME)
        ))
        self._annotation.start(self.config.annotation)

    def adopt(self, config: AnnotatorConfig) -> None:
        """Draw trails of another length."""
        self._annotation.adopt(config.annotation)

    def stop(self) -> None:
        """Draw no more."""
        self._unsubscribe()

    def on_pair(self, pair: Pair[AnyImage, Detection2DArray]) -> None:
        """Draw and publish."""
        if pair.image is None:
            return
        header = pair.image.header
        objects = message_to_objects(pair.message).usable
        self.tell_of_unusable(pair.message, len(objects.ids))
        picture = image_to_array(pair.image, remark=self.diagnostics.remark)
        self._annotation.draw(picture, header, objects)
        self.diagnostics.delivered(stamp_to_seconds(header.stamp))

    def _on_labels(self, message: LabelInfo) -> None:
        self._annotation.name_classes(
            {kind.class_name: kind.class_id for kind in message.class_map}
        )

    def _follow_demand(self) -> None:
        """Subscribe while somebody looks, and no longer."""
        is_wanted = self._annotation.is_wanted
        self.diagnostics.rest(DEMAND, '' if is_wanted else 'nobody looks')
        if not is_wanted:
            self._unsubscribe()
        elif self._tracks is None:
            self.images.open(self.config.pairing)
            self._tracks = self.topics.subscribe(
                Detection2DArray, 'tracks', self.on_message, qos.RESULTS
            )

    def _unsubscribe(self) -> None:
        self.images.close()
        if self._tracks is not None:
            self.destroy_subscription(self._tracks)
            self._tracks = None


def main() -> None:
    """Run the node in this process."""
    sys.exit(run(AnnotatorNode))
