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

"""The lifecycle states of other nodes, asked for in the background."""

from __future__ import annotations

from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
from rclpy.client import Client
from rclpy.node import Node
from rclpy.task import Future


class LifecycleStates:
    """
    Tells which nodes are managed ones that have not been activated.

    A look does not wait: it asks, and tells what the last answer was.

    Parameters
    ----------
    node : Node
        Who asks.

    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._clients: dict[str, Client] = {}
        self._asked: dict[str, Future] = {}
        self._states: dict[str, int] = {}

    def may_work(self, name: str) -> bool:
        """Tell whether a node, by its full name, is active or no managed node, or is silent."""
        self._ask(name)
        return self._states.get(name, State.PRIMARY_STATE_ACTIVE) == State.PRIMARY_STATE_ACTIVE

    def _ask(self, name: str) -> None:
        if name not in self._clients:
            self._clients[name] = self._node.create_client(GetState, f'{name}/get_state')
        client, asked = self._clients[name], self._asked.get(name)
        if asked is not None and asked.done():
            self._states[name] = asked.result().current_state.id
        if (asked is None or asked.done()) and client.service_is_ready():
            self._asked[name] = client.call_async(GetState.Request())
