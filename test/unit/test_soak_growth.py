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

"""What tools/soak.py calls growth: a leak, and not the steps of a heap."""

from pathlib import Path
import sys

import numpy as np
import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / 'tools'))

from soak_runs.series import growth, MAX_GROWTH  # noqa: E402, I100, RUF100

HOURS = np.arange(0, 900, 5) / 3600  # the last half of half an hour, a sample each 5 s
PAGE = 4096


@pytest.mark.parametrize('rate, is_found', [(0, False), (2e6, False), (8e6, True), (65e6, True)])
@pytest.mark.parametrize('grain', [PAGE, 2**17])
def test_a_leak_is_found_whatever_the_grain_in_which_memory_comes(rate, is_found, grain):
    random = np.random.default_rng(0)
    held = 5e7 + np.floor(HOURS * rate / grain) * grain + PAGE * random.integers(3, size=180)
    middle, most = growth(HOURS, held)
    assert (most >= MAX_GROWTH) == is_found
    assert middle <= most


@pytest.mark.parametrize('steps, is_found', [((0.5,), False), ((0.3, 0.7), False), (
    np.linspace(0.02, 0.98, 12), True)])
def test_a_step_is_no_leak_and_steps_all_the_time_are_one(steps, is_found):
    held = 5e7 + 1e6 * np.searchsorted(steps, HOURS / HOURS[-1])
    _, most = growth(HOURS, held)
    assert (most >= MAX_GROWTH) == is_found


def test_too_few_samples_say_nothing():
    assert growth(HOURS[:4], [5e7] * 4)[1] == np.inf
    assert growth(HOURS[:1], [5e7])[1] == np.inf
