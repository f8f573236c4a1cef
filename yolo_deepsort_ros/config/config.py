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

"""Groups of parameters, and groups of such groups."""

from __future__ import annotations

from collections.abc import Mapping
import dataclasses
from dataclasses import dataclass, field
import inspect
from typing import Any, ClassVar, get_args, get_origin, get_type_hints, TYPE_CHECKING

from yolo_deepsort_ros.config.parameter import Default, Parameter
from yolo_deepsort_ros.config.parameter_names import unknown_name
from yolo_deepsort_ros.errors import ConfigurationError

if TYPE_CHECKING:
    from typing_extensions import Self


_Field = tuple[str, Any, 'dataclasses.Field[Any]']  #: name, type and field


@dataclass(frozen=True)
class Config:
    """
    A group of parameters: checked when it is made, never changed.

    Its fields are parameters, made by `parameter`, or groups themselves. From outside all of
    them have one flat list of names: `from_mapping` gives a value to each group that declares
    the name.

    A value comes from the highest of these layers that has one:

    1. what was given, as a keyword, in a mapping, as a ROS parameter;
    2. what the group around it brings along, such as the source;
    3. what its own values bring along, such as a profile: see `brings`;
    4. the declaration.

    Attributes
    ----------
    given : mapping
        The values given, by name, those of the groups inside among them.

    Examples
    --------
    >>> from yolo_deepsort_ros.config.tracker_config import TrackerConfig
    >>> fast = TrackerConfig(profile='fast', n_init=2)
    >>> fast.n_init, fast.reid_every
    (2, 10)
    >>> slow = fast.replace(profile='deepsort')
    >>> slow.n_init, slow.reid_every
    (2, 1)

    """

    _parameters: ClassVar[dict[str, Parameter]]
    _all_fields: ClassVar[tuple[_Field, ...]]
    _own_given: Mapping[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        given = {
            name: declared.check(getattr(self, name)) for name, declared in self._own().items()
            if not isinstance(getattr(self, name), Default)
        }
        object.__setattr__(self, '_own_given', given)
        self._settle({})

    @classmethod
    def parameters(cls) -> dict[str, Parameter]:
        """Return all parameters by name: the class's own first, then its bases'."""
        if '_parameters' not in cls.__dict__:
            found: dict[str, Parameter] = {}
            for name, kind, item in _fields(cls):
                inside = kind.parameters() if _is_group(kind) else {name: _declared(item, kind)}
                found.update({name: inside[name] for name in inside if name not in found})
            cls._parameters = found
        return cls._parameters

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """
        Make the group from values by name.

        Raises
        ------
        ConfigurationError
            For an unknown name (the nearest real one is suggested) or a bad value.

        """
        return cls().replace(**values)

    @classmethod
    def resolve(cls, config: Self | None, values: Mapping[str, Any]) -> Self:
        """
        Return the group itself when it is given, else make it from values by name.

        Raises
        ------
        ConfigurationError
            When both are given, or as `from_mapping`.

        """
        if config is None:
            return cls.from_mapping(values)
        if values:
            raise ConfigurationError(f'give either config or {", ".join(values)}, not both')
        return config

    @property
    def given(self) -> dict[str, Any]:
        """The values that were given, by name."""
        found = dict(self._own_given)
        for group in self._groups().values():
            found.update(group.given)
        return found

    def values(self) -> dict[str, Any]:
        """Return the values in force of all parameters, by name."""
        found = {name: getattr(self, name) for name in self._own()}
        for group in self._groups().values():
            found.update(group.values())
        return found

    def replace(self, /, **values: Any) -> Self:
        """
        Return the group with these values given beside those that were given before.

        `dataclasses.replace` would take all values for given ones.

        Raises
        ------
        ConfigurationError
            As `from_mapping`.

        """
        for name in values:
            if name not in self.parameters():
                raise ConfigurationError(unknown_name(name, self.parameters()))
        own = {name: value for name, value in values.items() if name in self._own()}
        groups = {
            name: group.replace(**{n: v for n, v in values.items() if n in group.parameters()})
            for name, group in self._groups().items()
        }
        return type(self)(**{**self._own_given, **own}, **groups)

    def check_successor(self, config: Self) -> None:
        """
        Check that nothing but live parameters differs.

        Raises
        ------
        ConfigurationError
            With the name of one that cannot change at work.

        """
        for name, declared in self._own().items():
            if not declared.is_live and getattr(config, name) != getattr(self, name):
                raise ConfigurationError(f'{name}: cannot change at work; make a new one with it')
        for name, group in self._groups().items():
            group.check_successor(getattr(config, name))

    def brings(self) -> Mapping[str, Any]:
        """Return what the values bring along, where nothing else is given."""
        return {}

    def _settle(self, below: Mapping[str, Any]) -> None:
        """Fill in the values below those that the group around this one brings along."""
        self._fill(below)
        self._fill({**self.brings(), **below})

    def _fill(self, layer: Mapping[str, Any]) -> None:
        for name, declared in self._own().items():
            value = declared.check(layer.get(name, declared.default))
            object.__setattr__(self, name, self._own_given.get(name, value))
        for name, group in self._groups().items():
            if layer:
                group = type(group)(**group._own_given, **group._groups())
                group._settle(layer)
                object.__setattr__(self, name, group)

    @classmethod
    def _own(cls) -> dict[str, Parameter]:
        """Return the parameters outside of any group inside."""
        return {
            name: cls.parameters()[name] for name, kind, _ in _fields(cls) if not _is_group(kind)
        }

    def _groups(self) -> dict[str, Config]:
        """Return the groups inside, by the names of their fields."""
        return {
            name: getattr(self, name) for name, kind, _ in _fields(type(self)) if _is_group(kind)
        }


def _fields(group: type[Config]) -> tuple[_Field, ...]:
    """
    Return name, type and field of each, the class's own before those of its bases.

    To find the types takes nearly all the time of a new group.
    """
    if '_all_fields' not in group.__dict__:
        types = get_type_hints(group)
        fields = {item.name: item for item in dataclasses.fields(group) if item.init}
        names = [name for base in group.__mro__ for name in inspect.get_annotations(base)]
        group._all_fields = tuple(
            (name, types[name], fields[name]) for name in dict.fromkeys(names) if name in fields)
    return group._all_fields


def _is_group(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Config)


def _declared(item: dataclasses.Field[Any], annotation: Any) -> Parameter:
    is_list = get_origin(annotation) is tuple
    kind = get_args(annotation)[0] if is_list else annotation
    return Parameter(item.name, kind, is_list, item.default.value, **item.metadata)
