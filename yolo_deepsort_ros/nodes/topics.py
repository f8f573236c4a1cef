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
from typing import Any

from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import QoSProfile
from rclpy.subscription import Subscription

from yolo_deepsort_ros.nodes.diagnostics import Diagnostics


class Topics:
    """
    Makes a node's subscriptions and publishers.

    For each subscription the diagnostics count what was received, and, where the middleware
    numbers its messages (from ROS 2 Iron on), the numbers left out: messages replaced by newer
    ones before they were read, or lost on the way.

    Parameters
    ----------
    node : Node
    diagnostics : Diagnostics

    """

    def __init__(self, node: Node, diagnostics: Diagnostics) -> None:
        self._node = node
        self._diagnostics = diagnostics

    def subscribe(
        self, kind: type, topic: str, callback: Callable[[Any], None], profile: QoSProfile
    ) -> Subscription:
        """Return a new subscription."""
        use = self._counted(topic, callback)
        if hasattr(Subscription, 'CallbackType'):
            return self._node.create_subscription(kind, topic, use, profile)
        return self._node.create_subscription(
            kind, topic, lambda message: use(message, {}), profile
        )

    def advertise(self, kind: type, topic: str, profile: QoSProfile) -> Publisher:
        """Return a new publisher."""
        return self._node.create_publisher(kind, topic, profile)

    def _counted(self, topic: str, callback: Callable[[Any], None]) -> Callable[..., None]:
        full_name = self._node.resolve_topic_name(topic)
        counts = self._diagnostics.counts
        received, skipped = f'{topic} received', f'{topic} skipped'
        counts.update({received: 0, skipped: 0})
        last = 0

        def call(message: Any, info: dict[str, Any]) -> None:
            nonlocal last
            counts[received] += 1
            number = info.get('publication_sequence_number') or 0
            # Another publisher counts on its own.
            if 0 < last < number - 1 and self._node.count_publishers(full_name) == 1:
                counts[skipped] += number - 1 - last
            last = number
            callback(message)

        return call
