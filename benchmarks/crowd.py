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

"""A made-up street: people of any number who walk, are missed, leave, and look different."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from yolo_deepsort_ros import Detections

PICTURE = np.array([1920.0, 1080.0])  #: px
WIDE = np.array([4000.0, 4000.0])  #: px; a hundred objects are far from each other here
MISSED = 0.1  #: share of the people that a detector does not see in a frame
STAY = 400  #: frames, on average, after which somebody else stands in a person's place
FAR, NEAR = 60.0, 240.0  #: px; heights of people at the top and the bottom of the picture


def street(
    people: int, dimension: int, frames: int, seed: int = 0, picture: np.ndarray = PICTURE
) -> Iterator[Detections]:
    """
    Yield what a detector and a re-identification network would find in each frame.

    Parameters
    ----------
    people : int
        How many are in the picture at any time.
    dimension : int
        Length of the appearance vectors; two of a person are about 0.1 apart (1 - cosine),
        those of two people about 1.
    frames : int
        Length of the scene.
    seed : int
        The same one gives the same scene.
    picture : ndarray
        Width and height in pixels.

    """
    random = np.random.default_rng(seed)
    looks = _directions(random, people, dimension)
    centres = random.uniform(0, picture, (people, 2))
    steps = random.normal(0, 2, (people, 2))
    for _ in range(frames):
        steps = np.where((centres < 0) & (steps < 0) | (centres > picture) & (steps > 0),
                         -steps, steps)
        centres = centres + steps
        newcomers = random.random(people) < 1 / STAY
        looks[newcomers] = _directions(random, int(newcomers.sum()), dimension)
        centres[newcomers] = random.uniform(0, picture, (int(newcomers.sum()), 2))
        seen = random.permutation(np.flatnonzero(random.random(people) >= MISSED))
        heights = FAR + (NEAR - FAR) * np.clip(centres[seen, 1] / picture[1], 0, 1)
        sizes = np.stack([0.4 * heights, heights], axis=1)
        boxes = np.hstack([centres[seen] - sizes / 2, sizes])
        boxes += random.normal(0, 0.015, boxes.shape) * heights[:, None]
        noise = 0.33 * _directions(random, len(seen), dimension)
        yield Detections(boxes, random.uniform(0.4, 1, len(seen)), None, looks[seen] + noise)


def _directions(random: np.random.Generator, count: int, dimension: int) -> np.ndarray:
    """Return random unit vectors, shape (count, dimension)."""
    vectors = random.normal(size=(count, dimension))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
