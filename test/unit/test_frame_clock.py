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

"""Stamps as frame periods."""

import math

import pytest

from yolo_deepsort_ros.deepsort.frame_clock import FrameClock
from yolo_deepsort_ros.errors import StampError


@pytest.mark.parametrize('name, rate, stamps, periods', [
    ('nominal', 10, [5.0, 5.1, 5.2], [1, 1, 1]),
    ('a dropped frame', 10, [5.0, 5.2], [1, 2]),
    ('late by a fifth', 10, [5.0, 5.12], [1, 1.2]),
    ('learnt from the first stamps', 0, [0, 0.04, 0.08, 0.16], [1, 1, 1, 2]),
    ('a day of unix time', 30, [1.7e9, 1.7e9 + 1 / 30], [1, 1]),
])
def test_periods(name, rate, stamps, periods):
    clock = FrameClock(rate)
    assert [clock.advance(stamp) for stamp in stamps] == pytest.approx(periods, abs=1e-9)


def test_a_nominal_step_is_exactly_one():
    clock = FrameClock(30)
    assert {clock.advance(1.7e9 + i / 30) for i in range(100)} == {1.0}


def test_the_learnt_rate():
    clock = FrameClock(0)
    assert clock.rate == 1.0
    for i in range(10):
        clock.advance(i / 25)
    assert clock.rate == pytest.approx(25)


@pytest.mark.parametrize('stamp', [math.nan, math.inf, 5.0])
def test_refused_stamps(stamp):
    clock = FrameClock(10)
    clock.advance(5.0)
    with pytest.raises(StampError):
        clock.check(stamp)


def test_a_backwards_stamp_does_not_follow():
    clock = FrameClock(10)
    clock.advance(5.0)
    assert clock.check(5.1)
    assert not clock.check(4.9)
