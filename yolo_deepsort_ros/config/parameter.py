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

"""What a parameter is; groups of them are `Config` classes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
import math
import os
from typing import Any

from yolo_deepsort_ros.error_text import quoted, shown
from yolo_deepsort_ros.errors import ConfigurationError


@dataclass(frozen=True)
class Parameter:
    """
    One declared parameter.

    Attributes
    ----------
    name, text, unit : str
        Name, one line of explanation, unit of the value ('' for none).
    kind : type
        bool, int, float or str; of the elements when `is_list`.
    is_list : bool
        True when the value is a tuple of `kind`.
    default : object
        The value when nothing is given.
    low, high : float or None
        Inclusive range of a number.
    step : int
        Of an integer: only every so many of the range, from `low`, is allowed.
    choices : tuple of str
        The only values allowed, when not empty.
    is_live : bool
        Whether it may change while its user is at work; see `Config.check_successor`.
    is_frame : bool
        Whether it is a text that names a frame of tf2, or the default.

    """

    name: str
    kind: type
    is_list: bool
    default: Any
    text: str
    unit: str
    low: float | None
    high: float | None
    step: int
    choices: tuple[str, ...]
    is_live: bool
    is_frame: bool = False

    def check(self, value: Any) -> Any:
        """
        Return the value in its own type; empty texts of a list are left out.

        That is how `ros2 param set` can empty a list: it takes [''] for texts, [] for nothing.

        Raises
        ------
        ConfigurationError
            When the type, the range or the choice is wrong.

        """
        if not self.is_list:
            return self._check_one(value)
        if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
            raise ConfigurationError(
                f'{self.name}: {quoted(value)} is not a list; write [{shown(value)}]'
            )
        return tuple(self._check_one(item) for item in value if item != '')

    def parse(self, text: str) -> Any:
        """Read the value from text, as typed on a command line; lists are comma-separated."""
        if self.is_list:
            items = [item.strip() for item in text.split(',') if item.strip()]
            if text and not items:
                raise ConfigurationError(f'{self.name}: {quoted(text)} lists nothing')
            return self.check([self._parse_one(item) for item in items])
        return self.check(self._parse_one(text))

    def _parse_one(self, text: str) -> Any:
        if self.kind is str:
            return text
        if self.kind is bool:
            if text.lower() in ('true', 'false'):
                return text.lower() == 'true'
            raise ConfigurationError(f'{self.name}: {quoted(text)} is not true or false')
        try:
            return self.kind(text)
        except ValueError:
            word = 'an integer' if self.kind is int else 'a number'
            raise ConfigurationError(f'{self.name}: {quoted(text)} is not {word}') from None

    def _check_one(self, value: Any) -> Any:
        if self.kind is float and isinstance(value, int) and not isinstance(value, bool):
            self._check_range(value)
            value = float(value)
        if self.kind is str and isinstance(value, os.PathLike):
            value = os.fspath(value)
        if type(value) is not self.kind:
            raise ConfigurationError(
                f'{self.name}: {quoted(value)} is not of type {self.kind.__name__}'
            )
        if isinstance(value, (int, float)):
            self._check_range(value)
        if self.choices and value not in self.choices:
            raise ConfigurationError(
                f'{self.name}: {quoted(value)} is none of {self.range_text.replace(" |", ",")}'
            )
        if self.is_frame and isinstance(value, str) and value != self.default:
            self._check_frame(value)
        return value

    def _check_frame(self, value: str) -> None:
        """Refuse what tf2 refuses, and what nobody means."""
        if not value.isprintable() or value.strip().lstrip('/') != value or not value:
            raise ConfigurationError(
                f'{self.name}: {quoted(value)} names no frame of tf2; give a printable name with '
                f'neither / nor blanks before it, nor blanks after it, as camera_optical_frame'
            )

    def _check_range(self, value: float) -> None:
        if isinstance(value, float) and not math.isfinite(value):
            raise ConfigurationError(f'{self.name}: {value} is not a finite number')
        if (self.low is not None and value < self.low) or (
            self.high is not None and value > self.high
        ):
            raise ConfigurationError(
                f'{self.name}: {quoted(value)} is out of range {self.range_text}'
            )
        if (value - (self.low or 0)) % self.step and self.kind is int:
            raise ConfigurationError(f'{self.name}: {quoted(value)} is none of {self.range_text}')

    @property
    def range_text(self) -> str:
        """The range or the choices, as documentation shows them; '' when free."""
        if self.choices:
            return ' | '.join(choice or 'empty' for choice in self.choices)
        if self.low is None and self.high is None:
            return ''
        if self.step > 1 and self.low is not None and self.high is not None:
            return ' | '.join(map(str, range(int(self.low), int(self.high) + 1, self.step)))
        low, high = ('' if n is None else f'{n:.10g}' for n in (self.low, self.high))
        return f'{low} … {high}'.strip()


@dataclass(frozen=True)
class Default:
    """Stands where no value was given, and shows the one that counts then."""

    value: Any

    def __repr__(self) -> str:
        return repr(self.value)


def parameter(
    default: Any,
    text: str,
    *,
    unit: str = '',
    low: float | None = None,
    high: float | None = None,
    step: int = 1,
    choices: tuple[str, ...] = (),
    is_live: bool = False,
    is_frame: bool = False,
) -> Any:
    """Declare a field of a `Config` class; see `Parameter` for the meaning."""
    about = {
        'text': text, 'unit': unit, 'low': low, 'high': high, 'step': step, 'choices': choices,
        'is_live': is_live, 'is_frame': is_frame,
    }
    return field(default=Default(default), metadata=about)
