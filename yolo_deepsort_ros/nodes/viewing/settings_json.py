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

"""Other nodes' parameters as the page has them, from their own descriptors, and back."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from rcl_interfaces.msg import ParameterDescriptor, ParameterType, ParameterValue

from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.errors import InputError

KINDS = {
    ParameterType.PARAMETER_BOOL: ('bool', 'bool_value'),
    ParameterType.PARAMETER_INTEGER: ('int', 'integer_value'),
    ParameterType.PARAMETER_DOUBLE: ('float', 'double_value'),
    ParameterType.PARAMETER_STRING: ('str', 'string_value'),
    ParameterType.PARAMETER_STRING_ARRAY: ('list', 'string_array_value'),
    ParameterType.PARAMETER_DOUBLE_ARRAY: ('numbers', 'double_array_value'),
}
ELEMENTS = {'list': str, 'numbers': float}  #: of lists
INTEGERS = range(-2**63, 2**63)  #: that a message holds
UNIT, CHOICES, LIVE = 'unit: ', 'one of: ', 'live'  #: in `additional_constraints`


def is_live(descriptor: ParameterDescriptor) -> bool:
    """Tell whether a parameter can be set at work, and the page knows how to."""
    parts = descriptor.additional_constraints.split('; ')
    return (
        not descriptor.read_only and descriptor.type in KINDS
        and any(part.startswith(LIVE) for part in parts)
    )


def setting_json(descriptor: ParameterDescriptor, value: ParameterValue) -> dict[str, Any]:
    """Return what the page makes an input field of."""
    parts = descriptor.additional_constraints.split('; ')
    ranges = [*descriptor.floating_point_range, *descriptor.integer_range]
    return {
        'name': descriptor.name,
        'kind': KINDS[descriptor.type][0],
        'text': descriptor.description,
        'unit': next((part[len(UNIT):] for part in parts if part.startswith(UNIT)), ''),
        'choices': next((
            ['' if each == 'empty' else each for each in part[len(CHOICES):].split(' | ')]
            for part in parts if part.startswith(CHOICES)
        ), []),
        'low': ranges[0].from_value if ranges else None,
        'high': ranges[0].to_value if ranges else None,
        'step': descriptor.integer_range[0].step or 1 if descriptor.integer_range else 1,
        'value': native(value),
    }


def native(value: ParameterValue) -> Any:
    """Return a value as JSON has it; None for a type that the page does not know."""
    if value.type not in KINDS:
        return None
    found = getattr(value, KINDS[value.type][1])
    return found if isinstance(found, (bool, int, float, str)) else list(found)


def parameter_value(kind: int, given: Any) -> ParameterValue:
    """
    Return what the page has sent as a value of the type that a parameter has.

    Raises
    ------
    InputError
        When it is of another type.

    """
    name, field = KINDS[kind]
    if name == 'float' and type(given) is int:
        with suppress(OverflowError):
            given = float(given)
    if name in ELEMENTS and isinstance(given, str):
        given = [part.strip() for part in given.split(',')]
    if name == 'numbers' and isinstance(given, list):
        with suppress(OverflowError, TypeError, ValueError):
            given = [float(each) for each in given if each != '']
    wanted = {'bool': bool, 'int': int, 'float': float, 'str': str}.get(name, list)
    if type(given) is not wanted or (
        isinstance(given, list) and not all(isinstance(each, ELEMENTS[name]) for each in given)
    ):
        raise InputError(f'{quoted(given)} is not of type {name}')
    if isinstance(given, int) and given not in INTEGERS:
        raise InputError(f'{quoted(given)} is too large')
    try:  # a message that cannot be sent would end who sends it
        ''.join(map(str, given if isinstance(given, list) else [given])).encode()
    except UnicodeError:
        raise InputError(f'{quoted(given)} is no text that can be sent') from None
    value = ParameterValue(type=kind)
    setattr(value, field, given)
    return value
