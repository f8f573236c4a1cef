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

"""
The bond by which Nav2's lifecycle manager knows that a node lives.

Both sides send heartbeats, `bond/msg/Status`, on the topic `bond` of the manager's namespace, with
the node's name as the bond's. The manager shuts all its nodes down when one's stay away.
"""

from __future__ import annotations

from contextlib import suppress
from importlib.util import find_spec
from typing import Any

from rclpy.clock import Clock, ClockType
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import QoSProfile

TOPIC = 'bond'
TIMEOUT = 4.0  #: s; Nav2's usual one, told to the other side
LAST_WORD_WAIT = Duration(seconds=1)  #: for a manager that has not acknowledged the end
QOS = QoSProfile(depth=100)  #: all nodes of a manager share the topic
NO_BOND = (
    'no bond/msg/Status here, hence no bond: for the lifecycle manager of Nav2 install the '
    'package bond, or set its bond_timeout to 0.0'
)


def is_installed() -> bool:
    """Whether the messages are there; they come with Nav2."""
    return find_spec('bond') is not None


class Bond:
    """
    A node's end of the bond, alive until it is broken.

    `bondpy` would do the same with a thread for each heartbeat received, and not on Humble.

    Parameters
    ----------
    node : Node
        Whose executor sends the heartbeats: a node that hangs sends none.
    period : float
        Seconds between them.

    """

    def __init__(self, node: Node, period: float) -> None:
        from bond.msg import Status
        self._node = node
        self._period = period
        self._kind = Status
        from uuid import uuid4  # most nodes have no bond
        self._instance = str(uuid4())
        self._publisher = node.create_publisher(Status, TOPIC, QOS)
        self._subscription = node.create_subscription(Status, TOPIC, self._on_status, QOS)
        clock = Clock(clock_type=ClockType.STEADY_TIME)  # simulated time may stand still
        self._timer = node.create_timer(period, self._beat, clock=clock)
        self._beat()

    def break_up(self) -> None:
        """Tell the manager, so that it need not wait for the timeout."""
        if self._node.context.ok():  # a signal shuts ROS down before anything can be said
            self._publish(is_active=False)
            with suppress(RuntimeError):  # not every middleware can wait
                self._publisher.wait_for_all_acked(LAST_WORD_WAIT)
        self._node.destroy_timer(self._timer)
        self._node.destroy_subscription(self._subscription)
        self._node.destroy_publisher(self._publisher)

    def _beat(self) -> None:
        self._publish(is_active=True)

    def _on_status(self, status: Any) -> None:
        """Acknowledge the end of the manager's side: it waits for that."""
        is_other_side = status.id == self._node.get_name() and status.instance_id != self._instance
        if is_other_side and not status.active:
            self._publish(is_active=False)

    def _publish(self, *, is_active: bool) -> None:
        status = self._kind(
            id=self._node.get_name(), instance_id=self._instance, active=is_active,
            heartbeat_timeout=TIMEOUT, heartbeat_period=self._period,
        )
        status.header.stamp = self._node.get_clock().now().to_msg()
        self._publisher.publish(status)
