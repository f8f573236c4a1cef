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

"""Says which given parameters have no effect, or not the one that was meant."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from typing import Any

from yolo_deepsort_ros.config.node_configs import COMPOSED, NODES, PARAMETERS
from yolo_deepsort_ros.config.parameter import Parameter
from yolo_deepsort_ros.config.parameter_names import unknown_name
from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.parameters.parameter_sections import Asides

#: What every node understands beside the parameters of its own.
COMMON = ('use_sim_time', 'start_type_description_service')


def remarks(
    given: Mapping[str, Any], asides: Asides, known: Mapping[str, Parameter]
) -> Iterator[str]:
    """
    Yield a line for each.

    What another node knows may stand in a section for all of them.

    Parameters
    ----------
    given : mapping
        The values that ROS hands to the node, by name.
    asides : Asides
        What ROS does not tell of them.
    known : mapping
        The parameters of the node, by name.

    """
    for reason in asides.unread:
        yield f'{reason}; sections for other nodes in it do not count here'
    for name in given:
        if name in asides.named and name in PARAMETERS and name not in known:
            yield f'{name} means nothing to this node; it is a parameter of {_owners(name)}'
        elif not _is_known(name):
            yield _unknown(name, known)
    others: dict[str, dict[str, Any]] = {}
    for node, values in asides.others.items():
        for name, value in values.items():
            others.setdefault(name, {})[node] = value
    for name, by_node in others.items():
        if name in known:
            if name not in asides.named:
                yield from _disagreement(name, by_node, given)
        elif name not in given:
            yield from _left(name, by_node)


def _disagreement(
    name: str, by_node: Mapping[str, Any], given: Mapping[str, Any]
) -> Iterator[str]:
    counts = _as_in_file(given[name]) if name in given else next(iter(by_node.values()))
    if any(value != counts for value in by_node.values()):
        said = ', '.join(f'{quoted(value)} to {node}' for node, value in by_node.items())
        yield (
            f'{name}: parameter files say {said}; {quoted(counts)} counts here; to have '
            f'another, write a section for this node'
        )


def _as_in_file(value: Any) -> Any:
    """Return a list as a file has it: ROS has arrays for some, and None for empty ones."""
    return [] if value is None else list(value) if isinstance(value, array) else value


def _left(name: str, by_node: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line of what is said to other nodes, and cannot be taken over."""
    if not _is_known(name):
        yield _unknown(name, PARAMETERS)
    elif name not in PARAMETERS:
        yield (
            f'{name} is not taken over from the section of {next(iter(by_node))}; write it into '
            f'one for this node'
        )


def _is_known(name: str) -> bool:
    return name in PARAMETERS or name in COMMON or qos.is_override(name)


def _unknown(name: str, known: Mapping[str, Parameter]) -> str:
    if name.startswith(qos.OVERRIDE_PREFIX):
        return f'unknown parameter {quoted(name)}; {qos.OVERRIDE_FORM}'
    return unknown_name(name, known)


def _owners(name: str) -> str:
    groups = {**NODES, **COMPOSED}
    return ', '.join(node for node, group in groups.items() if name in group.parameters())
