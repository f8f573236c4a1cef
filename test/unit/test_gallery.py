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

"""The ring buffers of appearance vectors."""

import numpy as np
import pytest

from yolo_deepsort_ros.deepsort.gallery import Gallery

X, Y, Z = np.eye(3, dtype=np.float32)


def distances(gallery, slots, features):
    """Compare each slot with each vector, shape (slots, vectors)."""
    rows, columns = np.indices((len(slots), len(features))).reshape(2, -1)
    found = gallery.distances(np.asarray(slots)[rows], np.asarray(features), columns)
    return found.reshape(len(slots), len(features)).tolist()


def remember(gallery, slot, *features):
    for feature in features:
        gallery.add(np.array([slot]), feature[None])


@pytest.mark.parametrize('name, features, expected', [
    ('one vector', [X], [0, 1]),
    ('the nearest counts', [X, Y], [0, 0]),
    ('full', [Z, X, Y], [0, 0]),
    ('the oldest goes', [X, Y, Z, Z], [1, 0]),
    ('opposite', [-X], [2, 1]),
])
def test_smallest_distance_over_the_newest_three(name, features, expected):
    gallery = Gallery(3)
    slots = gallery.allocate(1)
    remember(gallery, slots[0], *features)
    assert distances(gallery, slots, [X, Y]) == [expected]


def test_an_empty_slot_is_infinitely_far():
    gallery = Gallery(3)
    slots = gallery.allocate(2)
    remember(gallery, slots[1], X)
    assert distances(gallery, slots, [X]) == [[np.inf], [0]]


def test_any_set_of_pairs_equals_the_slow_way():
    random = np.random.default_rng(0)
    gallery = Gallery(4)
    slots = gallery.allocate(70)  # more than are compared at once
    memory = random.normal(size=(6, 70, 5)).astype(np.float32)
    for index, features in enumerate(memory):
        chosen = random.random(70) < 0.7 if index else np.ones(70, bool)
        memory[index, ~chosen] = np.nan
        gallery.add(slots[chosen], features[chosen])
    looks = random.normal(size=(30, 5)).astype(np.float32)
    rows, columns = np.nonzero(random.random((70, 30)) < random.random((70, 1)))
    expected = []
    for row, column in zip(rows, columns, strict=True):
        newest = [vector for vector in memory[:, row] if not np.isnan(vector[0])][-4:]
        expected.append(min(1 - vector @ looks[column] for vector in newest))
    np.testing.assert_allclose(gallery.distances(slots[rows], looks, columns), expected, atol=1e-5)


def test_a_reused_slot_forgets_its_former_track():
    gallery = Gallery(2)
    first, second = gallery.allocate(2)
    remember(gallery, first, X)
    remember(gallery, second, Y)
    gallery.keep(np.array([second]))
    assert gallery.allocate(1)[0] == first
    assert distances(gallery, [first], [X]) == [[np.inf]]
    remember(gallery, first, Z)
    assert distances(gallery, [first, second], [X, Y]) == [[1, 1], [1, 0]]


def test_the_array_grows_and_shrinks_and_keeps_what_was_there():
    gallery = Gallery(2)
    slots = gallery.allocate(3)
    gallery.add(slots, np.stack([X, Y, Z]))
    others = gallery.allocate(97)
    gallery.add(others, np.tile(-X, (97, 1)))
    assert gallery.capacity == 128
    assert distances(gallery, slots, [X, Y, Z]) == (1 - np.eye(3)).tolist()
    moved = gallery.keep(np.array([others[-1], *slots]))
    assert gallery.capacity == 8
    assert distances(gallery, moved, [X, Y, Z])[1:] == (1 - np.eye(3)).tolist()
    assert distances(gallery, moved[:1], [-X]) == [[0]]


def test_the_length_is_free_again_when_all_tracks_are_gone():
    gallery = Gallery(2)
    slots = gallery.allocate(1)
    remember(gallery, slots[0], X)
    assert gallery.feature_length == 3
    gallery.keep(slots[:0])
    assert gallery.feature_length == 0
