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

"""Conversions, clipping and overlap of boxes, by hand-computed tables."""

import numpy as np
import pytest

from yolo_deepsort_ros import boxes

TLWH = [[10, 20, 30, 40], [-5, 0, 10, 8]]


def test_each_format_by_hand():
    assert boxes.tlwh_to_xyxy(TLWH).tolist() == [[10, 20, 40, 60], [-5, 0, 5, 8]]
    assert boxes.tlwh_to_xyah(TLWH).tolist() == [[25, 40, 0.75, 40], [0, 4, 1.25, 8]]


@pytest.mark.parametrize('there, back', [
    (boxes.tlwh_to_xyxy, boxes.xyxy_to_tlwh),
    (boxes.tlwh_to_xyah, boxes.xyah_to_tlwh),
])
def test_conversions_come_back_and_leave_the_input_alone(there, back):
    given = np.array(TLWH, float)
    np.testing.assert_allclose(back(there(given)), TLWH)
    assert given.tolist() == TLWH


@pytest.mark.parametrize('name, box, clipped', [
    ('inside', [1, 2, 3, 4], [1, 2, 3, 4]),
    ('over the left edge', [-2, 2, 5, 4], [0, 2, 3, 4]),
    ('over the right and bottom edge', [90, 45, 20, 20], [90, 45, 10, 5]),
    ('covers the picture', [-10, -10, 200, 200], [0, 0, 100, 50]),
    ('outside to the right', [120, 10, 5, 5], [100, 10, 0, 5]),
    ('outside above', [10, -20, 5, 5], [10, 0, 5, 0]),
])
def test_clip(name, box, clipped):
    assert boxes.clip_tlwh([box], 100, 50).tolist() == [clipped]


@pytest.mark.parametrize('name, first, second, iou', [
    ('the same', [0, 0, 10, 10], [0, 0, 10, 10], 1),
    ('half moved', [0, 0, 10, 10], [5, 0, 10, 10], 1 / 3),
    ('contained', [0, 0, 10, 10], [2, 2, 5, 2], 0.1),
    ('touching', [0, 0, 10, 10], [10, 0, 10, 10], 0),
    ('apart', [0, 0, 10, 10], [50, 50, 10, 10], 0),
    ('no area', [0, 0, 10, 10], [2, 2, 0, 5], 0),
    ('both no area', [2, 2, 0, 0], [2, 2, 0, 0], 0),
])
def test_iou(name, first, second, iou):
    assert boxes.iou_matrix([first], [second])[0, 0] == pytest.approx(iou)
    assert boxes.iou_matrix([second], [first])[0, 0] == pytest.approx(iou)


def test_nothing_gives_nothing():
    assert boxes.tlwh_to_xyah([]).shape == (0, 4)
    assert boxes.iou_matrix([], TLWH).shape == (0, 2)
    assert boxes.iou_matrix(TLWH, []).shape == (2, 0)
