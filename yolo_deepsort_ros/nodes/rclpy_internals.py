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
Members of rclpy that it does not publish, and that nothing public stands for.

Seen in rclpy 7.1 (Jazzy) and 9.1 (Kilted). From version 10 (Lyrical) on rclpy has a `BaseNode`
below its `Node`, which holds the parameters; docs/development.md says what was read of it. Whoever
brings the nodes to another version looks here first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.lifecycle import LifecycleNode
from rclpy.node import Node


def overrides_of(node: Node) -> dict[str, Any]:
    """
    Return every value given from outside by name; None stands for an empty list.

    rclpy shows values of undeclared names to nobody, and its automatic declaration fails
    on the empty list of a YAML file; hence the look at its own table.
    """
    return {name: given.value for name, given in node._parameter_overrides.items()}


def state_of(node: LifecycleNode) -> str:
    """Return the name of a managed node's state, such as `inactive`."""
    return str(node._state_machine.current_state[1])


def wrap_change_state(
    node: LifecycleNode, wrap: Callable[[Callable[[Any, Any], Any], Any, Any], Any]
) -> None:
    """Let `wrap` answer the service `~/change_state`; it is given rclpy's own answer, too."""
    answer = node._service_change_state.callback
    node._service_change_state.callback = (
        lambda request, response: wrap(answer, request, response)
    )
