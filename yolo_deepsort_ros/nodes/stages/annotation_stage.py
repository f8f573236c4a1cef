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

"""The annotator's part of a node."""

from __future__ import annotations

from collections.abc import Mapping

from std_msgs.msg import Header

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.config.stage_configs import AnnotationConfig
from yolo_deepsort_ros.nodes.messages.conversions import Objects, stamp_to_seconds
from yolo_deepsort_ros.nodes.messages.image_topics import ImageOutput
from yolo_deepsort_ros.nodes.stages.stage import Stage, StageNode
from yolo_deepsort_ros.visualization.drawing import draw_tracks
from yolo_deepsort_ros.visualization.label_text import drawn_names
from yolo_deepsort_ros.visualization.trails import FrameRate, Trails

MAX_AGE = 10.0  #: s; above, a recording is played without its time


class AnnotationStage(Stage[AnnotationConfig]):
    """
    Draws tracks and their trails on images, and publishes them while somebody looks.

    A corner tells the age of the image when it was drawn, and the rate of the images by their
    stamps.

    Publications
        `annotated_image` (sensor_msgs/Image, bgr8) and `annotated_image/compressed`
        (sensor_msgs/CompressedImage, JPEG), reliable, with the image's header.

    Parameters
    ----------
    node : StageNode

    """

    def __init__(self, node: StageNode) -> None:
        self._node = node
        self._drawn_names: dict[str, str] = {}

    def load(self, config: AnnotationConfig) -> None:
        """Announce the images."""
        self._trail = config.trail
        self._annotated = ImageOutput(
            self._node, 'annotated_image', config.images.jpeg_quality
        )

    def start(self) -> None:
        """Begin without trails."""
        self._trails, self._rate = Trails(self._trail), FrameRate()

    def adopt(self, config: AnnotationConfig) -> None:
        """Draw trails of another length, publish in another quality."""
        self._trail = config.trail
        self._trails = Trails(config.trail)
        self._annotated.jpeg_quality = config.images.jpeg_quality

    def name_classes(self, numbers: Mapping[str, int]) -> None:
        """Learn the number of each class name, drawn where the name cannot be."""
        self._drawn_names = drawn_names(numbers)

    @property
    def is_wanted(self) -> bool:
        """Whether somebody looks."""
        return self._annotated.is_wanted

    def draw(self, picture: Pixels, header: Header, objects: Objects) -> None:
        """Publish a picture with these objects on it."""
        diagnostics = self._node.diagnostics
        stamp = stamp_to_seconds(header.stamp)
        with diagnostics.timer.stage('draw'):
            ids, tlwh, scores, names = objects
            drawn = draw_tracks(
                picture, ids, tlwh, [self._drawn_names.get(name, name) for name in names], scores,
                trails=self._trails.add(ids, tlwh, stamp), footer=self._footer(stamp),
            )
        with diagnostics.timer.stage('publish annotated'):
            self._annotated.publish(drawn, header)

    def _footer(self, stamp: float) -> str:
        """Return the age of the image and the rate of the images, as far as they make sense."""
        age = self._node.get_clock().now().nanoseconds / 1e9 - stamp
        rate = self._rate.add(stamp)
        parts = [f'{1e3 * age:.0f} ms'] if 0 <= age < MAX_AGE else []
        return '  '.join([*parts, f'{rate:.1f} fps'] if rate else parts)
