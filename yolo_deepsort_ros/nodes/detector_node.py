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

from yolo_deepsort_ros.config.node_configs import DetectorNodeConfig
from yolo_deepsort_ros.nodes.runtime.managed_node import ManagedNode
from yolo_deepsort_ros.nodes.runtime.running import run
from yolo_deepsort_ros.nodes.stages.detection_stage import DetectionStage
from yolo_deepsort_ros.nodes.stages.image_input_stage import ImageInputStage, namespaces_of


class DetectorNode(ManagedNode[DetectorNodeConfig]):
    """
    Runs the network on each image that it has time for, of one camera or several.

    Subscriptions
        Those of `ImageInputStage`.
    Publications, services
        Those of `DetectionStage`.

    """

    def __init__(self) -> None:
        super().__init__('detector', DetectorNodeConfig)
        detection = self.add_stage(
            DetectionStage(
                self, lambda: images.follow_demand(),
                lambda: namespaces_of(self.config.cameras, self.topics.full_name),
            ),
            lambda config: config.detection,
        )
        images = self.add_stage(ImageInputStage(self, detection), lambda config: config)


def main() -> None:
    """Run the node in this process."""
    run(DetectorNode)
