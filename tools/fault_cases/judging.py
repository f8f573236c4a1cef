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

"""Whether a fault was held: what the witness has seen against what is promised."""

from __future__ import annotations

from contextlib import suppress

from fault_cases import measuring
from fault_cases.fault import Broken, expect, Fault, Result, Skipped
from fault_cases.rig import now, PATIENCE, Rig

CONTROL = 8.0  #: s without a fault by which a slow recovery is judged


def judge(fault: Fault, rig: Rig) -> Result:
    """Inject a fault and see what comes of it."""
    try:
        normal = rig.settled()
        begin = now()
        rig.cause_ended = None
        seen = fault.inject(rig)
        end = rig.cause_ended or now()
        rig.check_alive()
        deadline = now() + PATIENCE
        while (recovered := measuring.recovery(rig.times, end, normal, now())) is None:
            expect(now() < deadline, f'{seen}; no normal rate within {PATIENCE:g} s')
            rig.pause(0.1)
            rig.read()
        until = end + recovered
        if recovered > fault.within:
            check_quiet(rig, until, normal, f'{seen}; {recovered:.1f} s to recover')
        rig.pause(max(0.0, until + 1.5 - now()))
        rig.read()
        rig.check_alive()
    except Skipped as reason:
        return Result(fault.name, fault.promise, None, str(reason))
    except Broken as text:
        with suppress(Broken):
            rig.check_alive()
        return Result(fault.name, fault.promise, False, str(text))
    lost = measuring.lost(
        rig.images, {message.stamp for message in rig.tracks}, begin, until + 0.5
    )
    return verdict(fault, rig, seen, (begin, until), recovered, lost)


def check_quiet(rig: Rig, since: float, normal: float, seen: str) -> None:
    """Raise `Skipped` when the rate falls undisturbed, too: it says nothing of the fault then."""
    rig.pause(max(0.0, since + CONTROL - now()))
    rig.read()
    rates = [
        measuring.rate(rig.times, since + second, since + second + 1.0)
        for second in range(1, int(CONTROL) - 1)
    ]
    if min(rates) < measuring.NORMAL * normal:
        raise Skipped(f'the machine is too busy to judge: {seen}, and undisturbed later down to '
                      f'{min(rates):.0f} Hz, too')


def verdict(
    fault: Fault, rig: Rig, seen: str, span: tuple[float, float], recovered: float, lost: int
) -> Result:
    """Return the result of a fault after which the rate is normal again."""
    begin, until = span
    before = measuring.ids_of(rig.tracks, begin - 1.0, begin)
    after = measuring.ids_of(rig.tracks, until, until + 1.5)
    kept = before & after
    parts = [seen, f'silent for {measuring.silence(rig.times, begin, until + 0.5):.1f} s']
    if fault.keeps_ids:
        parts.append(f'{len(kept)} of {len(before)} ids stayed')
    ok = recovered <= fault.within and (not fault.keeps_ids or 2 * len(kept) >= len(before))
    return Result(
        fault.name, fault.promise, ok, '; '.join(filter(None, parts)), round(recovered, 2), lost
    )
