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


"""Colours that go well together and are easy to tell apart."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Colour = NDArray[np.float64]


def colour(code: str) -> Colour:
    """Return blue, green, red in [0, 1] of an RRGGBB code."""
    return np.array([int(code[i:i + 2], 16) / 255 for i in (4, 2, 0)])


BODIES = tuple(colour(code) for code in (
    'e4572e', '2a6fbb', 'f3c13a', '2f9e6e', '8e5bb5', 'ece5d8', '1fb5b0', 'c23b78',
    '3c4454', 'f08a3c', '7fb83c', '8c2f39',
))  #: for robots, balls and shirts
WOODS = tuple(colour(code) for code in (
    'c99a5b', '4f7f8f', '7d4f30', 'b5473a', 'd9c9a3', '56794b', '49546b', 'd8973c',
))  #: for crates, bare or painted
SKINS = tuple(colour(code) for code in ('f1c9a5', 'd9a066', 'a9714b', '7a4a2e', 'ffdbb8'))
HAIRS = tuple(colour(code) for code in ('2b2118', '5b3a1e', 'b98b45', '1b1b1f', '8a8a8a'))
TROUSERS = tuple(colour(code) for code in ('2e3a55', '4a4a4a', '6b5b45', '23272e', '7a8796'))

CHARCOAL = colour('2b2e34')
STEEL = colour('9aa3ad')
WHITE = colour('f4f3ee')
CYAN = colour('6ff3ff')


def contrast(body: Colour) -> Colour:
    """Return white for a dark colour and charcoal for a light one."""
    return CHARCOAL if body @ (0.11, 0.59, 0.30) > 0.55 else WHITE


def varied(base: Colour, generator: Generator, amount: float = 0.06) -> Colour:
    """Return the colour a little lighter or darker."""
    return np.asarray(np.clip(base * (1 + generator.uniform(-amount, amount)), 0, 1))
