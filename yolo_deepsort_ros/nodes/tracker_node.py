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


"""Detections and images in, tracks with persistent ids out."""

from __future__ import annotations

from yolo_deepsort_ros.config.node_configs import TrackerNodeConfig
from yolo_deepsort_ros.nodes.runtime.managed_node import ManagedNode
from yolo_deepsort_ros.nodes.runtime.running import run
from yolo_deepsort_ros.nodes.stages.detection_input_stage import DetectionInputStage
from yolo_deepsort_ros.nodes.stages.tracking_stage import TrackingStage


class TrackerNode(ManagedNode[TrackerNodeConfig]):
    """
    Runs DeepSORT on each message of detections and the image of the same stamp.

    Tracks outlast a deactivation, not a cleanup.

    Subscriptions
        Those of `DetectionInputStage`.
    Publications, services
        Those of `TrackingStage`.

    """

    def __init__(self) -> None:
        super().__init__('tracker', TrackerNodeConfig)
        tracking = self.add_stage(TrackingStage(self), lambda config: config.tracking)
        self.add_stage(DetectionInputStage(self, tracking), lambda config: config.pairing)


def main() -> None:
    """Run the node in this process."""
    run(TrackerNode)
