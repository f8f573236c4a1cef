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


"""Labelled pictures of many arenas, to train and to measure detectors with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.random import Generator

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.simulation.arena.arena import Arena, HEIGHT, WIDTH
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig
from yolo_deepsort_ros.simulation.arena.truth import Truth

_MAX_GAP = 2.0  #: s between two pictures of one arena


def labelled_pictures(
    seeds: Iterable[int], per_seed: int, *, width: int = WIDTH, height: int = HEIGHT
) -> Iterator[tuple[Pixels, Truth]]:
    """
    Render pictures of arenas that differ in all that a user may vary.

    Parameters
    ----------
    seeds : iterable of int
        One arena each; keep those of training and of measuring apart.
    per_seed : int
        Pictures of each arena, at irregular times.
    width, height : int
        Of the pictures in pixels.

    Yields
    ------
    image : ndarray of uint8, shape (height, width, 3)
        Blue, green, red.
    truth : Truth
        Boxes, classes and visibility in it; what `is_ignored` is too hidden to learn from.

    """
    for seed in seeds:
        generator = np.random.default_rng([seed, 5])
        arena = Arena(varied_config(seed, generator), width=width, height=height)
        gaps = generator.integers(1, int(_MAX_GAP * arena.rate) + 1, per_seed)
        for index in np.cumsum(gaps).tolist():
            yield arena.render(index)


def varied_config(seed: int, generator: Generator) -> ArenaConfig:
    """Return parameters of an arena fuller or emptier than by default, seen well or badly."""
    is_moving = generator.random() < 0.5
    return ArenaConfig(
        seed=seed,
        agents=int(generator.integers(4, 17)),
        noise=float(generator.uniform(0, 8)),
        blur=float(generator.uniform(0, 1.5)),
        exposure_drift=float(generator.uniform(0, 0.3)),
        camera_motion=float(is_moving * generator.uniform(0, 4)),
    )
