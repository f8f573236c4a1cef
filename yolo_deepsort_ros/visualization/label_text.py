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

"""What drawings show of class names: OpenCV's fonts have ASCII alone."""

from __future__ import annotations

from collections.abc import Mapping
import logging
import unicodedata

from yolo_deepsort_ros.error_text import shown

#: Letters that no accent can be taken from (Unicode gives them no decomposition).
LETTERS = str.maketrans({
    'ß': 'ss', 'ẞ': 'SS', 'æ': 'ae', 'Æ': 'AE', 'œ': 'oe', 'Œ': 'OE', 'ø': 'o', 'Ø': 'O',
    'đ': 'd', 'Đ': 'D', 'ð': 'd', 'Ð': 'D', 'ł': 'l', 'Ł': 'L', 'þ': 'th', 'Þ': 'Th', 'ı': 'i',
    '’': "'", '‘': "'", '–': '-', '—': '-',
})

_LOG = logging.getLogger(__name__)


def without_accents(text: str) -> str:
    """Return the text in ASCII as far as its letters have a base there: é is e, ß is ss."""
    parts = unicodedata.normalize('NFKD', text.translate(LETTERS))
    return ''.join(part for part in parts if not unicodedata.combining(part))


def drawable(text: str) -> str:
    """Return the text as it can be drawn, with `?` for each letter that has no base in ASCII."""
    return without_accents(text).encode('ascii', 'replace').decode()


def drawn_names(numbers: Mapping[str, int]) -> dict[str, str]:
    """
    Return what to draw for each class name, and say once which are drawn as numbers.

    Parameters
    ----------
    numbers : mapping of str to int
        The number of each class, by its name.

    Returns
    -------
    dict of str to str
        The name without its accents, or the number where that is not ASCII.

    """
    strange = [name for name in numbers if not without_accents(name).isascii()]
    if strange:
        _LOG.warning(
            'class names that cannot be drawn: %s; their numbers are drawn instead',
            shown(', '.join(strange)),
        )
    return {
        name: str(number) if name in strange else without_accents(name)
        for name, number in numbers.items()
    }
