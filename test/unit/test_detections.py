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

"""The boundary that all detections cross."""

import numpy as np
import pytest

from yolo_deepsort_ros import Detections
from yolo_deepsort_ros.errors import InputError

BOX = [10.0, 20.0, 30.0, 40.0]


def test_arrays_are_copies_that_cannot_be_changed():
    boxes = np.array([BOX])
    found = Detections(boxes, [0.5])
    boxes[:] = 0
    assert found.tlwh.tolist() == [BOX]
    with pytest.raises(ValueError, match='read-only'):
        found.tlwh[0, 0] = 1


def test_classes_are_zero_when_left_out():
    assert Detections([BOX, BOX], [0.5, 0.6]).class_ids.tolist() == [0, 0]


def test_selection_keeps_the_columns_together():
    found = Detections([BOX, [1, 2, 3, 4]], [0.5, 0.6], [7, 8], [[1, 0], [0, 1]])
    chosen = found[found.scores > 0.55]
    assert len(chosen) == 1
    assert (chosen.class_ids[0], chosen.features.tolist()) == (8, [[0, 1]])


def test_empty():
    assert len(Detections.empty()) == 0
    assert len(Detections([], [])) == 0
    assert Detections.empty().with_features(np.zeros((0, 5))).features.shape == (0, 5)


@pytest.mark.parametrize(('count', 'kept'), [
    (0, []), (2, [1, 3]), (3, [0, 1, 3]), (9, [0, 1, 2, 3]),
])
def test_the_strongest_keep_their_order(count, kept):
    found = Detections([BOX] * 4, [0.5, 0.9, 0.5, 0.8], [0, 1, 2, 3])
    assert found.strongest(count).class_ids.tolist() == kept


@pytest.mark.parametrize('name, arguments, message', [
    ('NaN', ([BOX, [0, 0, np.nan, 1]], [1, 1]),
     'tlwh holds NaN or infinite values, first nan in row 1; leave such out'),
    ('infinite score', ([BOX], [np.inf]),
     'scores holds NaN or infinite values, first inf in row 0'),
    ('half a feature', ([BOX] * 3, [1] * 3, None, [[np.nan] * 2, [1, 0], [1, -np.inf]]),
     'features holds NaN or infinite values, first -inf in row 2'),
    ('zero width', ([BOX, [0, 0, 0, 5]], [1, 1]), 'detection 1 has size 0 x 5'),
    ('huge', ([[0, 0, 1e160, 1]], [1]), 'detection 0 has size 1e.160 x 1'),
    ('far away', ([[-1e7, 0, 5, 5]], [1]), r'at \(-1e.07, 0\)'),
    ('smaller than can be', ([[0, 0, 1e-300, 5]], [1]), 'size 1e-300 x 5'),
    ('negative height', ([[0, 0, 5, -1]], [1]), 'detection 0 has size 5 x -1'),
    ('three columns', ([[1, 2, 3]], [1]), r'tlwh has shape \(1, 3\), expected \(any, 4\)'),
    ('too few scores', ([BOX, BOX], [1]), r'scores has shape \(1,\), expected \(2,\)'),
    ('classes as a table', ([BOX], [1], [[1]]), 'class_ids has shape'),
    ('features of other lengths', ([BOX, BOX], [1, 1], None, [[1, 2], [3]]), 'not an array'),
    ('flat features', ([BOX], [1], None, [1, 2]), 'features has shape'),
    ('zero feature', ([BOX, BOX], [1, 1], None, [[1, 0], [0, 0]]), 'feature of detection 1'),
    ('words', ([['a', 'b', 'c', 'd']], [1]), 'not an array of numbers'),
])
def test_refused_with_a_line_that_names_the_value(name, arguments, message):
    with pytest.raises(InputError, match=message):
        Detections(*arguments)
