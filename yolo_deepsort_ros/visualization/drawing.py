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

"""Tracks on pictures."""

from __future__ import annotations

from collections.abc import Sequence
import colorsys
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo_deepsort_ros.visualization.label_text import drawable
from yolo_deepsort_ros.visualization.trails import Trail

Colour = tuple[int, int, int]  #: blue, green, red

GOLDEN_RATIO = 0.618034  #: its multiples, modulo 1, spread evenly however many there are
NO_ID = 0
NO_ID_COLOUR = (170, 170, 170)
DARK, LIGHT = (25, 25, 25), (255, 255, 255)
FONT = cv2.FONT_HERSHEY_SIMPLEX
MAX_LABELS = 100  #: of a picture; with more none could be read


@dataclass(frozen=True)
class _Pen:
    """Sizes that suit a picture, in pixels."""

    line: int  # thickness of boxes
    thin: int  # of the older part of trails
    halo: int  # dark rim on either side of them
    text: float  # scale of the font
    stroke: int  # thickness of the text's strokes
    margin: int  # around a label's text

    @classmethod
    def for_size(cls, width: int, height: int) -> _Pen:
        unit = (width * height / (640 * 480)) ** 0.4  # slower than the picture's sides
        return cls(
            line=max(1, round(1.8 * unit)),
            thin=max(1, round(0.9 * unit)),
            halo=max(1, round(0.6 * unit)),
            text=max(0.36, 0.42 * unit),
            stroke=max(1, round(unit)),
            margin=max(2, round(4 * unit)),
        )


