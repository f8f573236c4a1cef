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


"""How the agents move: where they want to go, inertia, imperfect avoidance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.simulation.arena.camera import Camera

STEP = 1 / 60  #: s; the simulation's own, whatever the rate of the pictures

_NEAR, _FAR = 5.8, 11.8  #: m; how far from the camera the agents go
_EDGE = 0.60  #: m beyond the sides of the picture, for goals outside it
_OUTSIDE = 0.04  #: of all goals
_ARRIVED = 0.7  #: m
_PATIENCE = 14.0  #: s; after this a goal is given up
_NOTICE = 1.3  #: m between bodies at which they turn aside
_ASIDE = 1.5  #: how strongly; 1 would be as strong as the goal
_TURN_LAG, _SPEED_LAG = 0.35, 0.6  #: s; inertia

#: m/s and rad/s of robot, crate, ball, walker.
_TOP_SPEED = np.array([1.5, 1.2, 1.9, 1.6])
_TOP_TURN = np.array([1.5, 1.0, 1.1, 1.7])


@dataclass(frozen=True, eq=False)
class Motion:
    """
    Where the agents are at one time.

    Attributes
    ----------
    places : ndarray, shape (N, 2)
        Metres to the right and away from below the camera.
    headings : ndarray, shape (N,)
        Radians from the x axis towards y.
    speeds, travelled : ndarray, shape (N,)
        Metres per second, metres.

    """

    places: Floats
    headings: Floats
    speeds: Floats
    travelled: Floats


class World:
    """
    The agents on the floor, simulated forward.

    Parameters
    ----------
    camera : Camera
        At rest; its view is where the agents live.
    class_ids : ndarray of int64, shape (N,)
        What they are.
    radii : ndarray, shape (N,)
        Of the place that each takes, in metres.
    pillars : ndarray, shape (P, 3)
        x, y and radius of what stands in their way.
    seed : sequence of int
        Of all chance here.

    """

    def __init__(
        self,
        camera: Camera,
        class_ids: NDArray[np.int64],
        radii: Floats,
        pillars: Floats,
        seed: list[int],
    ) -> None:
        self._camera = camera
        self._generator = np.random.default_rng(seed)
        count = len(class_ids)
        self._radii = radii
        self._pillars = pillars
        vigour = self._generator.uniform(0.8, 1.2, count)
        self._top_speed = _TOP_SPEED[class_ids] * vigour
        self._top_turn = _TOP_TURN[class_ids] * vigour
        self._steps = 0
        self._places = self._start_places(count)
        self._goals = np.array([self._new_goal(place) for place in self._places])
        self._patience = np.full(count, _PATIENCE)
        aim = self._goals - self._places
        self._headings = np.arctan2(aim[:, 1], aim[:, 0])
        self._turns = np.zeros(count)
        self._speeds = 0.7 * self._top_speed
        self._travelled = self._generator.uniform(0, 5, count)

    @property
    def time(self) -> float:
        """Seconds simulated so far."""
        return self._steps * STEP

    def at(self, time: float) -> Motion:
        """Simulate up to that time in seconds, not before the last one asked for."""
        while (self._steps + 1) * STEP <= time + 1e-9:
            self._advance()
            self._steps += 1
        rest = max(0.0, time - self.time)
        ahead = np.stack([np.cos(self._headings), np.sin(self._headings)], axis=1)
        return Motion(
            self._places + ahead * (self._speeds * rest)[:, None],
            self._headings + self._turns * rest,
            self._speeds.copy(),
            self._travelled + self._speeds * rest,
        )

    def _advance(self) -> None:
        self._choose_goals()
        wish = self._wish()
        error = np.arctan2(wish[:, 1], wish[:, 0]) - self._headings
        error = (error + np.pi) % (2 * np.pi) - np.pi
        turn = np.clip(2.5 * error, -self._top_turn, self._top_turn)
        self._turns += (turn - self._turns) * (STEP / _TURN_LAG)
        speed = self._top_speed * np.clip(np.cos(error), 0.3, 1.0)
        self._speeds += (speed - self._speeds) * (STEP / _SPEED_LAG)
        self._headings += self._turns * STEP
        ahead = np.stack([np.cos(self._headings), np.sin(self._headings)], axis=1)
        self._places += ahead * (self._speeds * STEP)[:, None]
        self._travelled += self._speeds * STEP
        self._push_apart()

    def _choose_goals(self) -> None:
        self._patience -= STEP
        distance = np.linalg.norm(self._goals - self._places, axis=1)
        for agent in np.flatnonzero((distance < _ARRIVED) | (self._patience < 0)):
            self._goals[agent] = self._new_goal(self._places[agent])
            self._patience[agent] = _PATIENCE

    def _new_goal(self, place: Floats) -> Floats:
        """Pick a place on the other side of the picture, now and then just outside it."""
        far = self._generator.uniform(_NEAR, _FAR)
        half = self._camera.half_width_at(far)
        side = -1.0 if place[0] > 0 else 1.0
        if self._generator.random() < _OUTSIDE:
            return np.array([side * (half + _EDGE), far])
        return np.array([side * half * self._generator.uniform(0.5, 0.9), far])

    def _start_places(self, count: int) -> Floats:
        """Spread the agents over the picture."""
        away = self._generator.permutation(np.linspace(_NEAR + 0.3, _FAR, count))
        across = self._generator.permutation(np.linspace(-0.8, 0.8, count))
        sides = [self._camera.half_width_at(distance) for distance in away]
        return np.stack([across * sides, away], axis=1)

    def _wish(self) -> Floats:
        """Return the direction each wants to go, shape (N, 2)."""
        aim = self._goals - self._places
        aim /= np.linalg.norm(aim, axis=1, keepdims=True) + 1e-9
        others = np.concatenate([self._places, self._pillars[:, :2]])
        radii = np.concatenate([self._radii, self._pillars[:, 2]])
        apart = self._places[:, None] - others[None]  # (N, N + P, 2)
        distance = np.linalg.norm(apart, axis=2) + 1e-9
        gap = distance - self._radii[:, None] - radii
        np.fill_diagonal(gap, np.inf)
        strength = _ASIDE * np.clip(1 - gap / _NOTICE, 0, 1.5)  # (N, N + P)
        away = apart / distance[..., None]
        # To the side of the other rather than straight back, or both would stand still.
        aside = np.stack([away[..., 1], -away[..., 0]], axis=-1)
        sign = np.where((aside * aim[:, None]).sum(axis=2) >= 0, 1.0, -1.0)
        push = 0.5 * away + 0.7 * sign[..., None] * aside
        return np.asarray(aim + (strength[..., None] * push).sum(axis=1))

    def _push_apart(self) -> None:
        """Let no two bodies stand in one place."""
        others = np.concatenate([self._places, self._pillars[:, :2]])
        radii = np.concatenate([self._radii, self._pillars[:, 2]])
        apart = self._places[:, None] - others[None]
        distance = np.linalg.norm(apart, axis=2) + 1e-9
        overlap = self._radii[:, None] + radii - distance
        np.fill_diagonal(overlap, 0.0)
        shift = np.clip(overlap, 0, None) / distance * 0.3
        self._places += (shift[..., None] * apart).sum(axis=1)
