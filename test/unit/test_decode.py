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

"""Heads decoded by hand."""

import math

import numpy as np
import pytest

from yolo_deepsort_ros.models.conventions import YoloHead
from yolo_deepsort_ros.yolo.decode import decode

ANCHORS = ((10.0, 20.0), (40.0, 30.0))


def output_with(values, anchor, row, column, head, shape=(2, 3)):
    """Return a head's output that holds one box; all others have objectness almost 0."""
    output = np.zeros((len(head.anchors), 5 + head.classes, *shape), np.float32)
    output[:, 4] = 0 if head.new_coords else -20
    output[anchor, :, row, column] = values
    return output.reshape(head.channels, *shape)


def logit(probability):
    return math.log(probability / (1 - probability))


@pytest.mark.parametrize('name, head, values, tlwh', [
    # cells of 32 x 32 pixels; the cell (1, 2) begins at x = 64, y = 32
    ('the middle of a cell', YoloHead(ANCHORS, 2), (0, 0, 0, 0), (60, 33, 40, 30)),
    ('a quarter into it', YoloHead(ANCHORS, 2), (logit(.25), logit(.75), 0, 0),
     (52, 41, 40, 30)),
    ('twice and half the anchor', YoloHead(ANCHORS, 2), (0, 0, math.log(2), math.log(.5)),
     (40, 40.5, 80, 15)),
    ('out of the cell', YoloHead(ANCHORS, 2, scale_xy=2), (logit(.75), logit(.25), 0, 0),
     (76, 17, 40, 30)),  # 0.75 * 2 - 0.5 = 1 cell to the right, 0.25 * 2 - 0.5 = 0 down
    ('new coordinates', YoloHead(ANCHORS, 2, new_coords=True), (.25, .5, .5, 1),
     (52, -12, 40, 120)),
])
def test_box(name, head, values, tlwh):
    certain = (1, 1, 0) if head.new_coords else (20, 20, -20)
    output = output_with((*values, *certain), 1, 1, 2, head)
    found = decode([output], [head], (96, 64), 0.5)
    np.testing.assert_allclose(found.tlwh, [tlwh], atol=1e-4)
    assert found.class_ids.tolist() == [0]
    np.testing.assert_allclose(found.scores, [1], atol=1e-6)


def test_score_is_objectness_times_the_likeliest_class():
    head = YoloHead(ANCHORS, 3)
    output = output_with((0, 0, 0, 0, logit(.8), logit(.3), logit(.5), logit(.4)), 0, 0, 0, head)
    found = decode([output], [head], (96, 64), 0.1)
    np.testing.assert_allclose(found.scores, [0.4], rtol=1e-5)
    assert found.class_ids.tolist() == [1]


def test_classes_that_compete():
    head = YoloHead(ANCHORS, 3, softmax=True)
    output = output_with((0, 0, 0, 0, logit(.8), 1, 2, 0), 0, 0, 0, head)
    found = decode([output], [head], (96, 64), 0.1)
    share = math.e**2 / (math.e + math.e**2 + 1)
    np.testing.assert_allclose(found.scores, [0.8 * share], rtol=1e-6)
    assert found.class_ids.tolist() == [1]


@pytest.mark.parametrize('class_score, confidence, count', [
    (0, 0.0, 12), (0, 0.24, 1), (0, 0.25, 1), (0, 0.26, 0), (40, 0.5, 1), (40, 0.51, 0),
])
def test_confidence_is_a_minimum(class_score, confidence, count):
    head = YoloHead(ANCHORS, 2)
    output = output_with((0, 0, 0, 0, 0, class_score, -1), 0, 0, 0, head)
    found = decode([output], [head], (96, 64), confidence)
    assert len(found.scores) == count


@pytest.mark.parametrize('name, values, count', [
    ('sound', (0, 0, 0, 0), 1),
    ('huge, but a size', (0, 0, 200, 0), 1),
    ('infinite', (0, 0, 0, 1000), 0),
    ('nothing', (0, 0, -1000, 0), 0),
    ('not a place', (math.nan, 0, 0, 0), 0),
    ('not a size', (0, 0, math.nan, 0), 0),
])
def test_boxes_without_a_size_are_left_out(name, values, count):
    head = YoloHead(ANCHORS, 2)
    found = decode([output_with((*values, 9, 9, 9), 0, 0, 0, head)], [head], (96, 64), 0.5)
    assert len(found.scores) == count


def test_heads_come_in_their_order():
    heads = [YoloHead(ANCHORS[:1], 1), YoloHead(ANCHORS[1:], 1)]
    outputs = [output_with((0, 0, 0, 0, 9, 9), 0, 0, 0, head) for head in heads]
    found = decode(outputs, heads, (96, 64), 0.5)
    assert found.tlwh[:, 2].tolist() == [10, 40]
