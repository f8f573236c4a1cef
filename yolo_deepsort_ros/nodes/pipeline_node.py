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


"""Camera, detector, tracker, annotator and locator in one process."""

from __future__ import annotations

from yolo_deepsort_ros.config.node_configs import PipelineConfig
from yolo_deepsort_ros.nodes.runtime.managed_node import ManagedNode
from yolo_deepsort_ros.nodes.runtime.running import run
from yolo_deepsort_ros.nodes.stages.annotation_stage import AnnotationStage
from yolo_deepsort_ros.nodes.stages.capture_stage import Captured, CaptureStage
from yolo_deepsort_ros.nodes.stages.detection_stage import DetectionStage
from yolo_deepsort_ros.nodes.stages.frame_flow_stage import FrameFlowStage
from yolo_deepsort_ros.nodes.stages.locating_stage import LocatingStage
from yolo_deepsort_ros.nodes.stages.page_stage import PageStage
from yolo_deepsort_ros.nodes.stages.tracking_stage import TrackingStage


class PipelineNode(ManagedNode[PipelineConfig]):
    """
    Takes each frame from the source to its tracks without a copy.

    Images are published only while somebody subscribes to them.

    Publications, services
        Those of `CaptureStage`, `DetectionStage`, `TrackingStage` and `AnnotationStage`, with
        `locate` those of `LocatingStage`, with `web` those of `PageStage`, their subscriptions
        too.

    Of a parameter file its own section and those for all nodes count. The launch file hands it
    the sections of the nodes that it replaces.
    """

    def __init__(self) -> None:
        super().__init__('pipeline', PipelineConfig)
        detection = self.add_stage(DetectionStage(self), lambda config: config.detection)
        tracking = self.add_stage(TrackingStage(self), lambda config: config.tracking)
        annotation = self.add_stage(AnnotationStage(self), lambda config: config.annotation)
        locating = self.add_stage(
            LocatingStage(self, counts=False),
            lambda config: config.locating if config.locate else None,
        )
        page = self.add_stage(PageStage(self), lambda config: config.page)
        self._flow = self.add_stage(
            FrameFlowStage(self, detection, tracking, annotation, locating, page),
            lambda config: config.detection,
        )
        self._capture = self.add_stage(
            CaptureStage(self, self._on_frame, self._flow.drain), lambda config: config.capture
        )

    def _on_frame(self, captured: Captured) -> None:
        self._flow.put(captured)
        if self._capture.is_image_wanted:
            self._capture.publish_image(captured)


def main() -> None:
    """Run the node in this process."""
    run(PipelineNode)
