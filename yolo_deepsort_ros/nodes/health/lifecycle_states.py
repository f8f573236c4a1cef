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

import time

from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
from rclpy.client import Client
from rclpy.node import Node
from rclpy.task import Future

ANSWER_WAIT = 5.0  #: s; then a node is asked again: it has died, or its answer is lost
LOADING = 60.0  #: s that a node may load, which answers nothing meanwhile


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
        self._asked: dict[str, tuple[Future, float]] = {}  # and when
        self._states: dict[str, int] = {}
        self._since: dict[str, float] = {}  # when it was first asked

    def may_work(self, name: str, may_load: bool = False) -> bool:
        """
        Tell whether a node, by its full name, is active or no managed node, or is silent.

        Where it may load still, one that has never answered gets time for it.
        """
        self._ask(name)
        if name in self._states:
            return self._states[name] == State.PRIMARY_STATE_ACTIVE
        since = self._since.get(name)
        return since is None or not may_load or time.monotonic() > since + LOADING

    def _ask(self, name: str) -> None:
        if name not in self._clients:
            self._clients[name] = self._node.create_client(GetState, f'{name}/get_state')
        client = self._clients[name]
        if name in self._asked:
            answer, when = self._asked[name]
            if answer.done():
                self._states[name] = answer.result().current_state.id
            elif time.monotonic() < when + ANSWER_WAIT:
                return
            else:
                client.remove_pending_request(answer)
            del self._asked[name]
        if client.service_is_ready():
            now = time.monotonic()
            self._asked[name] = client.call_async(GetState.Request()), now
            self._since.setdefault(name, now)
