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

"""The page of all cameras that are there."""

from __future__ import annotations

from yolo_deepsort_ros.config.node_configs import ViewerConfig
from yolo_deepsort_ros.nodes.stages.page_stage import is_below, PageStage
from yolo_deepsort_ros.nodes.viewing.camera_topics import CameraTopics

TRACKS = '/tracks'
TRACKS_TYPE = 'vision_msgs/msg/Detection2DArray'


class ViewerStage(PageStage):
    """
    Shows each camera in the node's namespace and in those below.

    While nobody looks there is no subscription.

    Subscriptions, while somebody looks, beside those of `PageStage`
        For each camera `image_raw` (sensor_msgs/Image) or `image_raw/compressed`
        (sensor_msgs/CompressedImage), best effort, and `tracks` (vision_msgs/Detection2DArray),
        reliable.

    """

    def load(self, config: ViewerConfig) -> None:  # type: ignore[override]
        """Serve the page."""
        self._images = config.images
        super().load(config.viewing)

    def camera_names(self) -> list[str]:
        """Return the namespaces in which there are tracks, ever since somebody looked first."""
        own = self.node.get_namespace()
        return sorted(
            topic[:-len(TRACKS)] or '/'
            for topic, kinds in self.node.get_topic_names_and_types()
            if topic.endswith(TRACKS) and TRACKS_TYPE in kinds and is_below(topic, own)
        )

    def open_camera(self, camera: CameraTopics) -> None:
        """Take a camera's images and tracks, if not done yet."""
        camera.open(self._images)
