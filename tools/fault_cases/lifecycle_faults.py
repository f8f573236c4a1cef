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

"""Lifecycle transitions in any order, those that the state does not allow among them."""

from __future__ import annotations

import random

from fault_cases.fault import expect, fault
from fault_cases.rig import Rig
from lifecycle_msgs.msg import State, Transition
from lifecycle_msgs.srv import GetState

#: (state, transition): the state after it; any other pair is refused.
ALLOWED = {
    (State.PRIMARY_STATE_UNCONFIGURED, Transition.TRANSITION_CONFIGURE):
        State.PRIMARY_STATE_INACTIVE,
    (State.PRIMARY_STATE_INACTIVE, Transition.TRANSITION_ACTIVATE): State.PRIMARY_STATE_ACTIVE,
    (State.PRIMARY_STATE_INACTIVE, Transition.TRANSITION_CLEANUP):
        State.PRIMARY_STATE_UNCONFIGURED,
    (State.PRIMARY_STATE_ACTIVE, Transition.TRANSITION_DEACTIVATE): State.PRIMARY_STATE_INACTIVE,
}
TRANSITIONS = sorted({transition for _, transition in ALLOWED})
PROMISE = 'nobody dies; what the state does not allow is refused; it works again after it'


def in_every_order(name: str, times: int, is_long: bool) -> None:
    """Register that a tracker at work is asked for so many random transitions."""
    @fault(name, 'nodes', PROMISE, is_long=is_long)
    def inject(rig: Rig) -> str:
        chance, state, made = random.Random(0), State.PRIMARY_STATE_ACTIVE, 0
        for number in range(times):
            transition = chance.choice(TRANSITIONS)
            after = ALLOWED.get((state, transition))
            done = rig.peer.change('tracker', transition)
            expect(done == (after is not None),
                   f'transition {number} ({transition} in state {state}): {done}')
            state, made = after or state, made + done
            found = rig.peer.call(GetState, 'tracker/get_state', GetState.Request())
            expect(found.current_state.id == state, f'{found.current_state.label} after {number}')
        while state != State.PRIMARY_STATE_ACTIVE:
            transition = (
                Transition.TRANSITION_CONFIGURE if state == State.PRIMARY_STATE_UNCONFIGURED
                else Transition.TRANSITION_ACTIVATE
            )
            expect(rig.peer.change('tracker', transition), f'{transition} refused at the end')
            state = ALLOWED[state, transition]
        return f'{times} asked for, {made} made, the others refused'


in_every_order('lifecycle-100', 100, is_long=False)
in_every_order('lifecycle-10000', 10_000, is_long=True)
