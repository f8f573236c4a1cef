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

"""Assignment and cascade by hand-computed tables."""

from importlib.machinery import PathFinder
import subprocess
import sys

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from yolo_deepsort_ros import linear_assignment
from yolo_deepsort_ros.deepsort.assignment import assign
from yolo_deepsort_ros.deepsort.cascade import match_cascade

INF = np.inf


@pytest.mark.parametrize('name, costs, pairs, free_rows, free_columns', [
    ('the diagonal is cheaper in sum', [[.1, .2], [.1, .5]], [(0, 1), (1, 0)], [], []),
    ('the limit is allowed', [[.6]], [(0, 0)], [], []),
    ('just above the limit is not', [[.6000001]], [], [0], [0]),
    ('forbidden', [[INF, .3], [INF, INF]], [(0, 1)], [1], [0]),
    ('all forbidden', [[INF, INF]], [], [0], [1, 0]),
    ('more rows than columns', [[.5], [.1], [.3]], [(1, 0)], [0, 2], []),
    ('more columns than rows', [[.5, .1, .3]], [(0, 1)], [], [0, 2]),
    ('no rows', np.zeros((0, 3)), [], [], [0, 1, 2]),
    ('no columns', np.zeros((2, 0)), [], [0, 1], []),
    # the solver leaves column 0 over; columns 1 and 2 come back from refused pairs
    ('left over first, refused after', [[INF, .7, INF], [INF, INF, .7]], [], [0, 1], [2, 0, 1]),
])
def test_assign(name, costs, pairs, free_rows, free_columns):
    found = assign(np.array(costs, float), 0.6)
    assert list(zip(found.rows, found.columns, strict=True)) == pairs
    assert found.free_rows.tolist() == free_rows
    assert sorted(found.free_columns.tolist()) == sorted(free_columns)


@pytest.mark.parametrize('rows, columns', [(3, 5), (5, 3), (4, 4), (1, 2), (0, 2), (2, 0)])
def test_when_nothing_is_allowed_the_order_is_the_solvers(rows, columns):
    costs = np.full((rows, columns), 0.7)
    chosen = linear_sum_assignment(costs)[1]
    left_over = [column for column in range(columns) if column not in chosen]
    assert assign(costs, 0.6).free_columns.tolist() == [*left_over, *chosen]


def test_free_columns_come_in_the_order_of_the_authors_program():
    costs = np.array([[.1, INF, INF, INF], [INF, .7, INF, INF], [INF, INF, .7, INF]])
    found = assign(costs, 0.6)
    left_over = sorted(set(range(4)) - {0} - set(found.free_columns[1:].tolist()))
    assert found.free_columns[:1].tolist() == left_over
    assert len(found.free_columns) == 3


def test_forbidden_pairs_weigh_just_more_than_the_limit():
    # one match at .1 and one refused pair (.1 + .60001) beat two matches (.6 + .59)
    costs = np.array([[.1, .6], [.59, INF]])
    found = assign(costs, 0.6)
    assert list(zip(found.rows, found.columns, strict=True)) == [(0, 0)]
    assert found.free_columns.tolist() == [1]


def test_recently_seen_tracks_choose_first():
    costs = np.array([[.3, .5], [.1, .2]])  # the older track would take column 0 for less
    rows, columns, free = match_cascade(costs, np.array([1, 2]), 0.6)
    assert list(zip(rows, columns, strict=True)) == [(0, 0), (1, 1)]
    assert free.tolist() == []


def test_a_level_hands_its_refused_detections_on():
    costs = np.array([[INF, INF], [.2, INF]])
    rows, columns, free = match_cascade(costs, np.array([1, 5]), 0.6)
    assert list(zip(rows, columns, strict=True)) == [(1, 0)]
    assert free.tolist() == [1]


def test_without_tracks_all_detections_stay_free_in_order():
    rows, columns, free = match_cascade(np.zeros((0, 3)), np.zeros(0, int), 0.6)
    assert (len(rows), len(columns), free.tolist()) == (0, 0, [0, 1, 2])


def test_a_tracker_loads_no_more_of_scipy_than_its_solver():
    code = (
        'import sys, yolo_deepsort_ros.deepsort.tracker; '
        'print("scipy.optimize" in sys.modules)'
    )
    printed = subprocess.run(
        [sys.executable, '-c', code], capture_output=True, check=True, text=True).stdout
    assert printed.split() == ['False']


@pytest.mark.parametrize('lacks', ['the file', 'the function'])
def test_where_scipy_has_its_solver_elsewhere_the_whole_is_imported(monkeypatch, lacks):
    found = None if lacks == 'the file' else PathFinder.find_spec('colorsys')
    monkeypatch.setattr(PathFinder, 'find_spec', lambda name, path: found)
    assert linear_assignment.load_solver() is linear_sum_assignment


def test_the_solver_is_that_of_scipy():
    generator = np.random.default_rng(1)
    solve = linear_assignment.load_solver()
    for _ in range(50):
        costs = generator.integers(0, 4, generator.integers(0, 9, 2)).astype(float)
        assert np.array_equal(solve(costs), linear_sum_assignment(costs))
