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

"""Parameter files: their text with all defaults or some values, and what one says to a node."""

from __future__ import annotations

from collections.abc import Iterator
import difflib
from itertools import chain
import json
from pathlib import Path
import re
import textwrap
from typing import Any

from yolo_deepsort_ros.config.node_configs import COMPOSED, NODES
from yolo_deepsort_ros.config.parameter import Parameter
from yolo_deepsort_ros.config.tracker_config import DETECTOR_PROFILES, PROFILES
from yolo_deepsort_ros.config.yaml_text import yaml_documents
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ConfigurationError, InputError
from yolo_deepsort_ros.files import read_bytes

HEAD = """\
# Every parameter of every node, with its default. Made from yolo_deepsort_ros/config/ by
#   scripts/run python3 tools/render_parameters.py
# The nodes are named as in the launch file, in any namespace. A line that begins with #: is one
# that the profile decides; without the #: its value counts, whatever the profile.
"""
WIDTH = 95
#: Parameters that a profile sets where they are not given.
BROUGHT = frozenset(chain(*PROFILES.values(), *DETECTOR_PROFILES.values()))
MAX_FILE_BYTES = 2**20  #: bytes
REMEDY = 'give params_file a YAML file with parameters'
#: In a node's name: `**` stands for any names or none, `*` for one.
WILDCARDS = {'**': '(?:/[^/]+)*', '*': '/[^/]+'}


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
        for node, group in {**NODES, **COMPOSED}.items()
        if not values.keys().isdisjoint(group.parameters())
    }


def values_in(path: str | Path, node: str) -> dict[str, Any]:
    """
    Return what a parameter file says to a node, as ROS will read it; nothing is checked.

    Parameters
    ----------
    path : str or Path
        The file.
    node : str
        Full name of the node, such as `/robot1/detector`.

    Raises
    ------
    ConfigurationError
        When the file cannot be read or is no parameter file.

    """
    found: dict[str, Any] = {}
    for section, values in sections(path):
        if reaches(section, node):
            found.update(values)
    return found


def composed_values(path: str | Path, node: str) -> dict[str, Any]:
    """
    Return what a file says to a node that stands for all of `NODES`; raises as `values_in`.

    A section with its own name counts most, then those for the nodes of `NODES` in its
    namespace, the first that says something, then those for all nodes.

    Parameters
    ----------
    path : str or Path
        The file.
    node : str
        Its full name, such as `/robot1/pipeline`.

    """
    namespace, _, own = node.rpartition('/')
    of_all: dict[str, Any] = {}
    by_name: dict[str, dict[str, Any]] = {name: {} for name in (own, *NODES)}
    for section, values in sections(path):
        for name, said in by_name.items():
            if reaches(section, f'{namespace}/{name}'):
                (of_all if _last(section) in WILDCARDS else said).update(values)
    for said in reversed(by_name.values()):
        of_all.update(said)
    return of_all


def misspelt_section(path: str | Path, name: str) -> str | None:
    """
    Return the section of a file that all but names a node, where no section names it.

    Parameters
    ----------
    path : str or Path
        The file.
    name : str
        The node's name; namespaces do not count, as a file may serve several.

    """
    by_last = {_last(section): section for section, _ in sections(path)}
    others = by_last.keys() - {*NODES, *COMPOSED, *WILDCARDS}
    like = [] if name in by_last else difflib.get_close_matches(name, others, n=1, cutoff=0.7)
    return by_last[like[0]] if like else None


def sections(path: str | Path) -> list[tuple[str, dict[str, Any]]]:
    """Return the sections of a file: full names of nodes, and values; raises as `values_in`."""
    content = read_bytes(path, MAX_FILE_BYTES, ConfigurationError, REMEDY)
    try:
        trees = yaml_documents(content)
        found = [list(_sections(tree, '')) for tree in trees if isinstance(tree, dict)]
    except (InputError, RecursionError) as error:
        raise ConfigurationError(f'{shown(path)}: not YAML: {shown(error)}; {REMEDY}') from None
    if not found:
        raise ConfigurationError(f'{shown(path)}: not a file of parameters; {REMEDY}')
    return list(chain.from_iterable(found))


def reaches(section: str, node: str) -> bool:
    """Tell whether a section is for a node, both by their full names."""
    parts = [part for part in section.split('/') if part]
    pattern = ''.join(WILDCARDS.get(part, f'/{re.escape(part)}') for part in parts)
    return re.fullmatch(pattern, re.sub('/+', '/', node)) is not None


def _sections(tree: dict[Any, Any], prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, below in tree.items():
        if not isinstance(below, dict):
            continue
        if key == 'ros__parameters':
            yield re.sub('/+', '/', prefix), _flat(below)
        else:
            yield from _sections(below, f'{prefix}/{key}')


def _flat(values: dict[Any, Any], prefix: str = '') -> dict[str, Any]:
    """Return values by name as ROS has them, with dots for groups in groups."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        is_group = isinstance(value, dict)
        found.update(_flat(value, f'{prefix}{name}.') if is_group else {f'{prefix}{name}': value})
    return found


def _last(name: str) -> str:
    return name.rsplit('/', 1)[-1]


def _node_lines(node: str) -> Iterator[str]:
    yield ''
    yield f'/**/{node}:'
    yield '  ros__parameters:'
    in_force = NODES[node]().values()  # a node may have a default of its own
    for declared in NODES[node].parameters().values():
        for line in textwrap.wrap(_about(declared), WIDTH - 6):
            yield f'    # {line}'
        mark = '#: ' if declared.name in BROUGHT else ''
        yield f'    {mark}{declared.name}: {json.dumps(in_force[declared.name])}'


def _about(declared: Parameter) -> str:
    live = 'live' if declared.is_live else ''
    limits = declared.range_text.replace('…', 'to')
    notes = ', '.join(filter(None, (declared.unit, limits, live)))
    return f'{declared.text} [{notes}]' if notes else declared.text
