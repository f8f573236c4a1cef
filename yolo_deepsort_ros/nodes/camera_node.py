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

from yolo_deepsort_ros.config.node_configs import CameraConfig
from yolo_deepsort_ros.nodes.messages.conversions import stamp_to_seconds
from yolo_deepsort_ros.nodes.runtime.managed_node import ManagedNode
from yolo_deepsort_ros.nodes.runtime.running import run
from yolo_deepsort_ros.nodes.stages.capture_stage import Captured, CaptureStage


class CameraNode(ManagedNode[CameraConfig]):
    """
    Publishes each frame of a source.

    Publications, services
        Those of `CaptureStage`.

    """

    def __init__(self) -> None:
        super().__init__('camera', CameraConfig)
        self._capture = self.add_stage(
            CaptureStage(self, self._publish), lambda config: config.capture
        )

    def _publish(self, captured: Captured) -> None:
        self._capture.publish_image(captured)
        self.diagnostics.processed.add()
        self.diagnostics.delivered(stamp_to_seconds(captured.header.stamp))


def main() -> None:
    """Run the node in this process."""
    run(CameraNode)
