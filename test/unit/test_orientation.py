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

"""Pictures turned and mirrored: where a mark in the top left corner goes."""

from __future__ import annotations

import numpy as np
import pytest

from yolo_deepsort_ros.images.orientation import oriented


@pytest.mark.parametrize(('rotate', 'flip', 'shape', 'corner'), [
    (0, 'none', (2, 3), (0, 0)),
    (90, 'none', (3, 2), (0, -1)),
    (180, 'none', (2, 3), (-1, -1)),
    (270, 'none', (3, 2), (-1, 0)),
    (0, 'horizontal', (2, 3), (0, -1)),
    (0, 'vertical', (2, 3), (-1, 0)),
    (90, 'horizontal', (3, 2), (0, 0)),
])
def test_the_corner(rotate: int, flip: str, shape: tuple[int, int], corner: tuple[int, int]):
    picture = np.zeros((2, 3, 3), np.uint8)
    picture[0, 0] = 255
    turned = oriented(picture, rotate, flip)
    assert turned.shape == (*shape, 3)
    assert turned[corner].all()
    assert turned.sum() == 3 * 255
