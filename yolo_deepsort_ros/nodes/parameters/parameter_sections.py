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

"""Sections of a parameter file that do not reach a node by its name and yet concern it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
import difflib
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple

from yolo_deepsort_ros.error_text import quoted, shown
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.nodes.parameters.parameter_file import reaches, sections, WILDCARDS


def strayed(arguments: Sequence[str], node: str) -> Iterator[str]:
    """
    Yield a line for each parameter file with a section that all but names a node.

    ROS itself says nothing of a name that is spelt wrong or a namespace that is not the
    node's. A file of which any section names the node is taken as it is.

    Parameters
    ----------
    arguments : sequence of str
        Of the process; files follow `--params-file`.
    node : str
        The node's full name, such as `/robot1/detector`.

    """
    for path in _files(arguments):
        section = _nearest(_names(path), node)
        if section:
            yield (
                f'{shown(path)}: the section {quoted(section)} does not reach '
                f'{node}; did you mean {quoted("/**/" + _last(node))}?'
            )


class Asides(NamedTuple):
    """What arguments and parameter files say that ROS does not tell a node."""

    #: Parameters given to this very node: by `-p`, or in a section with its name.
    named: frozenset[str] = frozenset()
    #: Values by name for each of the nodes that it stands for, by their full names.
    others: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
    #: Why files with those values could not be read here, though ROS has read them.
    unread: tuple[str, ...] = ()

    def values(self) -> dict[str, Any]:
        """Return what is said to the others, the first counting most."""
        found: dict[str, Any] = {}
        for said in self.others.values():
            found = {**said, **found}
        return found


def asides(arguments: Sequence[str], node: str, others: Iterable[str]) -> Asides:
    """
    Return what a node's arguments and their parameter files say beside its values.

    Parameters
    ----------
    arguments : sequence of str
        Of the process; files follow `--params-file`, later ones count more.
    node : str
        The node's full name, such as `/robot1/pipeline`.
    others : iterable of str
        Full names of the nodes that it stands for.

    """
    said: dict[str, dict[str, Any]] = {other: {} for other in others}
    named = set(_given_by_option(arguments, node))
    unread = []
    for path in _files(arguments):
        try:
            for section, values in sections(path):
                flat = _flat(values)
                for other in said:
                    if reaches(section, other):
                        said[other].update(flat)
                if _last(section) not in WILDCARDS and reaches(section, node):
                    named.update(flat)
        except ConfigurationError as error:  # noqa: PERF203
            unread.append(str(error))
    return Asides(frozenset(named), said, tuple(unread) if said else ())


def _given_by_option(arguments: Sequence[str], node: str) -> Iterator[str]:
    """Yield the names in `-p NAME:=VALUE` and `-p NODE:NAME:=VALUE`."""
    for option, text in pairwise(arguments):
        addressee, _, name = text.partition(':=')[0].rpartition(':')
        if option in ('-p', '--param') and _last(addressee) in ('', _last(node)):
            yield name


def _flat(values: Mapping[Any, Any], prefix: str = '') -> dict[str, Any]:
    """Return values by name as ROS has them, with dots for groups in groups."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        is_group = isinstance(value, dict)
        found.update(_flat(value, f'{prefix}{name}.') if is_group else {f'{prefix}{name}': value})
    return found


def _files(arguments: Sequence[str]) -> list[str]:
    return [path for option, path in pairwise(arguments) if option == '--params-file']


def _nearest(sections: Sequence[str], node: str) -> str | None:
    """Return the section whose last name is most like the node's, when none reaches it."""
    named = {section: _last(section) for section in sections if _last(section) not in WILDCARDS}
    if any(reaches(section, node) for section in named):
        return None
    like = difflib.get_close_matches(_last(node), named.values(), n=1, cutoff=0.7)
    return next((section for section, last in named.items() if last in like), None)


def _last(name: str) -> str:
    return name.rsplit('/', 1)[-1]


def _names(path: str) -> list[str]:
    try:
        return [name for name, _ in sections(path)]
    except ConfigurationError:  # rcl has read it, or said why not
        return []
