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

"""The order of files that are named by numbers, or by the second at which each was taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import os
from pathlib import Path
import re
from typing import Any

BY_SECONDS = 'by the seconds in their names'
BY_NAME = 'by name, numbers by their value'

_DECIMAL = re.compile(r'(\D*)([0-9]+)\.([0-9]+)')


def in_order(paths: Sequence[Path]) -> tuple[list[Path], str]:
    """
    Sort files by their names.

    Names are decimal numbers of seconds when all of a folder have the form `1700000000.25.png`,
    with the same letters before. Where digits after the point count up instead, as in `1.9` and
    `1.10`, they are numbers of their own.

    Returns
    -------
    list of Path
        In order.
    str
        The order taken, `BY_SECONDS` or `BY_NAME`.

    """
    key: Callable[[str], Any] = natural_key
    if _are_seconds([path.stem for path in paths]):
        key = _seconds_key
    order = BY_SECONDS if key is _seconds_key else BY_NAME
    return sorted(paths, key=lambda path: key(path.name)), order


def natural_key(name: str) -> tuple[list[int | str], str]:
    """Return a sort key: frame2 before frame10, and x.jpg before x (1).jpg."""
    stem, _ = os.path.splitext(name.lower())
    parts = re.split('([0-9]+)', stem)  # text and digits by turns, text first
    return [int(part) if i % 2 else part for i, part in enumerate(parts)], name


def _seconds_key(name: str) -> tuple[int, str, str]:
    """Return a sort key of a decimal number; digits after its point compare as letters do."""
    found = _DECIMAL.match(name)
    return (int(found[2]), found[3], name) if found else (0, '', name)


def _are_seconds(stems: Sequence[str]) -> bool:
    found = [_DECIMAL.fullmatch(stem) for stem in stems]
    numbers = [match for match in found if match]
    if len(numbers) < len(stems) or len({match[1] for match in numbers}) != 1:
        return False
    # A number that is printed as short as it can be has no zero at its end, but for `.0`.
    digits = [match[3] for match in numbers]
    is_padded = len({len(text) for text in digits}) == 1
    return is_padded or not any(len(text) > 1 and text.endswith('0') for text in digits)
