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

"""The detector's part of a node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from std_msgs.msg import Header
from std_srvs.srv import SetBool
from vision_msgs.msg import Detection2DArray, LabelInfo, VisionClass

from yolo_deepsort_ros.config import DetectionConfig
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.base_node import BaseNode
from yolo_deepsort_ros.nodes.conversions import detections_to_message
from yolo_deepsort_ros.packed_image import Pixels
from yolo_deepsort_ros.yolo.detector import Detector

ENABLED = 'enabled'  #: key of what the diagnostics say of a detector asleep


class Detection:
    """
    Finds objects and publishes them.

    Publications
        `detections` (vision_msgs/Detection2DArray), reliable, with the image's header; one
        message for each image looked at, an empty one when nothing was found.
        `label_info` (vision_msgs/LabelInfo), transient local, at each activation
        and change of `confidence`.

    Services
        `~/set_enabled` (std_srvs/SetBool): false lets it sleep, the network loaded, until true.

    Parameters
    ----------
    node : BaseNode
        Its `config` is a `DetectionConfig`.
    on_enabled : callable, optional
        Called after the service.

    Attributes
    ----------
    is_enabled : bool
        False while it is to sleep.

    """

    def __init__(
        self, node: BaseNode[Any], on_enabled: Callable[[], None] = lambda: None
    ) -> None:
        self._node = node
        self._on_enabled = on_enabled

    def load(self, config: DetectionConfig) -> None:
        """Load the network and run it once."""
        node = self._node
        self._detector = Detector(config=config, timer=node.diagnostics.timer)
        labels = self._detector.labels
        width, height = self._detector.input_size
        node.get_logger().info(
            f'{config.model}: {width} x {height}, {len(labels)} classes, '
            f'run by {self._detector.backend}'
        )
        node.diagnostics.facts.update(
            model=config.model, input=f'{width} x {height}', backend=self._detector.backend
        )
        self._set_enabled(True)
        node.until_cleanup(node.create_service(SetBool, '~/set_enabled', self._on_set_enabled))
        by_index = config.class_id_format == 'index'
        self._class_ids = [str(i) for i in range(len(labels))] if by_index else list(labels)
        self._detections = node.until_cleanup(
            node.topics.advertise(Detection2DArray, 'detections', qos.RESULTS)
        )
        self._label_info = node.until_cleanup(
            node.topics.advertise(LabelInfo, 'label_info', qos.LATCHED)
        )

    def start(self) -> None:
        """Tell the names of the classes."""
        self._publish_label_info()

    def adopt(self, config: DetectionConfig) -> None:
        """Go on with other thresholds and classes."""
        self._detector.adopt(config)
        if self._node.state == 'active':
            self._publish_label_info()

    def unload(self) -> None:
        """Free the network."""
        del self._detector

    def reduction(self, size: tuple[int, int]) -> int:
        """Return how many times smaller a picture is enough for `detect`."""
        return self._detector.reduction(size)

    def detect(self, picture: Pixels, header: Header, reduction: int = 1) -> Detections:
        """Return what is in a picture, published under its header, in pixels of the full one."""
        found = self._detector.detect(picture)
        if reduction > 1:
            found = Detections(found.tlwh * reduction, found.scores, found.class_ids)
        with self._node.diagnostics.timer.stage('publish detections'):
            self._detections.publish(detections_to_message(found, header, self._class_ids))
        return found

    @property
    def class_ids(self) -> list[str]:
        """What a message says for each class."""
        return self._class_ids

    def _publish_label_info(self) -> None:
        names = self._detector.labels
        self._label_info.publish(LabelInfo(
            header=Header(stamp=self._node.get_clock().now().to_msg()),
            class_map=[VisionClass(class_id=i, class_name=name) for i, name in enumerate(names)],
            threshold=self._detector.config.confidence,
        ))

    def _on_set_enabled(
        self, request: SetBool.Request, response: SetBool.Response
    ) -> SetBool.Response:
        self._set_enabled(request.data)
        self._on_enabled()
        response.success = True
        response.message = 'awake' if request.data else 'asleep'
        return response

    def _set_enabled(self, is_enabled: bool) -> None:
        self.is_enabled = is_enabled
        self._node.diagnostics.rests[ENABLED] = (
            '' if is_enabled else 'asleep: ~/set_enabled wakes it'
        )
