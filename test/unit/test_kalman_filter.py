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


"""The closed-form filter against the textbook's full matrices, one box at a time."""

import numpy as np
from oracles import TextbookKalmanFilter
import pytest

from yolo_deepsort_ros.deepsort import kalman_filter

BOXES = np.array([[100, 50, 0.5, 80], [320, 240, 1.2, 33.5], [5, 9, 0.1, 400]], float)
STEPS = np.array([[3, -2, 0.01, 1], [0, 0, 0, 0], [-8, 5, -0.02, -7]], float)


@pytest.fixture
def filters():
    return [TextbookKalmanFilter(box) for box in BOXES]


def covariances(states):
    """Write the four 2 x 2 blocks of each state into the textbook's 8 x 8 matrix."""
    full = np.zeros((len(states), 8, 8))
    position, velocity = np.arange(4), np.arange(4, 8)
    full[:, position, position] = states[:, 2]
    full[:, position, velocity] = full[:, velocity, position] = states[:, 3]
    full[:, velocity, velocity] = states[:, 4]
    return full


def test_a_life_of_twenty_frames_equals_the_textbook(filters):
    states = kalman_filter.initiate(BOXES)
    for frame in range(1, 21):
        states = kalman_filter.predict(states, 1.0)
        measured = BOXES + frame * STEPS
        for one in filters:
            one.predict()
        expected = np.array([[one.distance(box) for box in measured] for one in filters])
        inside = kalman_filter.gate(states, measured, 9.4877)
        assert np.transpose(inside).tolist() == np.argwhere(expected <= 9.4877).tolist()
        if frame % 4:  # every fourth frame goes unseen
            states = kalman_filter.update(states, measured)
            for one, box in zip(filters, measured, strict=True):
                one.update(box)
        means = states[:, :2].reshape(-1, 8)
        np.testing.assert_allclose(means, [one.mean for one in filters], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(
            covariances(states), [one.covariance for one in filters], rtol=1e-8, atol=1e-12
        )


def test_two_half_steps_move_as_far_as_one():
    states = kalman_filter.initiate(BOXES)
    states[:, 1] = STEPS
    once = kalman_filter.predict(states, 1.0)
    twice = kalman_filter.predict(kalman_filter.predict(states, 0.5), 0.5)
    np.testing.assert_allclose(once[:, 0], twice[:, 0])


def test_inputs_are_left_alone():
    states = kalman_filter.initiate(BOXES)
    before = states.copy()
    kalman_filter.predict(states, 2.0)
    kalman_filter.update(states, BOXES + 1)
    np.testing.assert_array_equal(states, before)


def test_no_tracks_and_no_measurements():
    nobody = kalman_filter.predict(kalman_filter.initiate(np.zeros((0, 4))), 1.0)
    assert kalman_filter.update(nobody, np.zeros((0, 4))).shape == (0, 5, 4)
    for states, boxes in ((nobody, BOXES), (kalman_filter.initiate(BOXES), np.zeros((0, 4)))):
        assert [len(indices) for indices in kalman_filter.gate(states, boxes, 9.4877)] == [0, 0]
