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


"""Tracks and their images, from topics to what draws them."""

from __future__ import annotations

from rclpy.clock import Clock, ClockType
from vision_msgs.msg import Detection2DArray, LabelInfo

from yolo_deepsort_ros.config.stage_configs import PairingConfig
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import (
    AnyImage, image_to_array, message_to_objects, stamp_to_seconds,
)
from yolo_deepsort_ros.nodes.stages.annotation_stage import AnnotationStage
from yolo_deepsort_ros.nodes.stages.pairing_stage import PairingStage
from yolo_deepsort_ros.nodes.stages.stage import StageNode
from yolo_deepsort_ros.nodes.sync.pairing import Pair

DEMAND_PERIOD = 0.5  #: s; how soon drawing starts after somebody has subscribed
DEMAND = 'demand'  #: key of what the diagnostics say while nobody looks


class TrackInputStage(PairingStage):
    """
    Has each image drawn with its tracks, while somebody looks.

    Subscriptions
        `image_raw` (sensor_msgs/Image) or `image_raw/compressed`
        (sensor_msgs/CompressedImage), best effort, and `tracks`
        (vision_msgs/Detection2DArray), reliable; both only while somebody looks. `label_info`
        (vision_msgs/LabelInfo), reliable, transient local.

    A message that cannot be used is counted, logged and skipped; one whose image was lost
    is skipped, and so is a box that cannot be used.

    Parameters
    ----------
    node : StageNode
    annotation : AnnotationStage
        Driven before this one.

    """

    def __init__(self, node: StageNode, annotation: AnnotationStage) -> None:
        super().__init__(node, 'tracks')
        self._annotation = annotation

    def load(self, config: PairingConfig) -> None:
        """Wait for the names of the classes."""
        super().load(config)
        self._node.until_cleanup(self._node.create_subscription(
            LabelInfo, 'label_info', self._on_labels, qos.LATCHED
        ))

    def start(self) -> None:
        """Look twice a second whether anybody looks."""
        super().start()
        self._node.until_deactivation(self._node.create_timer(
            DEMAND_PERIOD, self._follow_demand, clock=Clock(clock_type=ClockType.STEADY_TIME)
        ))

    def on_pair(self, pair: Pair[AnyImage, Detection2DArray]) -> None:
        """Draw and publish."""
        if pair.image is None:
            return
        header = pair.image.header
        objects = message_to_objects(pair.message).usable
        self.tell_of_unusable(pair.message, len(objects.ids))
        picture = image_to_array(pair.image, remark=self._node.diagnostics.remark)
        self._annotation.draw(picture, header, objects)
        self._node.diagnostics.delivered(stamp_to_seconds(header.stamp))

    def _on_labels(self, message: LabelInfo) -> None:
        self._annotation.name_classes(
            {kind.class_name: kind.class_id for kind in message.class_map}
        )

    def _follow_demand(self) -> None:
        """Subscribe while somebody looks, and no longer."""
        is_wanted = self._annotation.is_wanted
        self._node.diagnostics.rest(DEMAND, '' if is_wanted else 'nobody looks')
        if is_wanted:
            self.subscribe()
        else:
            self.unsubscribe()
