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

"""Parameters and services of other nodes, asked for in the background."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
import time
from typing import Any

from rcl_interfaces.msg import Parameter, ParameterDescriptor, ParameterEvent, ParameterValue
from rcl_interfaces.srv import DescribeParameters, GetParameters, ListParameters, SetParameters
from rclpy.client import Client
from rclpy.qos import qos_profile_parameter_events
from rclpy.task import Future

from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.nodes.viewing.graph_node import GraphNode
from yolo_deepsort_ros.nodes.viewing.node_actions import ACTIONS, actions_of
from yolo_deepsort_ros.nodes.viewing.settings_json import (
    is_live, native, parameter_value, setting_json,
)
from yolo_deepsort_ros.web.camera_view import Keeping

ANSWER_WAIT = 3.0  #: s; a node that has not answered then is busy or gone
REFRESH = 10.0  #: s between questions for values
Answer = Callable[[bool, str], None]
#: What says for how long a tracker keeps an id that is hidden.
KEEPING = Keeping._fields


class NodeSettings:
    """
    What can be set of other nodes.

    Parameters
    ----------
    node : GraphNode
        Who asks.
    on_change : callable
        Called when something is known that was not.

    Attributes
    ----------
    values : dict of str to dict
        The parameters asked for, by the full names of their nodes.

    """

    def __init__(self, node: GraphNode, on_change: Callable[[], None]) -> None:
        self._node = node
        self._on_change = on_change
        self.values: dict[str, dict[str, Any]] = {}
        self._raw: dict[str, dict[str, ParameterValue]] = {}
        self._descriptors: dict[str, dict[str, ParameterDescriptor]] = {}
        self._actions: dict[str, list[str]] = {}
        self._clients: dict[tuple[str, str], Client] = {}
        self._asked: dict[str, float] = {}
        self._waiting: dict[int, tuple[float, str, Answer]] = {}
        self._calls = 0
        self._events: Any = None

    def follow(self, nodes: Mapping[str, Iterable[str]]) -> None:
        """Know these nodes, given with their services, and no other; called now and then."""
        if self._events is None:
            self._events = self._node.create_subscription(
                ParameterEvent, '/parameter_events', self._on_event, qos_profile_parameter_events
            )
        for name in [each for each in self._actions if each not in nodes]:
            self._forget(name)
        now = time.monotonic()
        for name, services in nodes.items():
            self._actions[name] = actions_of(name, services)
            if name not in self._descriptors and now - self._asked.get(name, 0.0) > ANSWER_WAIT:
                self._asked[name] = now
                self._list(name)
            elif now - self._asked.get(name, 0.0) > REFRESH:
                # One that was killed and is back has kept its name, and not its values.
                self._asked[name] = now
                self._get(name)
        for key, (asked, said, answer) in list(self._waiting.items()):
            if now - asked > ANSWER_WAIT:
                del self._waiting[key]
                answer(False, said)

    def close(self) -> None:
        """Know nothing any more."""
        for name in list(self._actions):
            self._forget(name)
        if self._events is not None:
            self._node.destroy_subscription(self._events)
            self._events = None

    def as_json(self) -> dict[str, Any]:
        """Return what the page makes input fields and buttons of."""
        return {'nodes': {
            name: {
                'actions': self._actions.get(name, []),
                'parameters': [
                    setting_json(each, self._raw[name][each.name])
                    for each in described.values()
                    if is_live(each) and each.name in self._raw.get(name, {})
                ],
            } for name, described in self._descriptors.items()
        }}

    def set(self, node: str, name: str, given: Any, answer: Answer) -> None:  # noqa: A003
        """Set a parameter; the answer holds the reason where it is refused."""
        descriptor = self._descriptors.get(node, {}).get(name)
        if descriptor is None or not is_live(descriptor):
            answer(False, f'{name}: cannot be set here')
            return
        try:
            value = parameter_value(descriptor.type, given)
        except InputError as error:
            answer(False, f'{name}: {error}')
            return

        def use(response: SetParameters.Response) -> None:
            result = response.results[0]
            answer(result.successful, result.reason)
            self._get(node)

        self._call(
            node, 'set_parameters', SetParameters,
            SetParameters.Request(parameters=[Parameter(name=name, value=value)]), use, answer,
        )

    def act(self, node: str, text: str, answer: Answer) -> None:
        """Press a button."""
        if text not in self._actions.get(node, ()):
            answer(False, f'{node} has no such button')
            return
        action = ACTIONS[text]
        self._call(
            node, action.service, action.kind, action.request(),
            lambda response: answer(response.success, response.message), answer,
        )

    def _list(self, node: str) -> None:
        def described(response: DescribeParameters.Response) -> None:
            self._descriptors[node] = {each.name: each for each in response.descriptors}
            self._get(node)

        def listed(response: ListParameters.Response) -> None:
            self._call(
                node, 'describe_parameters', DescribeParameters,
                DescribeParameters.Request(names=response.result.names), described,
            )

        self._call(node, 'list_parameters', ListParameters, ListParameters.Request(), listed)

    def _get(self, node: str) -> None:
        names = [
            name for name, each in self._descriptors.get(node, {}).items()
            if is_live(each) or name in KEEPING
        ]

        def got(response: GetParameters.Response) -> None:
            values = dict(zip(names, response.values, strict=False))
            self._raw[node] = values
            self.values[node] = {name: native(value) for name, value in values.items()}
            self._on_change()

        self._call(node, 'get_parameters', GetParameters, GetParameters.Request(names=names), got)

    def _call(
        self, node: str, service: str, kind: Any, request: Any, use: Callable[[Any], None],
        answer: Answer = lambda is_done, text: None,
    ) -> None:
        """Call a service and return; `answer` is told where it does not answer."""
        key = node, service
        if key not in self._clients:
            self._clients[key] = self._node.create_client(kind, f'{node}/{service}')
        client = self._clients[key]
        self._calls += 1
        number = self._calls

        def done(future: Future) -> None:
            if self._waiting.pop(number, None) is None or future.cancelled():
                return
            if future.exception() is None and future.result() is not None:
                use(future.result())

        said = f'{node} does not answer within {ANSWER_WAIT:g} s'
        self._waiting[number] = time.monotonic(), said, answer
        client.call_async(request).add_done_callback(done)

    def _forget(self, node: str) -> None:
        for table in (self.values, self._descriptors, self._actions, self._asked, self._raw):
            table.pop(node, None)
        for key in [each for each in self._clients if each[0] == node]:
            self._node.destroy_client(self._clients.pop(key))
        self._on_change()

    def _on_event(self, event: ParameterEvent) -> None:
        if event.node in self._descriptors and (event.new_parameters or event.changed_parameters):
            self._get(event.node)
