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


"""How the agents of the arena move."""

import numpy as np
import pytest

from yolo_deepsort_ros.simulation.arena.camera import Camera
from yolo_deepsort_ros.simulation.arena.world import STEP, World

RADII = np.full(8, 0.35)
PILLARS = np.array([[-1.0, 5.0, 0.3]])


def make_world(seed=0):
    class_ids = np.arange(8) % 4
    return World(Camera.at_rest(640, 480), class_ids, RADII, PILLARS, [seed])


@pytest.fixture(scope='module')
def motions():
    """Half a minute at 30 Hz."""
    world = make_world()
    return [world.at(frame / 30) for frame in range(900)]


def test_motion_is_smooth_between_the_steps_of_the_simulation():
    world = make_world()
    places = np.array([world.at(2 + tick * STEP / 4).places for tick in range(200)])
    lengths = np.linalg.norm(np.diff(places, axis=0), axis=2)  # (199, 8)
    assert (lengths > 0).all()
    assert np.median(lengths.max(axis=0) / np.median(lengths, axis=0)) < 2


def test_speeds_change_slowly(motions):
    speeds = np.array([motion.speeds for motion in motions])
    assert np.abs(np.diff(speeds, axis=0)).max() < 0.15  # m/s in a frame
    assert speeds.min() > 0 and speeds.max() < 2.5


def test_bodies_do_not_pass_through_each_other(motions):
    for motion in motions[30:]:
        apart = np.linalg.norm(motion.places[:, None] - motion.places[None], axis=2)
        np.fill_diagonal(apart, np.inf)
        assert (apart > 0.8 * (RADII[:, None] + RADII)).all()
        from_pillar = np.linalg.norm(motion.places - PILLARS[0, :2], axis=1)
        assert (from_pillar > 0.8 * (RADII + PILLARS[0, 2])).all()


def test_agents_cross_the_picture(motions):
    sides = np.sign([motion.places[:, 0] for motion in motions])
    crossings = (np.diff(sides, axis=0) != 0).sum(axis=0)
    assert (crossings >= 2).all()


def test_what_is_travelled_is_the_length_of_the_way(motions):
    places = np.array([motion.places for motion in motions[:300]])
    ways = np.linalg.norm(np.diff(places, axis=0), axis=2).sum(axis=0)
    travelled = motions[299].travelled - motions[0].travelled
    assert ways == pytest.approx(travelled, rel=0.1)


def test_it_does_not_matter_when_one_looks(motions):
    assert make_world().at(20.0).places.tolist() == motions[600].places.tolist()
