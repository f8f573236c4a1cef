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

"""What the page asks of the node that it is in, and how its thread reaches that of rclpy."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from yolo_deepsort_ros.nodes.messages.topics import TopicNode


class GraphNode(TopicNode, Protocol):
    """The part of a node that looks at the graph and calls others."""

    def guarded(
        self, callback: Callable[[Any], None], *, counts: bool = True
    ) -> Callable[[Any], None]:
        """Return a callback that logs bad messages instead of raising."""

    def create_guard_condition(self, callback: Callable[[], None]) -> Any:
        """Return what has the executor call back once it is triggered."""

    def create_subscription(self, kind: Any, topic: str, callback: Any, profile: Any) -> Any:
        """Return a new subscription, which `topics` knows nothing of."""

    def create_client(self, kind: Any, name: str) -> Any:
        """Return a new client of a service."""

    def destroy_client(self, client: Any) -> Any:
        """Destroy a client."""

    def get_namespace(self) -> str:
        """Return the node's namespace."""

    def get_topic_names_and_types(self) -> list[tuple[str, list[str]]]:
        """Return all topics."""

    def get_publishers_info_by_topic(self, topic: str) -> list[Any]:
        """Return who publishes on a topic."""

    def get_node_names_and_namespaces(self) -> list[tuple[str, str]]:
        """Return all nodes."""

    def get_service_names_and_types_by_node(
        self, node: str, namespace: str
    ) -> list[tuple[str, list[str]]]:
        """Return the services of a node."""


class Inbox:
    """
    Has the node's executor do what other threads want; none of them waits for it.

    Parameters
    ----------
    node : GraphNode

    """

    def __init__(self, node: GraphNode) -> None:
        self._calls: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._some_wait = node.create_guard_condition(self._run)

    def put(self, call: Callable[[], None]) -> None:
        """Have something called soon; from any thread."""
        self._calls.put(call)
        with suppress(Exception):  # the node is being destroyed
            self._some_wait.trigger()

    def _run(self) -> None:
        with suppress(Empty):
            while True:
                self._calls.get_nowait()()
