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


def remember(gallery, slot, *features):
    for feature in features:
        gallery.add(np.array([slot]), feature[None])


@pytest.mark.parametrize('name, features, distances', [
    ('one vector', [X], [0, 1]),
    ('the nearest counts', [X, Y], [0, 0]),
    ('full', [Z, X, Y], [0, 0]),
    ('the oldest goes', [X, Y, Z, Z], [1, 0]),
    ('opposite', [-X], [2, 1]),
])
def test_smallest_distance_over_the_newest_three(name, features, distances):
    gallery = Gallery(3)
    slots = gallery.allocate(1)
    remember(gallery, slots[0], *features)
    assert gallery.distances(slots, np.stack([X, Y])).tolist() == [distances]


def test_an_empty_slot_is_infinitely_far():
    gallery = Gallery(3)
    slots = gallery.allocate(2)
    remember(gallery, slots[1], X)
    assert gallery.distances(slots, X[None]).tolist() == [[np.inf], [0]]


def test_a_reused_slot_forgets_its_former_track():
    gallery = Gallery(2)
    first, second = gallery.allocate(2)
    remember(gallery, first, X)
    remember(gallery, second, Y)
    gallery.release(np.array([first]))
    assert gallery.allocate(1)[0] == first
    assert gallery.distances(np.array([first]), X[None]).tolist() == [[np.inf]]
    remember(gallery, first, Z)
    assert gallery.distances(np.array([first]), X[None]).tolist() == [[1]]


def test_growth_keeps_what_was_there():
    gallery = Gallery(2)
    slots = gallery.allocate(3)
    gallery.add(slots, np.stack([X, Y, Z]))
    gallery.add(gallery.allocate(40), np.tile(-X, (40, 1)))
    assert gallery.distances(slots, np.stack([X, Y, Z])).tolist() == (1 - np.eye(3)).tolist()


def test_the_length_is_free_again_when_all_tracks_are_gone():
    gallery = Gallery(2)
    slots = gallery.allocate(1)
    remember(gallery, slots[0], X)
    assert gallery.feature_length == 3
    gallery.release(slots)
    assert gallery.feature_length == 0
