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


"""Average precision of detections whose rank is known."""

import numpy as np
import pytest

from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.evaluation.average_precision import (
    average_precision, read_yolo_labels, TrueBoxes,
)

pytest.importorskip('pycocotools')
BOXES = np.array([[10, 10, 20, 20], [50, 50, 20, 40], [90, 10, 10, 10]], float)
AWAY = np.array([[200, 200, 20, 20]], float)


def found(tlwh, scores, class_ids=None):
    kinds = np.zeros(len(tlwh), int) if class_ids is None else np.array(class_ids)
    return Detections(np.reshape(tlwh, (-1, 4)), np.array(scores, np.float32), kinds)


@pytest.mark.parametrize('name, detections, expected', [
    ('all', found(BOXES, [0.9, 0.8, 0.7]), 1.0),
    ('none', found([], []), 0.0),
    ('of another class', found(BOXES, [0.9, 0.8, 0.7], [1, 1, 1]), 0.0),
    ('one of three', found(BOXES[:1], [0.9]), 34 / 101),
    ('a false one last', found(np.vstack([BOXES, AWAY]), [0.9, 0.8, 0.7, 0.6]), 1.0),
    ('a false one first', found(np.vstack([AWAY, BOXES]), [0.9, 0.8, 0.7, 0.6]), 0.75),
    ('half beside', found(BOXES + np.array([11, 0, 0, 0]), [0.9, 0.8, 0.7]), 0.0),
])
def test_of_one_picture(name, detections, expected):
    truth = TrueBoxes(BOXES, np.zeros(3, int))
    assert average_precision([truth], [detections]) == {0: pytest.approx(expected)}


def test_classes_count_where_they_have_true_boxes():
    truth = [TrueBoxes(BOXES, np.array([0, 5, 5])), TrueBoxes(BOXES[:0], np.zeros(0, int))]
    seen = [found(BOXES[:2], [0.5, 0.5], [0, 5]), found(BOXES, [0.9, 0.9, 0.9], [7, 7, 7])]
    assert average_precision(truth, seen) == {0: pytest.approx(1), 5: pytest.approx(51 / 101)}


def test_boxes_to_ignore_are_not_asked_for_and_take_what_lies_on_them():
    truth = TrueBoxes(BOXES, np.array([0, 0, 5]), np.array([False, True, True]))
    assert average_precision([truth], [found(BOXES, [0.5, 0.9, 0.9], [0, 0, 5])]) == {
        0: pytest.approx(1)
    }


def test_labels_are_shares_of_the_picture(tmp_path):
    path = tmp_path / 'a.txt'
    path.write_text('3 0.5 0.25 0.1 0.5\n\n')
    truth = read_yolo_labels(path, (640, 480))
    np.testing.assert_allclose(truth.tlwh, [[288, 0, 64, 240]])
    assert truth.class_ids.tolist() == [3]
    path.write_text('')
    assert read_yolo_labels(path, (640, 480)).tlwh.shape == (0, 4)


@pytest.mark.parametrize('text', ['person 0 0 1 1', '1 2 3', '0 0 0 1 nan', '0 0 0 1\n1', '\xff'])
def test_what_is_no_label_file(tmp_path, text):
    path = tmp_path / 'a.txt'
    path.write_text(text, 'latin-1')
    with pytest.raises(InputError, match=r'a\.txt: not lines of five numbers'):
        read_yolo_labels(path, (640, 480))


@pytest.mark.parametrize(('text', 'line'), [
    ('0 320 240 270 640', 1), ('0 .5 .5 .1 .1\n\n3 .5 .5 1.2 .1\n', 3), ('1 -.2 .5 .1 .1', 1),
])
def test_labels_in_pixels_are_refused_by_line(tmp_path, text, line):
    path = tmp_path / 'a.txt'
    path.write_text(text)
    with pytest.raises(InputError, match=rf'a\.txt, line {line}: .* is not in shares'):
        read_yolo_labels(path, (640, 480))


def test_labels_that_a_tool_has_rounded_are_taken(tmp_path):
    path = tmp_path / 'a.txt'
    path.write_text('0 0.5 0.5 1.000001 1')
    assert len(read_yolo_labels(path, (640, 480)).tlwh) == 1
