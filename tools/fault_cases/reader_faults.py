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

"""Who makes something of the tracks is killed: the locator, and the page."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import urlopen

from fault_cases.fault import expect, fault, RECOVERY
from fault_cases.rig import NAMESPACE, now, Rig

KILLED = 'killed with -9, started again after 2 s'


@fault('locator-killed', 'readers',
       f'the others live; positions are back {RECOVERY:g} s after its start; ids stay',
       keeps_ids=True)
def locator_killed(rig: Rig) -> str:
    """Kill the locator; positions come once it is there again."""
    rig.until(lambda: rig.positions, 'positions')
    killed = now()
    rig.kill('locator')
    rig.respawn('locator')
    rig.cause_ended = now()
    rig.until(lambda: rig.positions[-1] > killed + 1.0, 'positions', RECOVERY)
    gap = next(time for time in rig.positions if time > killed + 1.0) - killed
    return f'{KILLED}; positions again {gap:.1f} s after the kill'


@fault('viewer-killed', 'readers', 'the others live; the page is refused meanwhile, and shows '
       f'the tracks again {RECOVERY:g} s after its start; ids stay', keeps_ids=True)
def viewer_killed(rig: Rig) -> str:
    """Kill the node that serves the page; who looks is refused, not shown what was."""
    rig.until(lambda: _tracks_on_page(rig), 'tracks on the page')
    rig.kill('viewer')
    meanwhile = _page(rig)
    rig.respawn('viewer')
    rig.cause_ended = now()
    count = len(rig.until(lambda: _tracks_on_page(rig), 'tracks on the page', RECOVERY))
    expect(meanwhile is None, f'the page said {meanwhile} while there was none')
    return f'{KILLED}; refused meanwhile, then {count} tracks on the page'


def _tracks_on_page(rig: Rig) -> Any:
    camera = (_page(rig) or {}).get('cameras', {}).get(NAMESPACE, {})
    return camera.get('tracks')


def _page(rig: Rig) -> Any:
    """Return what the page says, as any program would ask it; None when nobody answers."""
    try:
        with urlopen(f'{rig.page}api/state', timeout=3.0) as answer:
            return json.load(answer)
    except OSError:
        return None
