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

"""What the tracker and the annotator share: messages that belong to an image."""

from __future__ import annotations

from abc import abstractmethod
import time
from typing import TypeVar

from rclpy.clock import Clock, ClockType
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.config.node_configs import PairedNodeConfig
from yolo_deepsort_ros.detections import usable
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import (
    AnyImage, message_to_objects, stamp_to_nanoseconds,
)
from yolo_deepsort_ros.nodes.runtime.image_topics import ImageInput
from yolo_deepsort_ros.nodes.runtime.managed_node import BaseNode
from yolo_deepsort_ros.nodes.sync.pairing import Pair, Pairing

PairedConfigType = TypeVar('PairedConfigType', bound=PairedNodeConfig)

UNUSABLE = 'unusable boxes'  #: counter
CHECKS_PER_WAIT = 5  #: how often in `image_wait` an overdue message is looked for
SHORTEST_PERIOD = 0.01  #: s


class PairedNode(BaseNode[PairedConfigType]):
    """
    Pairs messages with images by exact stamp and hands them on in order.

    Attributes
    ----------
    images : ImageInput
        To be opened and closed by the node.

    """

    def __init__(self, name: str, group: type[PairedConfigType]) -> None:
        super().__init__(name, group)
        self._use = self.guarded(self.on_pair)
        self.images = ImageInput(self, 'image_raw', self.on_image, qos.IMAGE_IN)

    def start(self) -> None:
        """Begin with nothing that waits."""
        self._pairing: Pairing[AnyImage, Detection2DArray] = Pairing(
            self.config.pairing.image_buffer, self.config.pairing.image_wait
        )
        # Runs only while a message waits: an idle node costs nothing.
        self._overdue = self.until_deactivation(self.create_timer(
            max(self.config.pairing.image_wait / CHECKS_PER_WAIT, SHORTEST_PERIOD),
            self._on_overdue,
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        ))
        self._overdue.cancel()
        self._unpaired = self.diagnostics.counter('unpaired', is_bad=True)
        self._unusable = self.diagnostics.counter(UNUSABLE, is_bad=True)

    @abstractmethod
    def on_pair(self, pair: Pair[AnyImage, Detection2DArray]) -> None:
        """Use a message and its image; an `InputError` refuses it."""

    def on_image(self, message: AnyImage) -> None:
        """Take an image."""
        stamp = stamp_to_nanoseconds(message.header.stamp)
        self._hand_on(self._pairing.add_image(stamp, message, time.monotonic()))

    def on_message(self, message: Detection2DArray) -> None:
        """Take a message."""
        stamp = stamp_to_nanoseconds(message.header.stamp)
        self._hand_on(self._pairing.add_message(stamp, message, time.monotonic()))

    def tell_of_unusable(self, message: Detection2DArray, used: int) -> None:
        """Count the boxes of a message that are not among the `used` ones, and name the first."""
        left_out = len(message.detections) - used
        if not left_out:
            return
        objects = message_to_objects(message)
        first = usable(objects.tlwh, objects.scores).argmin()
        *_, width, height = objects.tlwh[first]
        self._unusable.add(left_out)
        self.get_logger().warning(
            f'{left_out} of {len(message.detections)} boxes in a message of another node cannot '
            f'be used and are left out, box {first} of size {width:g} x {height:g} and score '
            f'{objects.scores[first]:g} (so far: {self._unusable.total})',
            throttle_duration_sec=1.0,
        )

    def _on_overdue(self) -> None:
        self._hand_on(self._pairing.expire(time.monotonic()))

    def _hand_on(self, pairs: list[Pair[AnyImage, Detection2DArray]]) -> None:
        for pair in pairs:
            if pair.is_lost:
                self._tell_of_lost_image()
            self._use(pair)
        if not self._pairing.is_waiting:
            self._overdue.cancel()
        elif self._overdue.is_canceled():
            self._overdue.reset()

    def _tell_of_lost_image(self) -> None:
        self._unpaired.add()
        self.get_logger().warning(
            f'messages without their image so far: {self._unpaired.total}; {self._cause()}',
            throttle_duration_sec=10.0,
        )

    def _cause(self) -> str:
        """Return where the images are, as far as the counters know, and what helps."""
        if self.images.lost:
            return (
                f'images lost in transport: {self.images.lost}; both nodes need the '
                f'shared-memory profile'
            )
        if self.images.replaced:
            return (
                f'images replaced by newer: {self.images.replaced}, since this node had no '
                f'processor time; lower the rate of the camera or give the node more cores'
            )
        return (
            f'images are lost on the way (is the shared-memory profile set?) or messages come '
            f'later than image_buffer ({self.config.pairing.image_buffer}) images: raise it or '
            f'lower the rate of the camera'
        )
