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


"""What all stages of the work share, and what they ask of the node that they are in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from rclpy.context import Context
from rclpy.publisher import Publisher
from rclpy.task import Future

from yolo_deepsort_ros.nodes.messages.topics import MessageType, TopicNode

PartType = TypeVar('PartType')


class StageNode(TopicNode, Protocol):
    """The part of a managed node that stages use."""

    finished: Future

    @property
    def context(self) -> Context:
        """The node's context, which a signal shuts down."""

    @property
    def state(self) -> str:
        """Name of the lifecycle state."""

    @property
    def publishers(self) -> Iterator[Publisher]:
        """All publishers of the node."""

    def until_deactivation(self, entity: Any) -> Any:
        """Have an entity destroyed when the node is deactivated; return it."""

    def guarded(
        self, callback: Callable[[MessageType], None], *, counts: bool = True
    ) -> Callable[[MessageType], None]:
        """Return a callback that logs bad messages instead of raising."""

    def refuse(self, reason: str) -> None:
        """Count and log what cannot be used."""

    def fail(self, error: Exception) -> None:
        """Give up the work; called from any thread."""

    def create_subscription(self, kind: Any, topic: str, callback: Any, profile: Any) -> Any:
        """Return a new subscription, which `topics` knows nothing of."""

    def get_parameter(self, name: str) -> Any:
        """Return a declared parameter."""

    def create_service(self, kind: Any, name: str, callback: Any) -> Any:
        """Return a new service."""

    def create_guard_condition(self, callback: Callable[[], None]) -> Any:
        """Return what has the executor call back once it is triggered."""

    def get_namespace(self) -> str:
        """Return the node's namespace."""


class Stage(Generic[PartType]):
    """
    A part of a node's work, with a part of its configuration.

    A node drives its stages in order, and backwards to stop and unload them; each of these does
    nothing unless a stage says more. What takes time or may fail is done in `load`, and what it
    got before an error is let go by the stage itself, its topics and services by the node.

    ==========  ===============================================================================
    configure   `load`; publishers and services
    activate    `start`; subscriptions and timers
    parameters  `adopt`, while inactive or active
    deactivate  `stop`
    cleanup     `unload`
    ==========  ===============================================================================
    """

    def load(self, config: PartType) -> None:
        """Get ready; an error fails the transition."""

    def start(self) -> None:
        """Begin the work."""

    def stop(self) -> None:
        """End the work; nothing is published once this returns."""

    def adopt(self, config: PartType) -> None:
        """Go on with other values of live parameters; a `ConfigurationError` refuses them."""

    def unload(self) -> None:
        """Let go of what `load` got."""
