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

import sys

from yolo_deepsort_ros.config.node_configs import CameraConfig
from yolo_deepsort_ros.nodes.messages.conversions import stamp_to_seconds
from yolo_deepsort_ros.nodes.runtime.managed_node import BaseNode
from yolo_deepsort_ros.nodes.runtime.running import run
from yolo_deepsort_ros.nodes.stages.capture import Capture, Captured


class CameraNode(BaseNode[CameraConfig]):
    """
    Publishes each frame of a source.

    Publications, services
        Those of `Capture`.

    """

    def __init__(self) -> None:
        super().__init__('camera', CameraConfig)
        self._capture = Capture(self, self._publish)

    def load(self) -> None:
        """Open the source."""
        self._capture.load(self.config.capture)

    def start(self) -> None:
        """Begin to publish, unless paused."""
        self._capture.start()

    def adopt(self, config: CameraConfig) -> None:
        """Go on under another `frame_id`, in another quality."""
        self._capture.adopt(config.capture)

    def stop(self) -> None:
        """Hold a file, release what is live."""
        self._capture.stop()

    def unload(self) -> None:
        """Release the source."""
        self._capture.unload()

    def _publish(self, captured: Captured) -> None:
        self._capture.publish_image(captured)
        self.diagnostics.processed.add()
        self.diagnostics.delivered(stamp_to_seconds(captured.header.stamp))


def main() -> None:
    """Run the node in this process."""
    sys.exit(run(CameraNode))
