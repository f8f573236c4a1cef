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

"""The side that disturbs: a participant that publishes and calls what it should not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import sys
import time
from typing import Any

from fault_cases.fault import expect
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState, GetState
from rcl_interfaces.srv import GetParameters, SetParameters
import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.signals import SignalHandlerOptions

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / 'test')]
from service_calls import answer_of  # noqa: E402

PATIENCE = 20.0  #: s
ANSWER_WAIT = 6.0  #: s; after it a service is asked again


class Peer:
    """A node of the tool's own process."""

    def __init__(self, namespace: str) -> None:
        self._context = Context()
        rclpy.init(
            args=[], context=self._context, signal_handler_options=SignalHandlerOptions.NO
        )
        self.node = Node('disturber', namespace=namespace, context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        self._publishers: dict[str, Any] = {}
        self._clients: dict[str, Any] = {}

    def close(self) -> None:
        """Leave the graph."""
        self.node.destroy_node()
        self._context.try_shutdown()

    def spin(self, seconds: float) -> None:
        """Receive for a while."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._executor.spin_once(timeout_sec=left)

    def until(self, condition: Callable[[], Any], what: str) -> Any:
        """Spin until the condition holds."""
        deadline = time.monotonic() + PATIENCE
        while not (value := condition()):
            expect(time.monotonic() < deadline, f'waited {PATIENCE:g} s in vain for {what}')
            self._executor.spin_once(timeout_sec=0.05)
        return value

    def publish(self, topic: str, message: Any, kind: Any = None) -> None:
        """Publish a message, or its bytes; once somebody listens."""
        if topic not in self._publishers:
            publisher = self.node.create_publisher(kind or type(message), topic, 10)
            self.until(publisher.get_subscription_count, f'a reader of {topic}')
            self._publishers[topic] = publisher
        self._publishers[topic].publish(message)

    def leave(self) -> None:
        """Publish nothing any more."""
        while self._publishers:
            self.node.destroy_publisher(self._publishers.popitem()[1])

    def client(self, kind: Any, service: str) -> Any:
        """Return a client whose service is there."""
        if service not in self._clients:
            self._clients[service] = self.node.create_client(kind, service)
        self.until(self._clients[service].service_is_ready, service)
        return self._clients[service]

    def call(self, kind: Any, service: str, request: Any) -> Any:
        """Call a service and return its answer."""
        return answer_of(self.client(kind, service), request, ANSWER_WAIT, self.until)

    def set_parameter(self, node: str, name: str, value: Any) -> Any:
        """Return the answer: successful, and a reason when not."""
        request = parameter(name, value)
        return self.call(SetParameters, f'{node}/set_parameters', request).results[0]

    def get_parameter(self, node: str, name: str) -> float:
        """Return a parameter that is a number."""
        request = GetParameters.Request(names=[name])
        answer = self.call(GetParameters, f'{node}/get_parameters', request)
        return float(answer.values[0].double_value)

    def change(self, node: str, transition: int) -> bool:
        """Ask a node for a transition; return whether it was made."""
        request = ChangeState.Request(transition=Transition(id=transition))
        service = f'{node}/change_state'
        if service not in self._clients:  # no transition is asked for before they have met
            self.client(ChangeState, service)
            self.call(GetState, f'{node}/get_state', GetState.Request())
        return bool(self.call(ChangeState, service, request).success)


def parameter(name: str, value: Any) -> SetParameters.Request:
    """Return the request that sets a parameter."""
    return SetParameters.Request(parameters=[Parameter(name, value=value).to_parameter_msg()])