@dataclass(frozen=True)
class _Plate:
    """Text on a filled ground; position and size in pixels."""

    text: str
    left: int
    top: int
    width: int
    height: int
    descent: int  # of the text below its baseline

    @classmethod
    def beside(
        cls, box: list[int], text: str, pen: _Pen, size: tuple[int, int], taken: list[_Plate]
    ) -> _Plate:
        """Find a place above, at the top of, or below a box, if possible not yet taken."""
        text = drawable(text)
        while True:
            (width, ascent), descent = cv2.getTextSize(text, FONT, pen.text, pen.stroke)
            width, height = width + 2 * pen.margin, ascent + descent + pen.margin
            if width <= size[0] or not text:
                break
            text = text[:min(len(text) - 1, len(text) * size[0] // width)]
        left = max(0, min(box[0] - pen.line // 2, size[0] - width))
        places = [
            cls(text, left, max(0, min(top, size[1] - height)), width, height, descent)
            for top in (box[1] - height, box[1], box[3])
        ]
        free = (place for place in places if not any(map(place.overlaps, taken)))
        return next(free, places[0])

    def overlaps(self, other: _Plate) -> bool:
        """Whether the two share a pixel."""
        return (
            abs(2 * (self.left - other.left) + self.width - other.width)
            < self.width + other.width
            and abs(2 * (self.top - other.top) + self.height - other.height)
            < self.height + other.height
        )

    def draw(self, canvas: NDArray[np.uint8], ground: Colour, pen: _Pen) -> None:
        """Draw the plate."""
        corner = self.left + self.width - 1, self.top + self.height - 1
        cv2.rectangle(canvas, (self.left, self.top), corner, ground, cv2.FILLED)
        baseline = self.left + pen.margin, corner[1] + 1 - self.descent - pen.margin // 2 + 1
        ink = ink_on(ground)
        cv2.putText(
            canvas, self.text, baseline, FONT, pen.text, ink, pen.stroke, cv2.LINE_AA
        )


def draw_tracks(
    image: NDArray[np.uint8],
    ids: ArrayLike,
    tlwh: ArrayLike,
    labels: Sequence[str],
    scores: ArrayLike,
    *,
    trails: Sequence[Trail] = (),
    footer: str = '',
) -> NDArray[np.uint8]:
    """
    Draw boxes with labels `id name score`, each id in its own colour.

    Lines and text grow with the picture. What is lower in the picture, so mostly nearer,
    is drawn over what is higher, and its label is placed first: above the box, or else
    where no label is yet, inside the picture, cut where it is too long for that. Of a crowd
    the nearest `MAX_LABELS` have one.

    Parameters
    ----------
    image : ndarray of uint8, shape (H, W, 3)
        Blue, green, red; left as it is.
    ids : array_like of int, shape (T,)
        Persistent ids; 0 for none: grey, and not shown.
    tlwh : array_like, shape (T, 4)
        Left, top, width, height in pixels; may reach over the edge.
    labels : sequence of str, length T
        Class names; see `label_text.drawn_names` for those outside ASCII.
    scores : array_like, shape (T,)
        Confidences.
    trails : sequence of ndarray, shape (N, 2), length T
        Where each track has been, as `recent.Trails` tells; may be left out.
    footer : str
        A line of text for the lower left corner; '' for none.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        A drawn copy.

    """
    numbers = np.array(ids, np.int64).tolist()
    texts = [
        f'{"" if number == NO_ID else f"{number} "}{label} {score:.2f}'
        for number, label, score in zip(numbers, labels, np.array(scores, float), strict=True)
    ]
    return _drawn(image, numbers, tlwh, texts, trails, footer)


def draw_detections(
    image: NDArray[np.uint8],
    class_ids: ArrayLike,
    tlwh: ArrayLike,
    labels: Sequence[str],
    scores: ArrayLike,
) -> NDArray[np.uint8]:
    """
    Draw boxes with labels `name score`, each class in its own colour.

    Parameters
    ----------
    image : ndarray of uint8, shape (H, W, 3)
        Blue, green, red; left as it is.
    class_ids : array_like of int, shape (N,)
        Class indices from 0.
    tlwh, labels, scores
        As in `draw_tracks`.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        A drawn copy.

    """
    texts = [
        f'{label} {score:.2f}'
        for label, score in zip(labels, np.array(scores, float), strict=True)
    ]
    return _drawn(image, (np.array(class_ids, np.int64) + 1).tolist(), tlwh, texts, (), '')


def _drawn(
    image: NDArray[np.uint8],
    numbers: Sequence[int],
    tlwh: ArrayLike,
    texts: Sequence[str],
    trails: Sequence[Trail],
    footer: str,
) -> NDArray[np.uint8]:
    """Draw boxes in the colours of those numbers."""
    canvas = np.array(image, np.uint8, order='C')
    height, width = canvas.shape[:2]
    pen = _Pen.for_size(width, height)
    boxes = np.array(tlwh, np.float64).reshape(-1, 4)
    boxes[:, 2:] += boxes[:, :2]  # left, top, right, bottom
    size = np.array([width, height, width, height], np.float64)
    corners = np.clip(np.nan_to_num(boxes), -size, 2 * size).round().astype(int)
    order = np.argsort(corners[:, 3], kind='stable').tolist()  # far to near
    for number, trail in zip(numbers, trails, strict=False):
        _draw_trail(canvas, trail, colour_of(number), pen)
    for i in order:
        _draw_box(canvas, corners[i].tolist(), colour_of(numbers[i]), pen)
    plates: list[_Plate] = []
    labelled = order[-MAX_LABELS:]
    for i in reversed(labelled):
        plates.append(_Plate.beside(corners[i].tolist(), texts[i], pen, (width, height), plates))
    for i, plate in zip(labelled, reversed(plates), strict=True):
        plate.draw(canvas, colour_of(numbers[i]), pen)
    if footer:
        draw_footer(canvas, footer)
    return canvas


def draw_footer(canvas: NDArray[np.uint8], text: str) -> None:
    """Draw a line of text into the lower left corner of a picture, shape (H, W, 3)."""
    height, width = canvas.shape[:2]
    pen = _Pen.for_size(width, height)
    _Plate.beside([0, height, 0, height], text, pen, (width, height), []).draw(canvas, DARK, pen)


def colour_of(track_id: int) -> Colour:
    """Return the colour of an id, always the same; neighbours differ most."""
    if track_id == NO_ID:
        return NO_ID_COLOUR
    hue = track_id * GOLDEN_RATIO % 1.0
    saturation = (0.85, 0.65)[track_id // 5 % 2]  # sets those apart that come close in hue
    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, 1.0)
    return round(255 * blue), round(255 * green), round(255 * red)


def _draw_box(canvas: NDArray[np.uint8], corners: list[int], colour: Colour, pen: _Pen) -> None:
    left, top, right, bottom = corners
    for tint, thickness in ((DARK, pen.line + 2 * pen.halo), (colour, pen.line)):
        cv2.rectangle(canvas, (left, top), (right, bottom), tint, thickness)


def _draw_trail(
    canvas: NDArray[np.uint8], trail: Trail, colour: Colour, pen: _Pen
) -> None:
    """Draw the older half thin, the newer one as the boxes are."""
    size = np.array(canvas.shape[1::-1], np.float64)
    points = np.clip(np.nan_to_num(trail), -size, 2 * size).round().astype(np.int32)
    middle = len(points) // 2
    for part, tint, thickness in (
        (points[:middle + 1], colour, pen.thin),
        (points[middle:], DARK, pen.line + 2 * pen.halo),
        (points[middle:], colour, pen.line),
    ):
        cv2.polylines(canvas, [part], False, tint, thickness, cv2.LINE_AA)


def ink_on(ground: Colour) -> Colour:
    """Return dark or light, whichever is read better on that ground (ITU-R BT.601 luma)."""
    blue, green, red = ground
    return DARK if 0.114 * blue + 0.587 * green + 0.299 * red > 120 else LIGHT
