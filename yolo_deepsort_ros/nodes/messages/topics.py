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

"""The topics of a node: subscriptions that count what they receive, and publishers."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, Protocol, TypeVar

from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.subscription import Subscription
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.health.diagnostics import Diagnostics
from yolo_deepsort_ros.nodes.health.duplicate_nodes import DuplicateNodes
from yolo_deepsort_ros.nodes.health.host_memory import HostMemory
from yolo_deepsort_ros.nodes.health.qos_doctor import QosDoctor
from yolo_deepsort_ros.nodes.messages.detection_bytes import MAX_READ, read_boxes

try:
    from rclpy.event_handler import (
        PublisherEventCallbacks, SubscriptionEventCallbacks, UnsupportedEventTypeError,
    )
except ImportError:  # Humble
    from rclpy.qos_event import (
        PublisherEventCallbacks, SubscriptionEventCallbacks, UnsupportedEventTypeError,
    )


#: What image_transport appends to the name of a topic for its images in JPEG or PNG.
COMPRESSED = '/compressed'
LEFT_OUT = 'boxes left out'  #: counter
MessageType = TypeVar('MessageType')
#: Messages that one event can tell of; Fast DDS 2.14 at times tells of 2**31 and some.
MAX_LOST = 10**6


class Topics:
    """
    Makes a node's subscriptions and publishers.

    Parameters `qos_overrides…` act on each, and a `QosDoctor` watches over them in place of
    the lines that rclpy logs itself; `DuplicateNodes` tells of others that publish the same. For
    each subscription the diagnostics count

    * received: messages that were handed to the node;
    * replaced by newer: numbers that the publisher gave and the node never saw, but for those
      lost. rclpy tells the numbers from ROS 2 Iron on; another publisher on the topic counts
      on its own, so that nothing is known while there are several;
    * lost in transport: what the middleware reports; Fast DDS does, of unreliable topics.

    Parameters
    ----------
    node : Node
    diagnostics : Diagnostics
    host_memory : HostMemory
        As it was before the node.

    """

    def __init__(self, node: Node, diagnostics: Diagnostics, host_memory: HostMemory) -> None:
        self._node = node
        self._diagnostics = diagnostics
        self._doctor = QosDoctor(
            node, lambda: 0 if diagnostics.is_time_still else diagnostics.topic_timeout,
            host_memory,
        )
        self._duplicates = DuplicateNodes(node)
        self._traffic: dict[str, Traffic] = {}
        diagnostics.watch(lambda: {**self._doctor.examine(), **self._duplicates.examine()})

    def subscribe(
        self, kind: type, topic: str, callback: Callable[[Any], None], profile: QoSProfile
    ) -> Subscription:
        """
        Return a new subscription.

        Of a Detection2DArray not all boxes may be read. A latched topic may be silent.
        """
        name, traffic = self.full_name(topic), self.traffic(topic)
        is_bounded = kind is Detection2DArray
        use = self._counted(name, traffic, self._read(callback) if is_bounded else callback)
        if not hasattr(Subscription, 'CallbackType'):
            use = _without_info(use)

        def make(**events: Any) -> Subscription:
            return self._node.create_subscription(
                kind, _from_base(self._node, topic), use,
                copy(profile),  # rclpy changes it as parameters say
                event_callbacks=SubscriptionEventCallbacks(use_default_callbacks=False, **events),
                qos_overriding_options=qos.OPTIONS, raw=is_bounded,
            )

        is_latched = profile.durability is DurabilityPolicy.TRANSIENT_LOCAL
        self._watch(qos.SUBSCRIPTION, name, is_rare=is_latched)
        try:
            return make(message_lost=lambda event: traffic.lose(event.total_count_change))
        except UnsupportedEventTypeError:
            return make()

    def advertise(self, kind: type, topic: str, profile: QoSProfile) -> Publisher:
        """Return a new publisher."""
        name = self.full_name(topic)
        self._watch(qos.PUBLISHER, name)
        return self._node.create_publisher(
            kind, _from_base(self._node, topic), copy(profile),
            event_callbacks=PublisherEventCallbacks(use_default_callbacks=False),
            qos_overriding_options=qos.OPTIONS,
        )

    def full_name(self, topic: str) -> str:
        """Return a topic's name in the graph; one with `COMPRESSED` follows its raw one's."""
        return str(self._node.resolve_topic_name(_from_base(self._node, topic)))

    def _watch(self, side: str, name: str, *, is_rare: bool = False) -> None:
        self._doctor.watch(side, name, is_rare=is_rare)
        self._duplicates.watch(side, name)

    def traffic(self, topic: str) -> Traffic:
        """Return what has come of a topic that the node subscribes to."""
        if topic not in self._traffic:
            self._traffic[topic] = Traffic(topic, self._diagnostics)
        return self._traffic[topic]

    def _read(self, callback: Callable[[Detection2DArray], None]) -> Callable[[bytes], None]:
        def read(data: bytes) -> None:
            try:
                message, left_out = read_boxes(data)
            except InputError as error:
                self._diagnostics.refused.add()
                self._warn(f'{error} (messages refused so far: '
                           f'{self._diagnostics.refused.total})')
                return
            if left_out:
                self._diagnostics.counter(LEFT_OUT).add(left_out)
                self._warn(f'{MAX_READ + left_out} boxes in a message, the first {MAX_READ} are '
                           f'read; raise the confidence of the detector')
            callback(message)

        return read

    def _warn(self, text: str) -> None:
        self._diagnostics.last_error = text
        self._node.get_logger().warning(text, throttle_duration_sec=10.0)

    def _counted(
        self, name: str, traffic: Traffic, callback: Callable[[Any], None]
    ) -> Callable[..., None]:
        last = 0

        def call(message: Any, info: dict[str, Any]) -> None:
            nonlocal last
            traffic.received.add()
            self._doctor.heard(name)
            number = info.get('publication_sequence_number') or 0
            if 0 < last < number - 1 and self._node.count_publishers(name) == 1:
                traffic.miss(number - 1 - last)
            last = number
            callback(message)

        return call


class TopicNode(Protocol):
    """The part of a managed node that those with topics use."""

    diagnostics: Diagnostics
    topics: Topics

    def until_cleanup(self, entity: Any) -> Any:
        """Have an entity destroyed when the node is cleaned up; return it."""

    def get_logger(self) -> Any:
        """Return the node's logger."""

    def get_clock(self) -> Any:
        """Return the node's clock."""

    def create_timer(self, period: float, callback: Callable[[], None], *, clock: Any) -> Any:
        """Return a new timer."""

    def destroy_timer(self, timer: Any) -> Any:
        """Destroy a timer."""

    def destroy_subscription(self, subscription: Any) -> Any:
        """Destroy a subscription."""

    def count_publishers(self, topic_name: str) -> int:
        """Return how many publish on a topic."""


