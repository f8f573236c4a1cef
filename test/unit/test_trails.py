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

"""Trails and the rate of frames."""

from __future__ import annotations

import pytest

from yolo_deepsort_ros.visualization.trails import FrameRate, Trails


def box(x: float) -> list[float]:
    """Return a box whose feet are at x, 50."""
    return [x - 5, 20, 10, 30]


def feet(trails: Trails, stamp: float, **boxes: float) -> dict[int, list[float]]:
    """Add tracks, named as in t3=x; return the x of their trails."""
    ids = [int(name[1:]) for name in boxes]
    found = trails.add(ids, [box(x) for x in boxes.values()], stamp)
    assert all((trail[:, 1] == 50).all() for trail in found)
    return {track: trail[:, 0].tolist() for track, trail in zip(ids, found, strict=True)}


def test_a_trail_is_as_long_as_said():
    trails = Trails(1.0)
    assert feet(trails, 10.0, t1=100) == {1: [100]}
    assert feet(trails, 10.5, t1=110, t2=7) == {1: [100, 110], 2: [7]}
    assert feet(trails, 11.0, t1=120) == {1: [110, 120]}
    assert feet(trails, 11.4, t2=9) == {2: [7, 9]}, 'a short absence is bridged'


def test_nobody_seen_for_long_is_remembered():
    trails = Trails(1.0)
    for number in range(1, 1000):
        trails.add([number], [box(1)], number / 10)
    assert len(trails._points) == 10


def test_what_has_no_id_has_no_trail():
    assert feet(Trails(1.0), 1.0, t0=5) == {0: []}


def test_no_trails_for_no_time():
    trails = Trails(0.0)
    assert [feet(trails, stamp, t1=5) for stamp in (1.0, 2.0)] == [{1: []}] * 2


def test_a_clock_set_back_begins_anew():
    trails = Trails(1.0)
    feet(trails, 10.0, t1=100)
    assert feet(trails, 9.9, t1=110) == {1: [110]}


def test_a_late_frame_changes_nothing():
    trails, frames = Trails(1.0), FrameRate()
    feet(trails, 10.0, t1=100)
    assert feet(trails, 9.9, t1=50, t2=7) == {1: [50], 2: [7]}
    assert feet(trails, 10.1, t1=110, t2=8) == {1: [100, 110], 2: [8]}
    assert [frames.add(stamp) for stamp in (5.0, 5.5, 5.4, 6.0)] == [0, 2, 0, 2]


def test_no_tracks():
    assert Trails(1.0).add([], [], 1.0) == []


@pytest.mark.parametrize(('stamps', 'rate'), [
    ([5.0], 0.0),
    ([5.0, 5.5], 2.0),
    ([0.0, *(100 + i / 20 for i in range(30))], 20.0),
    ([5.0, 5.5, 1.0], 0.0),
    ([5.0, 5.5, 1.0, 1.1], 10.0),
    ([5.0, 5.0], 0.0),
])
def test_the_rate_of_the_newest_frames(stamps: list[float], rate: float):
    frames = FrameRate()
    assert [frames.add(stamp) for stamp in stamps][-1] == pytest.approx(rate)
