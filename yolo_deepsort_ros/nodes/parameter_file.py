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

"""The text of parameter files: all parameters with their defaults, or some values."""

from __future__ import annotations

from collections.abc import Iterator
import json
import textwrap
from typing import Any

from yolo_deepsort_ros.config import NODES
from yolo_deepsort_ros.parameter import Parameter

HEAD = """\
# Every parameter of every node, with its default. Made from yolo_deepsort_ros/config.py by
#   scripts/run python3 tools/render_parameters.py
# The nodes are named as in the launch file, in whatever namespace.
"""
WIDTH = 95


def render() -> str:
    """Return the text of the file."""
    return HEAD + ''.join(f'{line}\n' for node in NODES for line in _node_lines(node))


def overrides(values: dict[str, Any]) -> dict[str, Any]:
    """
    Return what a parameter file with these values holds, each at the nodes that know it.

    Parameters
    ----------
    values : dict
        Values by parameter name.

    """
    return {
        f'/**/{node}': {'ros__parameters': {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items() if name in group.parameters()
        }}
        for node, group in NODES.items()
        if not values.keys().isdisjoint(group.parameters())
    }


def _node_lines(node: str) -> Iterator[str]:
    yield ''
    yield f'/**/{node}:'
    yield '  ros__parameters:'
    for declared in NODES[node].parameters().values():
        for line in textwrap.wrap(_about(declared), WIDTH - 6):
            yield f'    # {line}'
        yield f'    {declared.name}: {json.dumps(declared.default)}'


def _about(declared: Parameter) -> str:
    notes = ', '.join(filter(None, (declared.unit, declared.range_text.replace('…', 'to'))))
    return f'{declared.text} [{notes}]' if notes else declared.text
