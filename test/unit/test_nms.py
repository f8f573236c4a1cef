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

"""Non-maximum suppression by hand."""

import numpy as np
import pytest

from yolo_deepsort_ros.yolo.nms import BLOCK, non_max_suppression

BOX = (0, 0, 10, 10)
HALF = (0, 0, 10, 5)  # its IoU with BOX is 0.5
FAR = (50, 50, 10, 10)


@pytest.mark.parametrize('name, boxes, scores, classes, max_iou, kept', [
    ('none', [], [], [], .5, []),
    ('one', [BOX], [.3], [0], .5, [0]),
    ('the best first', [BOX, FAR], [.3, .9], [0, 0], .5, [1, 0]),
    ('the weaker goes', [BOX, BOX], [.3, .9], [0, 0], .5, [1]),
    ('classes do not meet', [BOX, BOX], [.3, .9], [0, 1], .5, [1, 0]),
    ('exactly the limit is allowed', [BOX, HALF], [.9, .3], [0, 0], .5, [0, 1]),
    ('a little more is not', [BOX, HALF], [.9, .3], [0, 0], .4999, [0]),
    ('equal scores in the order given', [FAR, BOX, BOX], [.5, .5, .5], [0, 0, 0], .5, [0, 1]),
    ('one that went suppresses nobody', [BOX, (4, 0, 10, 10), (8, 0, 10, 10)], [.9, .8, .7],
     [0, 0, 0], .4, [0, 2]),
    ('limit 1 keeps all', [BOX, BOX], [.5, .5], [0, 0], 1., [0, 1]),
    ('limit 0 keeps what does not touch', [BOX, (9, 9, 5, 5), FAR], [.9, .8, .7], [0, 0, 0], 0.,
     [0, 2]),
])
def test_table(name, boxes, scores, classes, max_iou, kept):
    found = non_max_suppression(
        np.reshape(boxes, (-1, 4)), np.array(scores), np.array(classes, int), max_iou)
    assert found.tolist() == kept


def test_suppression_that_minds_the_distance_of_the_centres():
    random = np.random.default_rng(0)
    boxes = np.hstack([random.uniform(0, 40, (60, 2)), random.uniform(10, 60, (60, 2))])
    scores = np.sort(random.random(60))[::-1]
    kept = []
    for index, (x, y, w, h) in enumerate(boxes):  # one by one, in floating point
        for other in kept:
            a, b, c, d = boxes[other]
            shared = max(0, min(x + w, a + c) - max(x, a)) * max(0, min(y + h, b + d) - max(y, b))
            apart = np.hypot(x + w / 2 - a - c / 2, y + h / 2 - b - d / 2)
            around = np.hypot(max(x + w, a + c) - min(x, a), max(y + h, b + d) - min(y, b))
            if shared / (w * h + c * d - shared) - (apart / around) ** 1.2 > 0.3:
                break
        else:
            kept.append(index)
    classes = np.zeros(60, int)
    found = non_max_suppression(boxes, scores, classes, 0.3, diou_beta=0.6)
    assert found.tolist() == kept
    assert len(kept) > len(non_max_suppression(boxes, scores, classes, 0.3))


def test_boxes_of_later_blocks_meet_those_of_earlier_ones():
    boxes = np.array([(20 * i, 0, 10, 10) for i in range(BLOCK)] + [BOX])
    scores = np.linspace(1, 0.5, BLOCK + 1)
    found = non_max_suppression(boxes, scores, np.zeros(BLOCK + 1, int), 0.5)
    assert found.tolist() == list(range(BLOCK))
