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

"""What the stages share that take messages and their images from topics."""

from __future__ import annotations

from abc import abstractmethod
import math
import time

from rclpy.clock import Clock, ClockType
from rclpy.subscription import Subscription
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.config.stage_configs import PairingConfig
from yolo_deepsort_ros.detections import usable
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import (
    AnyImage, message_to_objects, stamp_to_nanoseconds,
)
from yolo_deepsort_ros.nodes.messages.image_topics import ImageInput
from yolo_deepsort_ros.nodes.stages.stage import Stage, StageNode
from yolo_deepsort_ros.nodes.sync.pairing import Pair, Pairing

UNUSABLE = 'unusable boxes'  #: counter
CHECKS_PER_WAIT = 5  #: how often in `image_wait` an overdue message is looked for
MIN_PERIOD = 0.01  #: s
STRANGERS = 5  #: messages without their image in succession that are no chance any more
QUIET = 10.0  #: s in which a remedy is not named again


class PairingStage(Stage[PairingConfig]):
    """
    Pairs messages with images by exact stamp and hands them on in order.

    Parameters
    ----------
    node : StageNode
    topic : str
        Of the messages.

    """

    def __init__(self, node: StageNode, topic: str) -> None:
        self._node = node
        self._topic = topic
        self._use = node.guarded(self.on_pair)
        self._images = ImageInput(node, 'image_raw', self.on_image, qos.IMAGE_IN)
        self._messages: Subscription | None = None
        self._unpaired = node.diagnostics.counter('unpaired', is_bad=True)
        self._unusable = node.diagnostics.counter(UNUSABLE, is_bad=True)
        self._told: dict[str, float] = {}  # when each remedy was named last
        node.diagnostics.expect(lambda _: node.topics.traffic(topic).sent)

    def load(self, config: PairingConfig) -> None:
        """Take the configuration."""
        self._config = config

    def start(self) -> None:
        """Begin with nothing that waits."""
        wait = self._config.image_wait
        self._pairing: Pairing[AnyImage, Detection2DArray] = Pairing(
            self._config.image_buffer, wait
        )
        # Runs only while a message waits: an idle node costs nothing.
        self._overdue = self._node.until_deactivation(self._node.create_timer(
            max(wait / CHECKS_PER_WAIT, MIN_PERIOD), self._on_overdue,
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        ))
        self._overdue.cancel()

    def stop(self) -> None:
        """Take no more."""
        self.unsubscribe()

    def subscribe(self) -> None:
        """Take messages and images, if not done yet."""
        if self._messages is None:
            self._images.open(self._config)
            self._messages = self._node.topics.subscribe(
                Detection2DArray, self._topic, self.on_message, qos.RESULTS
            )

    def unsubscribe(self) -> None:
        """Receive nothing any more."""
        self._images.close()
        if self._messages is not None:
            self._node.destroy_subscription(self._messages)
            self._messages = None

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
        self._node.get_logger().warning(
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
        cause, remedy = self._cause()
        now = time.monotonic()
        if not remedy or now < self._told.get(remedy, -math.inf) + QUIET:
            return
        self._told[remedy] = now
        self._node.get_logger().warning(
            f'messages without their image so far: {self._unpaired.total}; {cause}; {remedy}'
        )

    def _cause(self) -> tuple[str, str]:
        """Return where the images are, as far as that is known, and what helps; '' too early."""
        if self._images.lost:
            return (
                f'images lost in transport: {self._images.lost}',
                'both nodes need the shared-memory profile',
            )
        if self._images.replaced:
            return (
                f'images replaced by newer: {self._images.replaced}, since this node had no '
                f'processor time',
                'lower the rate of the camera or give the node more cores',
            )
        if self._pairing.strangers >= STRANGERS:
            return (
                f'the last {self._pairing.strangers} bear the stamp of no image, though images '
                f'came before and after them: the node that publishes {self._topic} stamps them '
                f'anew',
                'it must copy the header of the image',
            )
        if self._pairing.strangers and not self._pairing.has_met:
            return '', ''
        return (
            f'images are lost on the way (is the shared-memory profile set?) or messages come '
            f'later than image_buffer ({self._config.image_buffer}) images',
            'raise it or lower the rate of the camera',
        )
