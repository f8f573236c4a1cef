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

"""The framework of tools/faults.py, without nodes: measures, verdict, table, exit code."""

from pathlib import Path
import sys

from hypothesis import given, strategies as st
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'tools')]

from fault_cases import measuring  # noqa: E402, I100
from fault_cases.fault import (  # noqa: E402
    alone, Broken, exit_code, Fault, Result, Skipped, table,
)
from fault_cases.protections import edited, PROTECTIONS  # noqa: E402

STEADY = [number / 10 for number in range(100)]  # 10 Hz for 10 s


def test_rate_and_silence():
    assert measuring.rate(STEADY, 2.0, 4.0) == 10.0
    holed = [time for time in STEADY if not 3.05 < time < 6.0]
    assert measuring.silence(holed, 0.0, 9.0) == pytest.approx(3.0)
    assert measuring.silence([], 1.0, 3.0) == 2.0


@given(st.integers(0, 40))
def test_recovery_is_the_time_until_the_normal_rate_begins(silent):
    times = [time for time in STEADY if not 3.0 <= time < 3.0 + silent / 10]
    found = measuring.recovery(times, 3.0, 10.0, now=10.0)
    # Two of ten may be missing in the first second.
    assert found == pytest.approx(silent / 10 if silent > 2 else 0.0)


def test_no_recovery_is_none():
    assert measuring.recovery(STEADY[:30], 3.0, 10.0, now=10.0) is None
    assert measuring.recovery(STEADY, 9.5, 10.0, now=10.0) is None  # not known yet


def test_lost_images_and_ids():
    images = [(0.0, 1), (1.0, 2), (2.0, 3), (3.0, 4)]
    assert measuring.lost(images, {1, 3}, 0.0, 3.0) == 1
    tracks = [measuring.Tracks(0.5, 1, ('1', '2'), ('', '')), measuring.Tracks(5.0, 2, ('3',), '')]
    assert measuring.ids_of(tracks, 0.0, 1.0) == {'1', '2'}


def test_a_counter_that_nobody_has_is_zero():
    status = measuring.Status(0.0, 1, '', {'late': '7', 'state': 'active'})
    assert [measuring.counter(status, name) for name in ('late', 'state', 'x')] == [7, 0, 0]
    assert measuring.counter(None, 'late') == 0


def found(*verdicts):
    return [Result(f'f{n}', 'lives', ok, 'seen') for n, ok in enumerate(verdicts)]


@pytest.mark.parametrize('verdicts, least, code', [
    ((True, True), 2, 0), ((True, None), 1, 0), ((True, None), 2, 1), ((True, False), 1, 1),
    ((), 0, 0),
])
def test_exit_code(verdicts, least, code):
    assert exit_code(found(*verdicts), least) == code


def test_the_table_has_a_row_a_fault():
    rows = table([Result('x', 'lives', False, 'a|b\nc', 1.25, 3), *found(None)]).splitlines()
    assert rows[2:] == [
        '| `x` | lives | **broken** | a/b c | 1.2 | 3 |',
        '| `f0` | lives | skipped | seen |  |  |',
    ]


def test_what_an_injection_raises_is_its_verdict(tmp_path):
    def inject(kind):
        def run(_):
            if kind:
                raise kind('why')
            return 'fine'
        return alone(Fault('x', '', 'lives', run), tmp_path)
    results = [inject(kind) for kind in (None, Broken, Skipped)]
    assert [(r.ok, r.seen) for r in results] == [(True, 'fine'), (False, 'why'), (None, 'why')]


def test_what_protects_can_be_taken_out_of_the_tree():
    for protection in PROTECTIONS:
        for edit in protection.edits:
            path = ROOT / edit.file
            text = edited(path.read_text(encoding='utf-8'), edit)
            compile(text, path, 'exec')
