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

"""The filter of places: what stays true whatever it is told."""

import numpy as np
import pytest

from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.locating.box_edges import box_edges
from yolo_deepsort_ros.locating.floor_view import FloorView
from yolo_deepsort_ros.locating.position_filter import PositionFilter

CAMERA = Calibration.ideal(640, 480, (500.0, 0, 319.5, 0, 500.0, 239.5, 0, 0, 1))


@pytest.mark.parametrize('height', [0.05, 1.2, 300.0])
def test_covariances_stay_positive(height):
    """Boxes that make no sense, long gaps and odd cameras lose no more than they must."""
    row = np.array([0])
    for seed in range(20):
        random = np.random.default_rng(seed)
        view = FloorView.from_pose(CAMERA, height, pitch=random.uniform(0, 0.5))
        places = PositionFilter.empty()
        places.add(np.array([[3.0, 0.5]]), np.array([1.0]), np.array([0.5]))
        for seconds in random.choice([0.03, 10.0, 1000.0], 20):
            places.predict(seconds)
            left, top, tall = random.uniform([0, 0, 5], [600, 400, 200])
            edges = box_edges(np.array([[left, top, 30.0, tall]]), None)
            places.update_by_edges(row, edges, view, seconds)
            assert np.linalg.eigvalsh(places.covariances[0]).min() > 0
