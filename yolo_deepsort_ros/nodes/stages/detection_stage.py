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

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from rclpy.publisher import Publisher
from rclpy.qos import QoSProfile
from std_msgs.msg import Float64, Header
from std_srvs.srv import SetBool
from vision_msgs.msg import Detection2D, Detection2DArray, LabelInfo, VisionClass

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.config.stage_configs import DetectionConfig
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import detections_to_message
from yolo_deepsort_ros.nodes.stages.stage import Stage, StageNode
from yolo_deepsort_ros.yolo.detector import Detector

ENABLED = 'enabled'  #: key of what the diagnostics say of a detector asleep


class _Outlet:
    """What is said of the pictures of one camera, in its namespace."""

    def __init__(self, node: StageNode, camera: str) -> None:
        def advertise(kind: type, name: str, profile: QoSProfile) -> Publisher:
            topic = f'{camera}/{name}' if camera else name
            return node.until_cleanup(node.topics.advertise(kind, topic, profile))

        self._detections = advertise(Detection2DArray, 'detections', qos.RESULTS)
        self._parts: list[Detection2D] = []
        self.label_info = advertise(LabelInfo, 'label_info', qos.LATCHED)
        self.foot_offset = advertise(Float64, 'foot_offset', qos.LATCHED)
        self.passed = 0  # pictures since the start

    def publish(self, found: Detections, header: Header, class_ids: Sequence[str]) -> None:
        if self._detections.get_subscription_count():
            self._detections.publish(
                detections_to_message(found, header, class_ids, self._parts)
            )


class Look(NamedTuple):
    """A picture to look at."""

    picture: Pixels  #: (H, W, 3)
    header: Header
    reduction: int = 1  #: how many times smaller it is than the image


class DetectionStage(Stage[DetectionConfig]):
    """
    Finds objects and publishes them.

    Publications, for each camera
        `detections` (vision_msgs/Detection2DArray), reliable, with the image's header; while
        anybody subscribes one message for each image looked at, an empty one when nothing was
        found.
        `label_info` (vision_msgs/LabelInfo) and `foot_offset` (std_msgs/Float64, a share of the
        boxes' height), transient local, at each activation; the first at each change of
        `confidence`, too.

    Services
        `~/set_enabled` (std_srvs/SetBool): false lets it sleep, the network loaded, until true.

    Parameters
    ----------
    node : StageNode
    on_enabled : callable, optional
        Called after the service.
    cameras : callable, optional
        Returns their namespaces when it loads; '' is that of the node.

    Attributes
    ----------
    is_enabled : bool
        False while it is to sleep.
    detect_every : int
        It looks at one of so many pictures.

    """

    def __init__(
        self,
        node: StageNode,
        on_enabled: Callable[[], None] = lambda: None,
        cameras: Callable[[], Iterable[str]] = lambda: ('',),
    ) -> None:
        self._node = node
        self._on_enabled = on_enabled
        self._cameras = cameras

    def load(self, config: DetectionConfig) -> None:
        """Load the network and run it once."""
        cameras = self._cameras()
        node = self._node
        self._detector = Detector(config=config.detector, timer=node.diagnostics.timer)
        labels = self._detector.labels
        width, height = self._detector.input_size
        node.get_logger().info(f'{self._detector.description}, run by {self._detector.backend}')
        node.diagnostics.add_facts(
            model=config.detector.model, input=f'{width} x {height}',
            backend=self._detector.backend,
        )
        self._set_enabled(True)
        self.detect_every = config.detect_every
        node.until_cleanup(node.create_service(SetBool, '~/set_enabled', self._on_set_enabled))
        by_index = config.class_id_format == 'index'
        self._class_ids = [str(i) for i in range(len(labels))] if by_index else list(labels)
        self._outlets = {camera: _Outlet(node, camera) for camera in cameras}

    def start(self) -> None:
        """Tell the names of the classes, and begin with the next picture."""
        for outlet in self._outlets.values():
            outlet.passed = 0
            outlet.foot_offset.publish(Float64(data=self.foot_offset))
        self._publish_label_info()

    def adopt(self, config: DetectionConfig) -> None:
        """Go on with other thresholds and classes."""
        self._detector.adopt(config.detector)
        if self._node.state == 'active':
            self._publish_label_info()

    def unload(self) -> None:
        """Free the network."""
        del self._detector

    def reduction(self, size: tuple[int, int]) -> int:
        """Return how many times smaller a picture is enough for `detect`."""
        return self._detector.reduction(size)

    def is_next_due(self, camera: str = '') -> bool:
        """Count a picture; tell whether it is one of every `detect_every` to look at."""
        outlet = self._outlets[camera]
        outlet.passed += 1
        return (outlet.passed - 1) % self.detect_every == 0

    def detect(self, picture: Pixels, header: Header) -> Detections:
        """Return what is in a picture, published under its header."""
        return self.detect_batch({'': Look(picture, header)})[0]

    def detect_batch(self, looks: Mapping[str, Look]) -> list[Detections]:
        """Return what is in a picture of each camera, published under its header."""
        seen = self._detector.detect_batch(look.picture for look in looks.values())
        found = [
            objects if look.reduction == 1 else Detections(
                objects.tlwh * look.reduction, objects.scores, objects.class_ids
            )
            for look, objects in zip(looks.values(), seen, strict=True)
        ]
        with self._node.diagnostics.timer.stage('publish detections'):
            for (camera, look), objects in zip(looks.items(), found, strict=True):
                self._outlets[camera].publish(objects, look.header, self._class_ids)
        return found

    @property
    def class_ids(self) -> list[str]:
        """What a message says for each class."""
        return self._class_ids

    @property
    def foot_offset(self) -> float:
        """How far the floor lies below boxes, as the network says; see `Conventions`."""
        return self._detector.foot_offset

    @property
    def class_numbers(self) -> dict[str, int]:
        """The number of each class, by what a message says."""
        return {name: number for number, name in enumerate(self._class_ids)}

    def _publish_label_info(self) -> None:
        names = self._detector.labels
        message = LabelInfo(
            header=Header(stamp=self._node.get_clock().now().to_msg()),
            class_map=[VisionClass(class_id=i, class_name=name) for i, name in enumerate(names)],
            threshold=self._detector.config.confidence,
        )
        for outlet in self._outlets.values():
            outlet.label_info.publish(message)

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
        self._node.diagnostics.rest(
            ENABLED, '' if is_enabled else 'asleep: ~/set_enabled wakes it'
        )
