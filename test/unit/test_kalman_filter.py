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

"""The batched filter against the textbook's, one box at a time."""

import numpy as np
from oracles import TextbookKalmanFilter
import pytest

from yolo_deepsort_ros.deepsort import kalman_filter

BOXES = np.array([[100, 50, 0.5, 80], [320, 240, 1.2, 33.5], [5, 9, 0.1, 400]], float)
STEPS = np.array([[3, -2, 0.01, 1], [0, 0, 0, 0], [-8, 5, -0.02, -7]], float)


@pytest.fixture
def filters():
    return [TextbookKalmanFilter(box) for box in BOXES]


def test_a_life_of_twenty_frames_equals_the_textbook(filters):
    means, covariances = kalman_filter.initiate(BOXES)
    for frame in range(1, 21):
        means, covariances = kalman_filter.predict(means, covariances, 1.0)
        measured = BOXES + frame * STEPS
        distances = kalman_filter.gating_distances(means, covariances, measured)
        for one in filters:
            one.predict()
        expected = [[one.distance(box) for box in measured] for one in filters]
        np.testing.assert_allclose(distances, expected, rtol=1e-9)
        if frame % 4:  # every fourth frame goes unseen
            means, covariances = kalman_filter.update(means, covariances, measured)
            for one, box in zip(filters, measured, strict=True):
                one.update(box)
        np.testing.assert_allclose(means, [one.mean for one in filters], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(
            covariances, [one.covariance for one in filters], rtol=1e-8, atol=1e-12
        )


def test_two_half_steps_move_as_far_as_one():
    means, covariances = kalman_filter.initiate(BOXES)
    means[:, 4:] = STEPS
    once, _ = kalman_filter.predict(means, covariances, 1.0)
    twice, _ = kalman_filter.predict(*kalman_filter.predict(means, covariances, 0.5), 0.5)
    np.testing.assert_allclose(once, twice)


def test_inputs_are_left_alone():
    means, covariances = kalman_filter.initiate(BOXES)
    before = means.copy(), covariances.copy()
    kalman_filter.predict(means, covariances, 2.0)
    kalman_filter.update(means, covariances, BOXES + 1)
    np.testing.assert_array_equal(means, before[0])
    np.testing.assert_array_equal(covariances, before[1])


def test_no_tracks_and_no_measurements():
    means, covariances = kalman_filter.initiate(np.zeros((0, 4)))
    means, covariances = kalman_filter.predict(means, covariances, 1.0)
    assert kalman_filter.gating_distances(means, covariances, BOXES).shape == (0, 3)
    assert kalman_filter.update(means, covariances, np.zeros((0, 4)))[0].shape == (0, 8)
    some = kalman_filter.initiate(BOXES)
    assert kalman_filter.gating_distances(*some, np.zeros((0, 4))).shape == (3, 0)
