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


"""The empty arena: floor, markings and back wall."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator

from yolo_deepsort_ros.array_types import Floats, Pixels
from yolo_deepsort_ros.simulation.arena.camera import Camera
from yolo_deepsort_ros.simulation.arena.palette import Colour, colour

WALL = 13.5  #: m from the camera to the back wall
_WALL_HEIGHT = 4.5  #: m
_SCALE = 64  #: texture pixels per metre
_FINE = 4  #: pixels of the drawing per pixel of the picture, along each axis
_MAX_DRAWING_SIDE = 4096  #: pixels of the drawing along its longer side
_TILE = 1.0  #: m

_FLOORS = tuple(colour(code) for code in ('b9b4a6', 'a9b3b8', 'c2b59b', '9fa8a0'))
_WALLS = tuple(
    (colour(low), colour(high)) for low, high in (
        ('4d6a78', 'd9d5c8'), ('6b5b6e', 'd6d2d0'), ('5b7460', 'dad8c6'), ('7a5c4a', 'd8d3cb'),
    )
)
_LINES, _SKY, _BARS = colour('f2efe4'), colour('dcebf2'), colour('59616b')
_ACCENTS = tuple(colour(code) for code in ('d8973c', '3f7fb0', 'b8503f', '5c9a6b'))


class Room:
    """
    The floor and the back wall.

    Parameters
    ----------
    half_width : float
        Metres from the middle to either side.
    start : float
        Metres from the origin to where the floor begins, towards the wall; 0 or less.
    generator : Generator
        Of the looks.

    """

    def __init__(self, half_width: float, start: float, generator: Generator) -> None:
        theme = int(generator.integers(len(_FLOORS)))
        accent = _ACCENTS[int(generator.integers(len(_ACCENTS)))]
        self._half_width, self._start = half_width, start
        floor = _floor_texture(half_width, start, _FLOORS[theme], accent, generator)
        wall = _wall_texture(half_width, *_WALLS[theme], accent, generator)
        self._floor, self._wall = (
            np.rint(np.clip(texture, 0, 1) * 255).astype(np.uint8) for texture in (floor, wall)
        )

    def seen_by(self, camera: Camera, fine: int = _FINE) -> Pixels:
        """
        Return the picture of the empty arena, shape (height, width, 3).

        Parameters
        ----------
        camera : Camera
            Who looks; the wall is before it.
        fine : int
            Most pixels of the drawing per pixel of the picture, along each axis.

        """
        fine = min(fine, max(1, _MAX_DRAWING_SIDE // max(camera.width, camera.height)))
        size = (camera.width * fine, camera.height * fine)
        along, away, up = np.eye(3)
        corner = -self._half_width * along
        to_floor = camera.plane_to_pixels(corner + self._start * away, along, away)
        to_wall = camera.plane_to_pixels(corner + WALL * away, along, up)
        picture = _seen(self._floor, to_floor, fine, size)
        ends = camera.project(np.array([[-1.0, WALL, 0.0], [1.0, WALL, 0.0]])) * fine
        slope = (ends[1, 1] - ends[0, 1]) / (ends[1, 0] - ends[0, 0])
        # Where the wall ends, column by column.
        base = np.rint(ends[0, 1] + slope * (np.arange(size[0]) - ends[0, 0]))
        rows = int(np.clip(base.max(), 0, size[1]))
        is_wall = np.arange(rows)[:, np.newaxis] < base
        wall = _seen(self._wall, to_wall, fine, (size[0], rows)) if rows else picture[:0]
        picture[:rows][is_wall] = wall[is_wall]
        return np.asarray(
            cv2.resize(picture, (camera.width, camera.height), interpolation=cv2.INTER_AREA),
            np.uint8,
        )


def _seen(pixels: Pixels, to_pixels: Floats, fine: int, size: tuple[int, int]) -> Pixels:
    """Return a texture of `_SCALE` pixels per metre as the camera sees it."""
    homography = np.diag([fine, fine, 1.0]) @ to_pixels @ np.diag([1 / _SCALE, 1 / _SCALE, 1.0])
    return np.asarray(
        cv2.warpPerspective(
            pixels, homography, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ), np.uint8,
    )


def _floor_texture(
    half_width: float, start: float, tone: Colour, accent: Colour, generator: Generator
) -> Floats:
    """Draw tiles with joints, stains, markings and light from windows; row 0 is nearest."""
    length = WALL - start
    rows, columns = int(length * _SCALE), int(2 * half_width * _SCALE)
    shape = (rows, columns)
    tiles = generator.normal(0, 0.022, (int(length / _TILE) + 1, int(2 * half_width / _TILE) + 1))
    size = int(_TILE * _SCALE)
    texture = 1 + np.kron(tiles, np.ones((size, size)))[:rows, :columns]
    texture += _cloud(shape, 90, 0.035, generator) + _cloud(shape, 12, 0.018, generator)
    texture += generator.normal(0, 0.02, shape)
    floor = texture[..., None] * tone
    _draw_markings(floor, half_width, start, accent)
    joints = np.ones(shape)
    joints[:: size] = joints[1:: size] = 0.80
    joints[:, :: size] = joints[:, 1:: size] = 0.80
    light = _window_light(shape, half_width, start) * joints
    light[-size:] *= np.linspace(1.0, 0.62, size)[:, None]  # the wall keeps light off
    return np.asarray(floor * light[..., None])


def _draw_markings(floor: Floats, half_width: float, start: float, accent: Colour) -> None:
    """Draw a court: border, middle line, circle and two coloured zones."""
    def spot(x: float, y: float) -> tuple[int, int]:
        return round((x + half_width) * _SCALE), round((y - start) * _SCALE)

    worn = floor.copy()
    cv2.rectangle(worn, spot(-4.6, 9.4), spot(-2.4, 11.2), accent.tolist(), -1)
    cv2.rectangle(worn, spot(2.4, 9.4), spot(4.6, 11.2), accent.tolist(), -1)
    cv2.circle(worn, spot(0, 7.2), round(1.5 * _SCALE), accent.tolist(), -1, cv2.LINE_AA)
    floor[:] = 0.45 * floor + 0.55 * worn
    worn = floor.copy()
    white, thick = _LINES.tolist(), round(0.07 * _SCALE)
    cv2.circle(worn, spot(0, 7.2), round(1.5 * _SCALE), white, thick, cv2.LINE_AA)
    cv2.line(worn, spot(-4.6, 7.2), spot(4.6, 7.2), white, thick)
    cv2.rectangle(worn, spot(-4.6, 4.2), spot(4.6, 11.2), white, thick)
    for side in (-1, 1):
        cv2.rectangle(worn, spot(side * 2.4, 9.4), spot(side * 4.6, 11.2), white, thick)
    floor[:] = 0.2 * floor + 0.8 * worn


def _window_light(shape: tuple[int, int], half_width: float, start: float) -> Floats:
    """Return a pool of lamp light, and slanting patches as of tall windows."""
    y, x = np.mgrid[:shape[0], :shape[1]] / _SCALE
    x -= half_width
    y += start
    pool = 0.86 + 0.20 * np.exp(-((x / 4.5) ** 2 + ((y - 6.5) / 4.0) ** 2))
    patches = np.zeros(shape, np.float32)
    for side in (-5.2, -2.4, 0.4, 3.2):
        left = side + half_width
        corners = np.array([(left, 4.3), (left + 1.5, 4.3), (left + 3.7, 8.6), (left + 2.2, 8.6)])
        corners[:, 1] -= start
        cv2.fillConvexPoly(patches, np.rint(corners * _SCALE).astype(np.int32), 1.0)
    return np.asarray(pool + 0.11 * cv2.GaussianBlur(patches, (0, 0), 0.13 * _SCALE))


def _wall_texture(
    half_width: float, low: Colour, high: Colour, accent: Colour, generator: Generator
) -> Floats:
    """Draw a wall in two colours with a rail, seams and a baseboard; row 0 is at the floor."""
    shape = (int(_WALL_HEIGHT * _SCALE), int(2 * half_width * _SCALE))
    wall = np.empty((*shape, 3))
    wall[:] = high
    wall[:_row(1.15)] = low
    wall[_row(1.15):_row(1.27)] = accent
    wall[_row(1.27):_row(1.32)] = _LINES
    seam = int(2.0 * _SCALE)
    wall[:, ::seam] *= 0.86
    wall[:, 1::seam] *= 0.92
    wall[:_row(0.14)] = low * 0.5
    _draw_windows(wall, half_width)
    shading = 1 + _cloud(shape, 80, 0.03, generator) + generator.normal(0, 0.012, shape)
    rise = np.linspace(0.78, 1.0, shape[0])[:, None]
    return np.asarray(wall * (shading * rise)[..., None])


def _draw_windows(wall: Floats, half_width: float) -> None:
    """Draw a row of tall windows with the morning sky behind them."""
    glow = np.linspace(0.86, 1.0, _row(4.1) - _row(1.85))[:, None, None]
    for middle in np.arange(-9.0, half_width, 3.0):
        left, right = (round((middle + half_width + side) * _SCALE) for side in (-0.85, 0.85))
        if left < 0 or right > wall.shape[1]:
            continue
        wall[_row(1.85):_row(4.1), left:right] = glow * _SKY
        for bar in (left, (left + right) // 2 - 2, right - 4):
            wall[_row(1.80):_row(4.1), bar:bar + 5] = _BARS
        for height in (1.80, 2.9, 4.02):
            wall[_row(height):_row(height + 0.08), left:right + 1] = _BARS
        wall[_row(1.68):_row(1.80), left - 8:right + 8] = _BARS * 1.6


def _row(height: float) -> int:
    return int(height * _SCALE)


def _cloud(
    shape: tuple[int, int], grain: int, strength: float, generator: Generator
) -> Floats:
    """Return smooth noise of that standard deviation before smoothing, spots of `grain` px."""
    small = generator.normal(0, strength, (shape[0] // grain + 2, shape[1] // grain + 2))
    return np.asarray(cv2.resize(small, shape[::-1], interpolation=cv2.INTER_CUBIC))
