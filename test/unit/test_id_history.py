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

"""When each id was seen, and when ids have begun anew."""

import pytest

from yolo_deepsort_ros.web.id_history import HOLE, IdHistory, MAX_IDS
from yolo_deepsort_ros.web.shown_frame import shown_tracks


@pytest.fixture
def restarts():
    return []


@pytest.fixture
def history(restarts):
    return IdHistory(lambda: restarts.append(True))


def add(history, stamp, *ids):
    """Have these ids be there at a stamp (s)."""
    history.add(shown_tracks(
        round(stamp * 1e9), ids, [[0, 0, 9, 9]] * len(ids), [0.5] * len(ids), ['cup'] * len(ids),
        None,
    ))


def spans(history):
    return {row['id']: row['spans'] for row in history.since(0)[1]['rows']}


def test_a_gap_begins_another_span(history):
    for stamp, *ids in [(1, 1, 2), (1.1, 1), (1.2, 1, 2), (1.3, 1, 2)]:
        add(history, stamp, *ids)
    assert spans(history) == {1: [[1.0, 1.3]], 2: [[1.0, 1.0], [1.2, 1.3]]}
    assert history.age(2) == pytest.approx(0.3)


def test_a_time_without_messages_is_a_hole(history, restarts):
    add(history, 1, 1)
    add(history, 1 + 2 * HOLE, 1)
    assert spans(history) == {1: [[1.0, 1.0], [5.0, 5.0]]}
    assert history.since(0)[1]['looked'] == [[1.0, 1.0], [5.0, 5.0]]
    assert not restarts


def test_only_what_has_changed_is_told(history):
    add(history, 1, 1, 2)
    version, _ = history.since(0)
    add(history, 1.1, 1)
    assert [row['id'] for row in history.since(version)[1]['rows']] == [1]


def test_who_is_hidden(history):
    add(history, 1, 7)
    add(history, 1.5)
    assert history.hidden_for(7) == pytest.approx(0.5)
    assert history.hidden_for(8) == float('inf')


def test_an_id_that_the_tracker_cannot_have_kept_is_another_object(history, restarts):
    history.kept = 1.0
    for tenth in range(100):
        add(history, tenth / 10, *((1, 2) if tenth < 10 else (2, 3)))
    assert not restarts
    add(history, 10.0, 1)
    assert restarts == [True]
    assert spans(history) == {1: [[10.0, 10.0]]}


def test_an_id_that_comes_back_in_time_is_the_same(history, restarts):
    history.kept = 1.0
    for tenth in range(20):
        add(history, tenth / 10, *((1, 2) if tenth < 10 else (2, 3)))
    add(history, 2.0, 1, 2)
    assert not restarts


def test_a_low_id_that_was_lost_before_anybody_looked_may_come_back(history, restarts):
    history.kept = 5.0
    add(history, 1, 9)
    add(history, 2, 9, 4)
    assert not restarts


def test_time_that_starts_again_forgets_all(history, restarts):
    for stamp in (100, 101, 1, 1.1):
        add(history, stamp, 1)
    assert restarts == [True]
    assert spans(history) == {1: [[1.1, 1.1]]}


def test_it_stays_small(history):
    for number in range(MAX_IDS + 50):
        add(history, 1 + number / 100, number + 1)
    assert len(spans(history)) == MAX_IDS
    add(history, 5000, 9999)
    assert list(spans(history)) == [9999]
