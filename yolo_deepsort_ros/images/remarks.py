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

"""What is said of pictures that can be used though something is odd about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
import logging

_LOG = logging.getLogger(__name__)

Remark = Callable[[str], None]  #: told what is odd, in a few words that are always the same


def ignored(text: str) -> None:
    """Say nothing."""


class Remarks:
    """
    Counts remarks, and logs each kind the first time.

    Parameters
    ----------
    name : str
        Of what the pictures come from.

    Attributes
    ----------
    counts : Counter
        How often each was made.

    Examples
    --------
    >>> remarks = Remarks('a folder')
    >>> remarks('JPEG without its end marker')
    >>> remarks.counts['JPEG without its end marker']
    1

    """

    def __init__(self, name: str) -> None:
        self._name = name
        self.counts: Counter[str] = Counter()

    def __call__(self, text: str) -> None:
        """Take note of a remark."""
        self.counts[text] += 1
        if self.counts[text] == 1:
            _LOG.warning('%s: %s; it is used, as others of the kind will be', self._name, text)