class Traffic:
    """
    What has come of the messages of a topic.

    Parameters
    ----------
    topic : str
    diagnostics : Diagnostics
        Have the counters.

    Attributes
    ----------
    received, replaced, lost : EventCounter
        See `Topics`.

    """

    def __init__(self, topic: str, diagnostics: Diagnostics) -> None:
        self.received = diagnostics.counter(f'{topic} received', is_rated=True)
        self.lost = diagnostics.counter(f'{topic} lost in transport', is_bad=True)
        self.replaced = diagnostics.counter(f'{topic} replaced by newer')
        self._missed = 0

    @property
    def sent(self) -> int:
        """How many messages were sent lately, as far as that is known."""
        return sum(each.recent for each in (self.received, self.lost, self.replaced))

    def miss(self, number: int) -> None:
        """Take note of messages that never came."""
        self._missed += number
        self._tell_missed()

    def lose(self, number: int) -> None:
        """Take note of messages that the middleware has lost."""
        if number <= MAX_LOST:
            self.lost.add(number)
            self._tell_missed()

    def _tell_missed(self) -> None:
        """Count as replaced what was missed and not lost; the one may be told before the other."""
        self.replaced.total = max(0, self._missed - self.lost.total)


def _from_base(node: Node, topic: str) -> str:
    """Return the topic as it is, but a compressed one beside where its raw one is remapped to."""
    base = topic.removesuffix(COMPRESSED)
    return topic if base == topic else f'{node.resolve_topic_name(base)}{COMPRESSED}'


def _without_info(callback: Callable[..., None]) -> Callable[[Any], None]:
    """Return a callback for Humble, which tells nothing about a message."""
    return lambda message: callback(message, {})
