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

from typing import Any, TypeVar

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter as RosParameter

from yolo_deepsort_ros.parameter import Config, Parameter, unknown_name

ConfigType = TypeVar('ConfigType', bound=Config)

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
#: What every node understands beside the parameters of its own.
COMMON = ('use_sim_time', 'start_type_description_service')
COMMON_PREFIXES = ('qos_overrides.', 'diagnostic_updater.')


def declare(node: Node, group: type[ConfigType]) -> ConfigType:
    """
    Declare the parameters of a group on a node, and return their values.

    Values come from the command line, the launch file or a YAML file, else from the
    declaration. The parameters are read-only once declared. A given name that is
    declared nowhere is reported as a warning with the nearest real one.

    Raises
    ------
    ConfigurationError
        For a value of the wrong type or out of its range.

    """
    given = _overrides(node)
    for name in given:
        if not (name in group.parameters() or name in COMMON or name.startswith(COMMON_PREFIXES)):
            node.get_logger().warning(unknown_name(name, group.parameters()))
    config = group(**{
        name: _native(declared, given[name])
        for name, declared in group.parameters().items() if given.get(name) is not None
    })
    for name, declared in group.parameters().items():
        _declare_one(node, declared, getattr(config, name))
    return config


def descriptor(declared: Parameter) -> ParameterDescriptor:
    """Describe a parameter as `ros2 param describe` shows it."""
    about = ParameterDescriptor(
        name=declared.name,
        type=ros_type(declared).value,
        description=declared.text,
        additional_constraints=_constraints(declared),
        read_only=True,
    )
    low, high = declared.low, declared.high
    if low is None or high is None or declared.is_list:
        return about
    if declared.kind is float:
        about.floating_point_range = [FloatingPointRange(from_value=low, to_value=high)]
    else:
        about.integer_range = [IntegerRange(from_value=int(low), to_value=int(high), step=1)]
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
    return '; '.join(parts)


def _overrides(node: Node) -> dict[str, Any]:
    """
    Return every value given from outside by name; None stands for an empty list.

    rclpy shows values of undeclared names to nobody, and its automatic declaration fails
    on the empty list of a YAML file; hence the look at its own table.
    """
    return {name: given.value for name, given in node._parameter_overrides.items()}


def _native(declared: Parameter, value: Any) -> Any:
    """Return text for an unquoted number in YAML, as in `source: 0`."""
    if declared.kind is str and type(value) is int:
        return str(value)
    return value


def _declare_one(node: Node, declared: Parameter, value: Any) -> None:
    """Declare with an explicit type: rclpy takes an empty list for bytes otherwise."""
    name, kind = declared.name, ros_type(declared)
    node.declare_parameter(name, kind, ParameterDescriptor(), ignore_override=True)
    value = list(value) if declared.is_list else value
    node.set_parameters_atomically([RosParameter(name, kind, value)])
    node.set_descriptor(name, descriptor(declared))
