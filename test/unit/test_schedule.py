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

"""Stamps of recordings, on a clock that moves only when waited for."""

from __future__ import annotations

from yolo_deepsort_ros.sources.schedule import FreeSchedule, PacedSchedule


class FakeClock:
    """A clock that passes by waiting, and by hand."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return False


def test_free_schedule_counts_from_zero():
    assert [FreeSchedule(4.0).stamp_of(i) for i in range(3)] == [0.0, 0.25, 0.5]


def test_paced_stamps_are_evenly_spaced_and_never_early():
    clock = FakeClock(100.0)
    schedule = PacedSchedule(4.0, clock, clock.wait)
    for index in range(5):
        assert schedule.stamp_of(index) == 100.0 + index / 4
        assert clock.now == 100.0 + index / 4
        clock.now += 0.125  # work shorter than a period


def test_lateness_within_a_period_keeps_the_grid():
    clock = FakeClock(0.0)
    schedule = PacedSchedule(4.0, clock, clock.wait)
    schedule.stamp_of(0)
    clock.now = 0.45
    assert schedule.stamp_of(1) == 0.25
    assert schedule.stamp_of(2) == 0.5


def test_lateness_beyond_a_period_shifts_the_schedule():
    clock = FakeClock(0.0)
    schedule = PacedSchedule(4.0, clock, clock.wait)
    schedule.stamp_of(0)
    clock.now = 10.0
    assert [schedule.stamp_of(i) for i in (1, 2)] == [10.0, 10.25]
    assert clock.now == 10.25


def test_a_clock_set_back_is_followed_at_once():
    clock = FakeClock(1000.0)
    schedule = PacedSchedule(4.0, clock, clock.wait)
    schedule.stamp_of(0)
    clock.now = 0.0
    assert [schedule.stamp_of(i) for i in (1, 2)] == [0.0, 0.25]
    assert clock.now == 0.25


def test_a_clock_set_back_during_the_wait_is_followed_too():
    """As by a bag that loops."""
    clock = FakeClock(1000.0)

    def wait(_: float) -> bool:
        clock.now = 7.0
        return False
    schedule = PacedSchedule(4.0, clock, wait)
    assert [schedule.stamp_of(i) for i in (0, 1)] == [1000.0, 7.0]


def test_waiting_ends_when_there_is_no_use_in_it():
    clock = FakeClock(0.0)
    schedule = PacedSchedule(4.0, clock, lambda _: True)
    schedule.stamp_of(0)
    assert schedule.stamp_of(1) == 0.25
    assert clock.now == 0.0
