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

from yolo_deepsort_ros.deepsort.frame_clock import FrameClock, MAX_STEP, MIN_PERIOD
from yolo_deepsort_ros.errors import StampError
from yolo_deepsort_ros.stamp_order import Order

LATE_PERIODS = 3


def advance(clock, stamp):
    """Take the next stamp; return the frame periods passed."""
    order, periods = clock.take(stamp, LATE_PERIODS)
    assert order is Order.NEXT
    return periods


@pytest.mark.parametrize('name, rate, stamps, periods', [
    ('nominal', 10, [5.0, 5.1, 5.2], [1, 1, 1]),
    ('a dropped frame', 10, [5.0, 5.2], [1, 2]),
    ('late by a fifth', 10, [5.0, 5.12], [1, 1.2]),
    ('learnt from the first stamps', 0, [0, 0.04, 0.08, 0.16], [1, 1, 1, 2]),
    ('a day of unix time', 30, [1.7e9, 1.7e9 + 1 / 30], [1, 1]),
])
def test_periods(name, rate, stamps, periods):
    clock = FrameClock(rate)
    assert [advance(clock, stamp) for stamp in stamps] == pytest.approx(periods, abs=1e-9)


def test_a_nominal_step_is_exactly_one():
    clock = FrameClock(30)
    assert {advance(clock, 1.7e9 + i / 30) for i in range(100)} == {1.0}


def test_the_learnt_rate():
    clock = FrameClock(0)
    assert clock.rate == 1.0
    for i in range(10):
        advance(clock, i / 25)
    assert clock.rate == pytest.approx(25)


@pytest.mark.parametrize('stamp', [math.nan, math.inf, -math.inf])
def test_refused_stamps(stamp):
    clock = FrameClock(10)
    advance(clock, 5.0)
    with pytest.raises(StampError):
        clock.take(stamp, LATE_PERIODS)
    assert advance(clock, 5.1) == 1


@pytest.mark.parametrize('stamps', [
    [0.0, 5e-324, 1e-323, 1e300], [-1.7e308, 1.7e308], [0.0, 1e-323, 1.0, 1e9],
], ids=str)
def test_steps_of_any_size_are_periods(stamps):
    for rate in (0.0, 1000.0):
        clock = FrameClock(rate)
        for stamp in stamps:
            assert 0 <= clock.ahead(stamp) <= MAX_STEP / MIN_PERIOD
            assert 0 <= advance(clock, stamp) <= MAX_STEP / MIN_PERIOD


#: name: (stamps in frame periods of 0.1 s after 10 s; what each is: . next, l late, R restart)
ORDERS = {
    'swapped': ([0, 1, 3, 2, 4], '...l.'),
    'twice the same': ([0, 1, 1, 1, 2], '..ll.'),
    'late by three periods': ([0, 1, 2, 3, 0, 4], '....l.'),
    'late again and again': ([0, 4, 1, 2, 3, 1, 2, 5], '..lllll.'),
    'one of another time': ([0, 1, -100, 2, -100, 3], '..l.l.'),
    'a bag that loops': ([0, 1, 2, -50, -49, -48], '...lR.'),
    'the first two of it swapped': ([0, 1, 2, -49, -50, -48], '...llR'),
    'the same one twice is no restart': ([0, 1, -50, -50, -50, 2], '..lll.'),
    'a late one says that time goes on': ([0, 1, 2, -50, 1, -49, 3], '...lll.'),
    'back and forth': ([0, 1, -50, -49, 2, 3, -50, -49], '..lR..lR'),
    'backwards all the time': ([0, -10, -20, -30, -40], '.llll'),
}


@pytest.mark.parametrize(('stamps', 'expected'), ORDERS.values(), ids=ORDERS)
def test_late_stamps_and_time_that_starts_again(stamps, expected):
    clock, words = FrameClock(10), {Order.NEXT: '.', Order.LATE: 'l', Order.RESTART: 'R'}
    found = ''
    for stamp in stamps:
        order = clock.judge(10 + stamp / 10, LATE_PERIODS)
        assert clock.take(10 + stamp / 10, LATE_PERIODS)[0] is order
        found += words[order]
    assert found == expected
    assert (clock.late, clock.restarts) == (found.count('l'), found.count('R'))


def test_without_a_known_period_any_step_back_is_further_than_late():
    clock = FrameClock(0)
    orders = [clock.take(stamp, LATE_PERIODS)[0] for stamp in (5.0, 4.99, 4.995)]
    assert orders == [Order.NEXT, Order.LATE, Order.RESTART]
