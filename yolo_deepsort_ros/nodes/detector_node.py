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

"""Finds objects in the newest image and publishes them as Detection2DArray."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
import re
import sys

from yolo_deepsort_ros.config.node_configs import DetectorNodeConfig
from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import (
    AnyImage, full_size, image_to_array, stamp_to_seconds,
)
from yolo_deepsort_ros.nodes.runtime.image_topics import ImageInput
from yolo_deepsort_ros.nodes.runtime.managed_node import BaseNode
from yolo_deepsort_ros.nodes.runtime.running import run
from yolo_deepsort_ros.nodes.stages.detection import Detection, Look

NAMESPACE = re.compile('/?[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*')


class DetectorNode(BaseNode[DetectorNodeConfig]):
    """
    Runs the network on each image that it has time for, of one camera or several.

    What waits of several cameras is given to the network at once, the newest of each; none
    waits for another.

    Subscriptions, for each camera
        `image_raw` (sensor_msgs/Image) or `image_raw/compressed`
        (sensor_msgs/CompressedImage), best effort, depth `detect_every`: when the network is
        slower than the camera, older images give way to newer ones. With `reduce_jpeg` a JPEG
        is decoded no larger than the network needs it.
    Publications, services
        Those of `Detection`.

    An image that cannot be used is counted, logged and skipped.
    """

    def __init__(self) -> None:
        super().__init__('detector', DetectorNodeConfig)
        self._detection = Detection(self, self._follow_demand)
        self._look = self.guarded(self._detect, counts=False)
        self._images: list[ImageInput] = []
        self._waiting: dict[str, Look] = {}  # the newest by camera
        self.diagnostics.expect(self._due)
        self._some_wait = self.create_guard_condition(self._on_waiting)

    def load(self) -> None:
        """Load the network and run it once."""
        self._cameras = cameras_of(self.config, self.topics.full_name)
        self._detection.load(self.config.detection, self._cameras)

    def start(self) -> None:
        """Look at images from now on."""
        self._detection.start()
        self._subscribe(self._detection.is_enabled)

    def stop(self) -> None:
        """Look no more."""
        self._subscribe(False)

    def adopt(self, config: DetectorNodeConfig) -> None:
        """Go on with other thresholds and classes."""
        self._detection.adopt(config.detection)

    def unload(self) -> None:
        """Free the network."""
        self._detection.unload()

    def _follow_demand(self) -> None:
        self._subscribe(self._detection.is_enabled and self.state == 'active')

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
            self, _images_of(camera),
            self.guarded(partial(self._on_image, camera), counts=False),
            qos.deep(qos.NEWEST_IMAGE_IN, self.config.detection.detect_every),
        )
        images.open(self.config.images)
        return images

    def _on_image(self, camera: str, message: AnyImage) -> None:
        if not self._detection.is_next_due(camera):
            return
        with self.diagnostics.timer.stage('convert'):
            size = full_size(message) if self.config.reduce_jpeg else None
            reduction = self._detection.reduction(size) if size else 1
            picture = image_to_array(message, reduction, self.diagnostics.remark)
        self._waiting[camera] = Look(picture, message.header, reduction)
        if len(self._cameras) == 1:
            self._on_waiting()
        else:  # once all that have come are here
            self._some_wait.trigger()

    def _due(self, seconds: float) -> float:
        """Return how many looks there should have been lately, by the images sent."""
        every = self.config.detection.detect_every
        return sum(images.sent for images in self._images) / every

    def _on_waiting(self) -> None:
        looks, self._waiting = self._waiting, {}
        if looks:
            self._look(looks)

    def _detect(self, looks: dict[str, Look]) -> None:
        self._detection.detect_batch(looks)
        self.diagnostics.processed.add(len(looks))
        for look in looks.values():
            self.diagnostics.delivered(stamp_to_seconds(look.header.stamp))


def cameras_of(
    config: DetectorNodeConfig, full_name: Callable[[str], str]
) -> tuple[str, ...]:
    """
    Return the namespaces of the cameras; '' is that of the node.

    Parameters
    ----------
    config : DetectorNodeConfig
        Whose `cameras` they are.
    full_name : callable
        Returns the name of a topic in the graph.

    Raises
    ------
    ConfigurationError
        For one that is no name, or is there twice, however it is written.

    """
    known: dict[str, str] = {}
    for camera in config.cameras:
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
    return config.cameras or ('',)


def _images_of(camera: str) -> str:
    return f'{camera}/image_raw' if camera else 'image_raw'


def main() -> None:
    """Run the node in this process."""
    sys.exit(run(DetectorNode))
