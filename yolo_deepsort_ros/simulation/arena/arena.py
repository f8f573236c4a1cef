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


"""The arena: a synthetic camera that knows what it sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import cv2
import numpy as np

from yolo_deepsort_ros.array_types import Floats, Millimetres, Pixels
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig
from yolo_deepsort_ros.simulation.arena.backdrop import Backdrop
from yolo_deepsort_ros.simulation.arena.camera import Camera, TO_ROBOT_AXES
from yolo_deepsort_ros.simulation.arena.cast import make_cast
from yolo_deepsort_ros.simulation.arena.depth_sensor import DepthSensor
from yolo_deepsort_ros.simulation.arena.figure import Figure
from yolo_deepsort_ros.simulation.arena.painter import lay, paint, Patch, Shadows
from yolo_deepsort_ros.simulation.arena.pillar import make_pillar
from yolo_deepsort_ros.simulation.arena.sensor import Sensor
from yolo_deepsort_ros.simulation.arena.truth import CLASSES, Truth
from yolo_deepsort_ros.simulation.arena.world import Motion, World
from yolo_deepsort_ros.viewpoint import Viewpoint


WIDTH, HEIGHT, RATE = 640, 480, 30.0  #: px, px, Hz; unless asked otherwise
MIN_SIZE, MAX_SIZE = 64, 4096  #: px; in a smaller picture the agents are specks

_PILLARS = ((-0.36, 4.7),)  # share of half the picture's width, m away
_NOBODY = 0  # owner of a pixel that shows no agent


@dataclass(frozen=True, eq=False)
class _Body:
    """A figure in its place at one moment."""

    owner: int
    figure: Figure
    place: Floats
    vertices: Floats


class Shot(NamedTuple):
    """
    A frame of the arena.

    Attributes
    ----------
    image : ndarray of uint8, shape (height, width, 3)
        Blue, green, red; the caller's own.
    truth : Truth
        What is visible in it.
    pose : Viewpoint
        Of the camera; the frame's origin lies on the floor below the camera at rest, x is the
        direction of its view, y points left.
    depth : callable or None
        Measures the depth image of the frame; None without a depth camera.

    """

    image: Pixels
    truth: Truth
    pose: Viewpoint
    depth: Callable[[], Millimetres] | None


class Arena:
    """
    A room with moving agents, and a camera that looks at it.

    Frame i shows the moment i / rate. The same parameters give the same frames, bit for
    bit on one machine, in whatever order they are asked for.

    Parameters
    ----------
    config : ArenaConfig
        Who is there, and how good the camera is.
    width, height : int
        Of the picture in pixels.
    rate : float
        Frames per second; the ways that the agents take do not depend on it.

    Attributes
    ----------
    rate : float
    size : (int, int)
        Width and height of the picture.

    Raises
    ------
    ConfigurationError
        When the picture is too small or too large, or the rate not positive.

    """

    def __init__(
        self,
        config: ArenaConfig,
        *,
        width: int = WIDTH,
        height: int = HEIGHT,
        rate: float = RATE,
    ) -> None:
        _check(width, height, rate)
        self.rate = rate
        self.size = width, height
        self._config = config
        self._camera = Camera.at_rest(width, height, config.camera_height, config.camera_pitch)
        self._figures = make_cast(config.agents, [config.seed, 1])
        self._class_ids = np.arange(config.agents) % len(CLASSES)
        generator = np.random.default_rng([config.seed, 6])
        self._pillars = [
            _Body(_NOBODY, pillar, place, pillar.placed(place, 0.0, 0.0, 0.0))
            for pillar, place in ((make_pillar(generator), self._place(*p)) for p in _PILLARS)
        ]
        sway = float(np.radians(config.camera_motion))
        self._backdrop = Backdrop(self._camera, sway, config.camera_speed, generator)
        self._sensor = Sensor(config, width, height)
        self._depth_sensor = DepthSensor(config.seed, width, height) if config.depth else None
        self._world = self._new_world()

    def render(self, index: int) -> tuple[Pixels, Truth]:
        """
        Draw a frame.

        Parameters
        ----------
        index : int
            Number of the frame, from 0. Going back simulates from the start again.

        Returns
        -------
        image : ndarray of uint8, shape (height, width, 3)
            Blue, green, red; the caller's own.
        truth : Truth
            What is visible in it.

        """
        shot = self.look(index)
        return shot.image, shot.truth

    def look(self, index: int) -> Shot:
        """Draw a frame as `render` does; return all that is known of it."""
        camera, motion, bodies = self._scene(index)
        picture = self._backdrop.seen_by(camera)
        shadows = Shadows(camera)
        for body in bodies:
            shadows.add(body.figure.mesh, body.vertices, body.figure.footprint(body.place))
        shadows.darken(picture)
        truth = self._truth(*self._paint(picture, bodies, camera), motion)
        image = self._sensor.expose(picture, index, index / self.rate)
        return Shot(image, truth, self._pose(camera), self._measurement(camera, bodies, index))

    def survey(self, index: int) -> tuple[Viewpoint, Callable[[], Millimetres] | None]:
        """Return pose and depth of a frame as `look` does, without drawing it."""
        camera, _, bodies = self._scene(index)
        return self._pose(camera), self._measurement(camera, bodies, index)

    def _scene(self, index: int) -> tuple[Camera, Motion, list[_Body]]:
        """Return who looks, how the agents move, and all bodies, the farthest first."""
        time = index / self.rate
        if time < self._world.time:
            self._world = self._new_world()
        camera = self._backdrop.camera_at(time)
        motion = self._world.at(time)
        bodies = sorted(
            self._bodies(motion),
            key=lambda body: -float(np.hypot(*(body.place - camera.position[:2]))),
        )
        return camera, motion, bodies

    def _pose(self, camera: Camera) -> Viewpoint:
        is_fixed = not (self._config.camera_speed or self._config.camera_motion)
        return camera.pose._replace(is_fixed=is_fixed)

    def _measurement(
        self, camera: Camera, bodies: list[_Body], index: int
    ) -> Callable[[], Millimetres] | None:
        if self._depth_sensor is None:
            return None
        stood = [(body.figure.mesh, body.vertices) for body in bodies]
        return partial(self._depth_sensor.measure, camera, stood, index)

    def _place(self, share: float, away: float) -> Floats:
        return np.array([share * self._camera.half_width_at(away), away])

    def _new_world(self) -> World:
        radii = np.array([figure.radius for figure in self._figures])
        obstacles = np.array([(*p.place, p.figure.radius) for p in self._pillars])
        seed = [self._config.seed, 2]
        return World(self._camera, self._class_ids, radii, obstacles, seed)

    def _bodies(self, motion: Motion) -> list[_Body]:
        """Return all that stands on the floor."""
        agents = [
            _Body(owner, figure, place, figure.placed(place, heading, travelled, speed))
            for owner, (figure, place, heading, travelled, speed) in enumerate(zip(
                self._figures, motion.places, motion.headings, motion.travelled, motion.speeds,
                strict=True,
            ), start=_NOBODY + 1)
        ]
        return agents + self._pillars

    def _paint(
        self, picture: Pixels, bodies: list[_Body], camera: Camera
    ) -> tuple[Pixels, dict[int, tuple[int, Patch]]]:
        """Paint bodies over each other; return whose each pixel is, and what was painted."""
        owners = np.full(picture.shape[:2], _NOBODY, np.uint8)
        painted: dict[int, tuple[int, Patch]] = {}  # pixels of the silhouette, part inside
        for body in bodies:
            patch = paint(body.figure.mesh, body.vertices, camera)
            if patch is None:
                continue
            inside = patch.clipped(camera.width, camera.height)
            lay(picture, inside)
            inside.window(owners)[inside.covered] = body.owner
            painted[body.owner] = int(np.count_nonzero(patch.covered)), inside
        painted.pop(_NOBODY, None)
        return owners, painted

    def _truth(
        self, owners: Pixels, painted: dict[int, tuple[int, Patch]], motion: Motion
    ) -> Truth:
        """See what is left of each."""
        ids, boxes, visibility = [], [], []
        for owner, (silhouette, patch) in sorted(painted.items()):
            visible = patch.window(owners) == owner
            count = np.count_nonzero(visible)
            if count:
                left, top, width, height = cv2.boundingRect(visible.view(np.uint8))
                ids.append(owner)
                boxes.append((patch.left + left, patch.top + top, width, height))
                visibility.append(count / silhouette)
        numbers = np.array(ids, np.int64)
        headings = motion.headings[numbers - 1]
        ahead = np.stack([np.cos(headings), np.sin(headings)], axis=1)
        to_robot = TO_ROBOT_AXES[:2, :2].T
        return Truth(
            numbers, self._class_ids[numbers - 1], np.array(boxes, np.float64).reshape(-1, 4),
            np.array(visibility, np.float64),
            motion.places[numbers - 1] @ to_robot,
            ahead * motion.speeds[numbers - 1, np.newaxis] @ to_robot,
        )


def _check(width: int, height: int, rate: float) -> None:
    if not MIN_SIZE <= min(width, height) <= max(width, height) <= MAX_SIZE:
        raise ConfigurationError(
            f'width, height: an arena of {width} x {height} pixels cannot be drawn; '
            f'give {MIN_SIZE} to {MAX_SIZE} pixels each way'
        )
    if not 1.0 <= rate <= 1000.0:
        raise ConfigurationError(f'rate: {rate:g} is no rate for the arena; give 1 to 1000 Hz')
