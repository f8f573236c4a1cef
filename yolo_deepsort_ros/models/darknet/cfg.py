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

"""The text of a Darknet `.cfg` file: sections of `option=value` lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
import math
from pathlib import Path
from typing import TypeVar

from yolo_deepsort_ros.error_text import quoted, shown
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.files import read_bytes

NET_KINDS = ('net', 'network')  #: what Darknet accepts as the first section
MAX_INTEGER = 2**31 - 1  #: Darknet's integers have 32 bits
MAX_FILE_BYTES = 2**20  #: bytes of a definition; real ones have some ten thousand
MAX_QUOTED = 40  #: characters of a file that an error quotes
Number = TypeVar('Number', int, float)


@dataclass(frozen=True)
class Section:
    """
    One section: its kind (`convolutional`) and options, with where it stands for errors.

    An option that is given twice counts as Darknet counts it: the first one holds.
    """

    kind: str
    origin: str
    options: Mapping[str, str]

    def integer(
        self, name: str, default: int, low: int = 0, high: int = MAX_INTEGER
    ) -> int:
        """Return an option as an integer from `low` to `high`."""
        text = self.options.get(name, str(default))
        value = self._read(int, name, text)
        if not low <= value <= high:
            shortened = shown(text, MAX_QUOTED)
            raise self.error(f'{name}={shortened} is out of range {low} … {high}')
        return value

    def real(self, name: str, default: float) -> float:
        """Return an option as a number."""
        return self._read(float, name, self.options.get(name, str(default)))

    def integers(self, name: str) -> list[int]:
        """Return a comma-separated option as integers; empty when absent."""
        return [self._read(int, name, item) for item in self._items(name)]

    def reals(self, name: str) -> list[float]:
        """Return a comma-separated option as numbers; empty when absent."""
        return [self._read(float, name, item) for item in self._items(name)]

    def error(self, message: str) -> ModelError:
        """Return the error that says what is wrong with this section, and where."""
        return ModelError(f'{self.origin}: [{self.kind}] {message}')

    def _items(self, name: str) -> list[str]:
        return [item for item in self.options.get(name, '').split(',') if item.strip()]

    def _read(self, kind: Callable[[str], Number], name: str, text: str) -> Number:
        word = 'an integer' if kind is int else 'a finite number'
        try:
            value = kind(text)
        except ValueError:
            raise self.error(f'{name}={quoted(text, MAX_QUOTED)} is not {word}') from None
        if isinstance(value, float) and not math.isfinite(value):
            raise self.error(f'{name}={quoted(text, MAX_QUOTED)} is not {word}')
        return value


@dataclass(frozen=True)
class DarknetCfg:
    """A network's definition: `net` says what goes in, `layers` are the sections after it."""

    net: Section
    layers: tuple[Section, ...]

    @classmethod
    def read(cls, path: str | Path) -> DarknetCfg:
        """
        Read a `.cfg` file.

        Raises
        ------
        ModelError
            When the file cannot be read or is not a Darknet detection network.

        """
        content = read_bytes(path, MAX_FILE_BYTES, ModelError, 'give a Darknet .cfg file')
        return cls.parse(content.decode('utf-8-sig', errors='replace'), shown(path))

    @classmethod
    def parse(cls, text: str, origin: str) -> DarknetCfg:
        """Read the text of a `.cfg`; `origin` names it in errors."""
        sections: list[Section] = []
        options: dict[str, str] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            line = line.split('#')[0].split(';')[0].strip()
            name, equals, value = line.partition('=')
            if line.startswith('[') and line.endswith(']'):
                options = {}
                kind = line[1:-1].strip()
                sections.append(Section(kind, f'{origin}, line {number}', options))
            elif equals and sections:
                options.setdefault(name.strip(), value.strip())
            elif line:
                raise ModelError(
                    f'{origin}, line {number}: not a Darknet .cfg: '
                    f'{quoted(line, MAX_QUOTED)} is no [section] and no option of one'
                )
        if not sections or sections[0].kind not in NET_KINDS:
            raise ModelError(f'{origin}: not a Darknet .cfg: it does not begin with [net]')
        return cls(sections[0], tuple(sections[1:]))

    def resized(self, width: int, height: int) -> DarknetCfg:
        """Return the same network for another input size, in pixels."""
        size = {'width': str(width), 'height': str(height)}
        return replace(self, net=replace(self.net, options={**self.net.options, **size}))
