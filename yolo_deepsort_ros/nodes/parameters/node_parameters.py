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
From the declarations in `config` to ROS parameters, and back.

Values are checked by the declarations themselves, so that a node and the command line
refuse the same values in the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Generic, TypeVar

from rcl_interfaces.msg import (
    FloatingPointRange, IntegerRange, ParameterDescriptor, SetParametersResult,
)
from rclpy.node import Node
from rclpy.parameter import Parameter as RosParameter

from yolo_deepsort_ros.config.node_configs import NodeConfig
from yolo_deepsort_ros.config.parameter import Parameter
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.parameters.parameter_remarks import remarks
from yolo_deepsort_ros.nodes.rclpy_internals import overrides_of

ConfigType = TypeVar('ConfigType', bound=NodeConfig)

TYPES = {
    bool: RosParameter.Type.BOOL,
    int: RosParameter.Type.INTEGER,
    float: RosParameter.Type.DOUBLE,
    str: RosParameter.Type.STRING,
}
LIST_TYPES = {
    int: RosParameter.Type.INTEGER_ARRAY,
    float: RosParameter.Type.DOUBLE_ARRAY,
    str: RosParameter.Type.STRING_ARRAY,
}
#: When a parameter can be set, by whether it is live.
WHEN = {True: 'live: set it at any time', False: 'set it while the node is unconfigured'}


class NodeParameters(Generic[ConfigType]):
    """
    The parameters of a group, declared on a node.

    Values given come from the command line, a launch file, a YAML file, or are set later; the
    others are those that the group has then, and the node shows them so: with another profile
    it shows other ones. A name that no node knows is reported as a warning. A given value that
    cannot be used makes `read` fail until another one is set.

    Parameters
    ----------
    node : Node
    group : type of NodeConfig
        What to declare.
    is_open : callable
        Whether all parameters can be set now; `read` will be called before they act.
    adopt : callable
        Takes new values of live parameters otherwise; a `ConfigurationError` refuses them.

    """

    def __init__(
        self,
        node: Node,
        group: type[ConfigType],
        is_open: Callable[[], bool],
        adopt: Callable[[ConfigType], None],
    ) -> None:
        self._node = node
        self._group = group
        self._is_open = is_open
        self._adopt = adopt
        given, known = overrides_of(node), group.parameters()
        for line in remarks(given, known):
            node.get_logger().warning(line)
        self._given = {name: _native(known[name], given[name]) for name in given if name in known}
        in_force = group.from_mapping(_usable(known, self._given)).values()
        for name, declared in known.items():
            _declare_one(node, declared, in_force[name])
        self._is_showing = False
        self._to_show = node.create_guard_condition(self._show)
        node.add_on_set_parameters_callback(self._on_set)

    def read(self) -> ConfigType:
        """
        Return the present values.

        Raises
        ------
        ConfigurationError
            For a value of the wrong type or out of its range.

        """
        for name, value in overrides_of(self._node).items():
            if qos.is_override(name):
                qos.check_override(name, value)
        return self._group.from_mapping(self._given)

    @property
    def autostart(self) -> bool:
        """The value of that parameter, which acts before the others are read."""
        return bool(self._node.get_parameter('autostart').value)

    def _on_set(self, parameters: list[RosParameter]) -> SetParametersResult:
        """Refuse what `read` would refuse; once it has been read, let the node adopt the rest."""
        known = self._group.parameters()
        given = {each.name: each.value for each in parameters if each.name in known}
        if self._is_showing or not given:
            return SetParametersResult(successful=True)
        try:
            for name, value in given.items():
                if not self._is_open() and not known[name].is_live:
                    raise ConfigurationError(
                        f'{name}: is read when the node is configured; clean up first '
                        f'(ros2 lifecycle set NODE cleanup)'
                    )
                known[name].check(value)
            if not self._is_open():
                self._adopt(self._group.from_mapping({**self._given, **given}))
        except ConfigurationError as error:
            return SetParametersResult(successful=False, reason=str(error))
        self._given.update(given)
        self._to_show.trigger()
        return SetParametersResult(successful=True)

    def _show(self) -> None:
        """Show what other values have brought along; a callback cannot while one is set."""
        known = self._group.parameters()
        in_force = self._group.from_mapping(_usable(known, self._given)).values()
        changed = [
            _ros_parameter(known[name], value) for name, value in in_force.items()
            if name not in self._given
            and value != known[name].check(self._node.get_parameter(name).value)
        ]
        self._is_showing = True
        try:
            self._node.set_parameters(changed)
        finally:
            self._is_showing = False


def descriptor(declared: Parameter) -> ParameterDescriptor:
    """Describe a parameter as `ros2 param describe` shows it."""
    about = ParameterDescriptor(
        name=declared.name,
        type=ros_type(declared).value,
        description=declared.text,
        additional_constraints=_constraints(declared),
    )
    low, high = declared.low, declared.high
    if low is None or high is None or declared.is_list:
        return about
    if declared.kind is float:
        about.floating_point_range = [FloatingPointRange(from_value=low, to_value=high)]
    else:
        about.integer_range = [
            IntegerRange(from_value=int(low), to_value=int(high), step=declared.step)
        ]
    return about


def ros_type(declared: Parameter) -> RosParameter.Type:
    """Return the type on the wire."""
    return (LIST_TYPES if declared.is_list else TYPES)[declared.kind]


def _constraints(declared: Parameter) -> str:
    """Return what a descriptor has no field for: unit, choices, the range of elements."""
    parts = [f'unit: {declared.unit}'] if declared.unit else []
    if declared.choices:
        parts.append(f'one of: {declared.range_text}')
    elif declared.is_list and declared.range_text:
        parts.append(f'each: {declared.range_text}')
    return '; '.join([*parts, WHEN[declared.is_live]])


def _native(declared: Parameter, value: Any) -> Any:
    """Return a value as it was meant: `source: 0` is a text in YAML, an empty list is None."""
    if value is None and declared.is_list:
        return ()
    if declared.kind is str and type(value) is int:
        return str(value)
    return value


def _usable(known: Mapping[str, Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the values that their declarations allow."""
    found = {}
    for name, value in given.items():
        with suppress(ConfigurationError):
            found[name] = known[name].check(value)
    return found


def _declare_one(node: Node, declared: Parameter, value: Any) -> None:
    """Declare with an explicit type: rclpy takes an empty list for bytes otherwise."""
    name, kind = declared.name, ros_type(declared)
    node.declare_parameter(name, kind, ParameterDescriptor(), ignore_override=True)
    node.set_parameters_atomically([_ros_parameter(declared, value)])
    node.set_descriptor(name, descriptor(declared))


def _ros_parameter(declared: Parameter, value: Any) -> RosParameter:
    value = list(value) if declared.is_list else value
    return RosParameter(declared.name, ros_type(declared), value)
