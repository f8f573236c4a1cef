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

from yolo_deepsort_ros.config.node_configs import AnnotatorConfig
from yolo_deepsort_ros.nodes.runtime.managed_node import ManagedNode
from yolo_deepsort_ros.nodes.runtime.running import run
from yolo_deepsort_ros.nodes.stages.annotation_stage import AnnotationStage
from yolo_deepsort_ros.nodes.stages.track_input_stage import TrackInputStage


class AnnotatorNode(ManagedNode[AnnotatorConfig]):
    """
    Publishes each image with its tracks and their trails drawn in.

    Subscriptions
        Those of `TrackInputStage`.
    Publications
        Those of `AnnotationStage`.

    """

    def __init__(self) -> None:
        super().__init__('annotator', AnnotatorConfig)
        annotation = self.add_stage(AnnotationStage(self), lambda config: config.annotation)
        self.add_stage(TrackInputStage(self, annotation), lambda config: config.pairing)


def main() -> None:
    """Run the node in this process."""
    run(AnnotatorNode)
