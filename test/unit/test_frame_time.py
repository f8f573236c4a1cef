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

"""Stamps whose clock is set while frames go on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from yolo_deepsort_ros.nodes.stages.frame_time import FrameTime

PERIOD, DELAY, START = 0.1, 0.05, 1000.0
HOUR = 3600.0
EVEN = pytest.approx([number * PERIOD for number in range(20)], abs=0.01)


def flow(frames, present=0.0):
    """
    Return times and steps of frames, given as (stamp - START, arrival, ahead of this machine).

    This machine's clock shows `present` more than the frames' unset clock.
    """
    clock = FrameTime()
    found = []
    for stamp, arrival, *set_by in frames:
        now = START + arrival + present + sum(set_by)
        moment = clock.of(START + stamp, arrival, now)
        found.append((None if moment is None else round(moment - START, 6), round(clock.step, 6)))
    return found


def steady(numbers, ahead=0.0, late=0.0):
    return [(number * PERIOD + ahead, number * PERIOD + DELAY + late) for number in numbers]


def steps(frames, **how):
    return [step for _, step in flow(frames, **how) if step]


def test_without_a_step_times_are_the_stamps():
    frames = [*steady(range(9)), *steady(range(100, 109)), *steady([90, 110], late=7.0)]
    assert flow(frames) == [(round(stamp, 6), 0) for stamp, _ in frames]


@pytest.mark.parametrize('ahead', [1.5, 60.0, HOUR, 1.7e9])
def test_a_clock_set_ahead_goes_on(ahead):
    frames = [*steady(range(9)), *steady(range(9, 20), ahead)]
    found = flow(frames)
    assert [moment for moment, _ in found] == EVEN
    assert [step for _, step in found if step] == [pytest.approx(ahead, abs=1e-5)]
    assert found[9][1] > 0


def test_a_clock_set_back_to_the_present_goes_on():
    frames = [*steady(range(9), HOUR), *steady(range(9, 20))]
    found = flow(frames)
    assert [moment - HOUR for moment, _ in found] == EVEN
    assert [step for _, step in found if step] == [-HOUR]


def test_where_nothing_says_that_a_stamp_is_the_present_a_bag_has_started_again():
    frames = [*steady(range(9), HOUR), *steady(range(9, 20))]
    for present in (1e8, -1e8, HOUR):
        assert steps(frames, present=present) == []


@pytest.mark.parametrize('late', [0.5, 2.0, 30.0])
def test_late_frames_are_no_steps(late):
    frames = [*steady(range(9)), *steady([5], late=late), *steady([9], late=late)]
    frames += steady(range(20 + int(10 * late), 30 + int(10 * late)))
    assert steps(frames) == []


def test_a_real_gap_is_none():
    assert steps([*steady(range(9)), *steady(range(900, 909)), *steady([90000, 90001])]) == []


def test_a_single_stamp_of_another_time():
    frames = [*steady(range(9)), *steady([9], HOUR), *steady(range(10, 20))]
    found = flow(frames, present=1e8)
    assert [moment for moment, _ in found] == EVEN
    assert [step for _, step in found if step] == [HOUR, -HOUR]


def test_frames_from_before_the_step_may_still_come():
    frames = [*steady(range(9)), *steady([9, 10], HOUR), *steady([8], late=.3),
              *steady([12, 13], HOUR)]
    moments = [moment for moment, _ in flow(frames, present=1e8)]
    assert moments == pytest.approx([i * PERIOD for i in (*range(11), 8, 12, 13)], abs=.01)


def test_a_slow_drift_of_the_clocks_is_no_step():
    for drift in (5e-4, -5e-4):
        assert steps([(i * PERIOD * (1 + drift), i * PERIOD) for i in range(50_000)]) == []


def test_an_empty_stamp_is_none_once_there_was_another():
    frames = [(-START, 0.0), (-START, 0.1), (0.2, 0.2), (-START, 0.3), (0.4, 0.4)]
    found = flow(frames)
    assert [moment is None for moment, _ in found] == [False, True, False, True, False]


def test_after_a_restart_all_is_as_it_comes():
    clock = FrameTime()
    assert clock.of(5000.0, 1.0, 0.0) == 5000
    assert clock.of(10.0, 1.1, 1e9) == 10
    assert clock.of(10.1, 1.2, 1e9) == 10.1
    clock.begin_again()
    assert clock.of(10.2, 1.3, 1e9) == 10.2
    assert clock.of(100.0, 1.4, 1e9) == pytest.approx(10.3)
    assert clock.step == pytest.approx(89.7)


@given(st.lists(st.tuples(st.floats(-1e12, 1e12), st.floats(0, 100), st.floats(-1e12, 1e12))))
def test_any_stamps(frames):
    clock, arrival = FrameTime(), 0.0
    for stamp, passed, now in frames:
        arrival += passed
        moment = clock.of(stamp, arrival, now)
        assert moment is None or abs(moment) < 1e14
