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

"""How tall the objects of a class are, as users write it: `person=1.70±0.10`."""

from __future__ import annotations

from collections.abc import Iterable
import math
import re
from typing import NamedTuple

from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.errors import ConfigurationError

_METRES = re.compile(r'([0-9.eE+-]{1,40}?)\s*(?:±|\+-)\s*([0-9.eE+-]{1,40})')
MAX_HEIGHT = 100.0  #: metres


class Height(NamedTuple):
    """Mean and standard deviation, metres."""

    mean: float
    spread: float


def parse_class_heights(entries: Iterable[str]) -> dict[str, Height]:
    """
    Read heights by class name.

    Parameters
    ----------
    entries : iterable of str
        Such as `person=1.70±0.10` or `person=1.70+-0.10`: metres and standard deviation.

    Raises
    ------
    ConfigurationError
        For an entry of another form, or a height that no object has.

    Examples
    --------
    >>> parse_class_heights(['person=1.70±0.10'])
    {'person': Height(mean=1.7, spread=0.1)}

    """
    heights = {}
    for entry in entries:
        name, _, metres = map(str.strip, entry.rpartition('='))
        match = _METRES.fullmatch(metres) if name else None
        try:
            mean, spread = map(float, match.groups())  # type: ignore[union-attr]
        except (AttributeError, ValueError):
            raise ConfigurationError(
                f'class_heights: {quoted(entry)} is not like person=1.70±0.10'
            ) from None
        if not (0 < mean <= MAX_HEIGHT and 0 < spread < mean and math.isfinite(spread)):
            raise ConfigurationError(
                f'class_heights: {quoted(entry)}: the height must lie between 0 and '
                f'{MAX_HEIGHT:g} m, its spread between 0 and the height'
            )
        heights[name] = Height(mean, spread)
    return heights
