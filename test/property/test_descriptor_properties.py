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

"""What holds for the descriptor without weights, whatever the picture shows."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
import numpy as np

from yolo_deepsort_ros import Embedder

EMBEDDER = Embedder()
pictures = arrays(np.uint8, st.tuples(st.integers(1, 24), st.integers(1, 24), st.just(3)))
boxes = st.lists(
    st.tuples(*[st.integers(-30, 30)] * 2, *[st.integers(1, 40)] * 2), min_size=1, max_size=4)


@settings(deadline=None)
@given(pictures, boxes)
def test_vectors_are_of_length_one(picture, tlwh):
    features = EMBEDDER.embed(picture, tlwh)
    assert features.shape == (len(tlwh), EMBEDDER.dimension)
    np.testing.assert_allclose(np.linalg.norm(features, axis=1), 1, atol=1e-5)


@settings(deadline=None)
@given(pictures, boxes, st.randoms())
def test_other_boxes_and_their_order_have_no_say(picture, tlwh, random):
    order = random.sample(range(len(tlwh)), len(tlwh))
    features = EMBEDDER.embed(picture, tlwh)
    again = EMBEDDER.embed(picture, [tlwh[place] for place in order])
    np.testing.assert_allclose(again, features[order], atol=1e-6)


@settings(deadline=None)
@given(pictures, boxes)
def test_left_and_right_may_be_exchanged(picture, tlwh):
    """Whoever turns round keeps the colours."""
    mirrored = [(picture.shape[1] - x - w, y, w, h) for x, y, w, h in tlwh]
    features = EMBEDDER.embed(picture, tlwh)
    again = EMBEDDER.embed(np.ascontiguousarray(picture[:, ::-1]), mirrored)
    likeness = np.sum(features * again, axis=1)
    assert (likeness > 0.99).all()  # the last bits of a resized pixel may fall into other bins


@settings(deadline=None)
@given(pictures, boxes, st.integers(1, 20), st.integers(1, 20))
def test_the_place_in_the_picture_has_no_say(picture, tlwh, right, down):
    inner = np.pad(picture, ((41, 41), (41, 41), (0, 0)))
    moved = np.pad(inner, ((down, 0), (right, 0), (0, 0)))
    here = [(x + 41, y + 41, w, h) for x, y, w, h in tlwh]
    there = [(x + right, y + down, w, h) for x, y, w, h in here]
    np.testing.assert_allclose(
        EMBEDDER.embed(moved, there), EMBEDDER.embed(inner, here), atol=1e-6)
