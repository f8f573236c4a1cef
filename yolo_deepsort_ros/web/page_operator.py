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

"""What the page asks of the program that it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Answer = Callable[[bool, str], None]  #: whether it was done, and a word about it


@dataclass(frozen=True)
class Health:
    """
    What a node says of itself.

    Attributes
    ----------
    node : str
    level : int
        0 good, 1 warning, 2 error, 3 silent.
    message : str
        With the remedy.
    values : mapping of str to str
        Counters and times.

    """

    node: str
    level: int
    message: str
    values: Mapping[str, str] = field(default_factory=dict)


class Operator:
    """
    Does what the page asks for; this one has nothing to do.

    All of it is called in the thread of the server's event loop and must return at once.
    """

    def on_watch(self, is_watched: bool) -> None:
        """Take note that somebody looks, or nobody does any more."""

    def on_select(self, camera: str, track: str) -> None:
        """Take the id that is followed from now on; the other cameras' are empty."""

    def on_command(self, command: Mapping[str, Any], answer: Answer) -> None:
        """Do what a button or a slider says; `answer` may be called from any thread."""
        answer(False, 'there is nothing to set here')
