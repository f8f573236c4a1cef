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

"""Services of nodes as buttons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from std_srvs.srv import SetBool, Trigger


class Action(NamedTuple):
    """What a button calls."""

    service: str  #: below the node's name
    kind: Any  #: of the service
    value: bool | None = None  #: of a SetBool

    def request(self) -> Any:
        """Return what is sent."""
        if self.value is None:
            return self.kind.Request()
        return self.kind.Request(data=self.value)


#: By the text on the button.
ACTIONS = {
    'reset': Action('reset', Trigger),
    'pause': Action('set_paused', SetBool, True),
    'go on': Action('set_paused', SetBool, False),
    'enable': Action('set_enabled', SetBool, True),
    'disable': Action('set_enabled', SetBool, False),
}


def actions_of(node: str, services: Iterable[str]) -> list[str]:
    """Return the buttons of a node, by its full name and those of its services."""
    known = set(services)
    return [text for text, action in ACTIONS.items() if f'{node}/{action.service}' in known]
