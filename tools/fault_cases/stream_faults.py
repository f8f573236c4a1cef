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

"""A network stream that is cut, freezes, or sends noise, a good while each."""

from __future__ import annotations

from fault_cases.fault import fault
from fault_cases.rig import now, Rig

LASTS = 6.0  #: s
WITHIN = 9.0  #: s: 2 between two attempts to open, 5 to open, 2 to be normal
PROMISE = f'nobody dies; it is named in /diagnostics; the normal rate is back within {WITHIN:g} s'


def misbehaves(mode: str) -> None:
    """Register that the sender misbehaves so for a while."""
    @fault(f'stream-{mode}', 'stream', PROMISE, within=WITHIN)
    def inject(rig: Rig) -> str:
        begin = now()
        rig.server.mode = mode
        try:
            rig.pause(LASTS)
            text = rig.warned(begin, 'no frame', 'stream', 'damaged')
        finally:
            rig.server.mode = 'good'
            rig.cause_ended = now()
        return f'for {rig.cause_ended - begin:.0f} s; {text[:140]}'


for _mode in ('cut', 'frozen', 'garbage'):
    misbehaves(_mode)
