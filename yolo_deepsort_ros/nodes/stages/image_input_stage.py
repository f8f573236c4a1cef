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


"""Images of one camera or several, from topics to a detector."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
import re

from yolo_deepsort_ros.config.node_configs import DetectorNodeConfig
from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import (
    AnyImage, full_size, image_to_array, stamp_to_seconds,
)
from yolo_deepsort_ros.nodes.messages.image_topics import ImageInput
from yolo_deepsort_ros.nodes.stages.detection_stage import DetectionStage, Look
from yolo_deepsort_ros.nodes.stages.stage import Stage, StageNode

NAMESPACE = re.compile('/?[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*')


class ImageInputStage(Stage[DetectorNodeConfig]):
    """
    Has the network look at each image that it has time for.

    What waits of several cameras is given to it at once, the newest of each; none waits for
    another.

    Subscriptions, for each camera
        `image_raw` (sensor_msgs/Image) or `image_raw/compressed`
        (sensor_msgs/CompressedImage), best effort, depth `detect_every`: when the network is
        slower than the camera, older images give way to newer ones. With `reduce_jpeg` a JPEG
        is decoded no larger than the network needs it.

    An image that cannot be used is counted, logged and skipped.

    Parameters
    ----------
    node : StageNode
    detection : DetectionStage
        Driven before this one.

    """

    def __init__(self, node: StageNode, detection: DetectionStage) -> None:
        self._node = node
        self._detection = detection
        self._look = node.guarded(self._detect, counts=False)
        self._images: list[ImageInput] = []
        self._waiting: dict[str, Look] = {}  # the newest by camera
        node.diagnostics.expect(self._due)
        self._some_wait = node.create_guard_condition(self._on_waiting)

    def load(self, config: DetectorNodeConfig) -> None:
        """Take the configuration."""
        self._config = config
        self._cameras = namespaces_of(config.cameras, self._node.topics.full_name)

    def start(self) -> None:
        """Look at images from now on, unless the detector is to sleep."""
        self._subscribe(self._detection.is_enabled)

    def adopt(self, config: DetectorNodeConfig) -> None:
        """Decode as it is said now."""
        self._config = config

    def stop(self) -> None:
        """Look no more."""
        self._subscribe(False)

    def follow_demand(self) -> None:
        """Subscribe while the detector is awake."""
        self._subscribe(self._detection.is_enabled and self._node.state == 'active')

    def _subscribe(self, is_wanted: bool) -> None:
        """Subscribe to images, or no longer: nothing is even received then."""
        if is_wanted and not self._images:
            self._images = [self._input_of(camera) for camera in self._cameras]
        elif not is_wanted:
            while self._images:
                self._images.pop().close()
            self._waiting.clear()

    def _input_of(self, camera: str) -> ImageInput:
        images = ImageInput(
            self._node, _images_of(camera),
            self._node.guarded(partial(self._on_image, camera), counts=False),
            qos.deep(qos.NEWEST_IMAGE_IN, self._detection.detect_every),
        )
        images.open(self._config.images)
        return images

    def _on_image(self, camera: str, message: AnyImage) -> None:
        if not self._detection.is_next_due(camera):
            return
        with self._node.diagnostics.timer.stage('convert'):
            size = full_size(message) if self._config.reduce_jpeg else None
            reduction = self._detection.reduction(size) if size else 1
            picture = image_to_array(message, reduction, self._node.diagnostics.remark)
        self._waiting[camera] = Look(picture, message.header, reduction)
        if len(self._cameras) == 1:
            self._on_waiting()
        else:  # once all that have come are here
            self._some_wait.trigger()

    def _due(self, seconds: float) -> float:
        """Return how many looks there should have been lately, by the images sent."""
        return sum(images.sent for images in self._images) / self._detection.detect_every

    def _on_waiting(self) -> None:
        looks, self._waiting = self._waiting, {}
        if looks:
            self._look(looks)

    def _detect(self, looks: dict[str, Look]) -> None:
        self._detection.detect_batch(looks)
        self._node.diagnostics.processed.add(len(looks))
        for look in looks.values():
            self._node.diagnostics.delivered(stamp_to_seconds(look.header.stamp))


def namespaces_of(
    cameras: Iterable[str], full_name: Callable[[str], str]
) -> tuple[str, ...]:
    """
    Return the namespaces of the cameras; '' is that of the node.

    Parameters
    ----------
    cameras : iterable of str
        As the parameter has them; none is one camera in the node's own namespace.
    full_name : callable
        Returns the name of a topic in the graph.

    Raises
    ------
    ConfigurationError
        For one that is no name, or is there twice, however it is written.

    """
    known: dict[str, str] = {}
    for camera in cameras:
        if not NAMESPACE.fullmatch(camera):
            raise ConfigurationError(
                f'cameras: {quoted(camera)} is no namespace; they look like front or '
                f'/robot1/left'
            )
        topic = full_name(_images_of(camera))
        if topic in known:
            raise ConfigurationError(
                f'cameras: {known[topic]} and {camera} both have {topic}; name each camera once'
            )
        known[topic] = camera
    return tuple(known.values()) or ('',)


def _images_of(camera: str) -> str:
    return f'{camera}/image_raw' if camera else 'image_raw'
