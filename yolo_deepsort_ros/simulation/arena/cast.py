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


"""Who appears in the arena: agents of four classes, each unlike the others."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from yolo_deepsort_ros.simulation.arena.ball import make_ball
from yolo_deepsort_ros.simulation.arena.crate import make_crate
from yolo_deepsort_ros.simulation.arena.figure import Figure
from yolo_deepsort_ros.simulation.arena.palette import BODIES, varied, WOODS
from yolo_deepsort_ros.simulation.arena.patterns import PATTERNS
from yolo_deepsort_ros.simulation.arena.robot import make_robot
from yolo_deepsort_ros.simulation.arena.truth import CLASSES
from yolo_deepsort_ros.simulation.arena.walker import make_walker

Order = NDArray[np.int64]

_STRIDE = 5  #: from a body's colour to its second one, in the palette; prime to its length


def make_cast(count: int, seed: list[int]) -> list[Figure]:
    """
    Build that many agents; number i is of class i modulo the number of classes.

    The looks of an agent do not depend on how many others there are.
    """
    generator = np.random.default_rng(seed)
    orders = [generator.permutation(len(BODIES)) for _ in CLASSES]
    woods = generator.permutation(len(WOODS))
    first = int(generator.integers(len(PATTERNS)))
    return [
        _make(agent, orders[agent % len(CLASSES)], woods, first,
              np.random.default_rng([*seed, agent]))
        for agent in range(count)
    ]


def _make(
    agent: int, order: Order, woods: Order, first: int, generator: Generator
) -> Figure:
    individual, class_id = divmod(agent, len(CLASSES))
    body = order[individual % len(order)]
    colour = varied(BODIES[body], generator)
    accent = varied(BODIES[(body + _STRIDE) % len(BODIES)], generator)
    pattern = PATTERNS[(first + individual + class_id) % len(PATTERNS)]
    kind = CLASSES[class_id]
    if kind == 'crate':
        wood = varied(WOODS[woods[individual % len(woods)]], generator)
        return make_crate(wood, accent, first + individual, generator)
    make = {'robot': make_robot, 'ball': make_ball, 'walker': make_walker}[kind]
    return make(colour, accent, pattern, generator)
