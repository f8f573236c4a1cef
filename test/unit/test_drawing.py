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

"""Drawn tracks: where the pixels change, and that they can be told apart."""

from __future__ import annotations

import numpy as np
import pytest

from yolo_deepsort_ros.visualization import drawing
from yolo_deepsort_ros.visualization.drawing import colour_of, draw_tracks

SIZES = [(320, 240), (640, 480), (1920, 1080), (3840, 2160)]


def grey(width: int = 640, height: int = 480) -> np.ndarray:
    return np.full((height, width, 3), 90, np.uint8)


def test_the_picture_given_is_left_as_it_is():
    image = grey()
    image.setflags(write=False)
    drawn = draw_tracks(image, [1], [[100, 100, 80, 160]], ['person'], [0.9], footer='frame 1')
    assert (image == 90).all()
    assert drawn.shape == image.shape
    assert drawn.dtype == np.uint8


def test_no_tracks_and_no_footer_draw_nothing():
    assert (draw_tracks(grey(), [], np.zeros((0, 4)), [], []) == 90).all()


@pytest.mark.parametrize(('width', 'height'), SIZES)
def test_edges_have_the_colour_of_the_id(width: int, height: int):
    box = (width / 4, height / 4, width / 2, height / 2)
    drawn = draw_tracks(grey(width, height), [7], [box], ['car'], [0.5])
    left, right, bottom = width // 4, width * 3 // 4, height * 3 // 4
    for x, y in ((left, height // 2), (right, height // 2), (width // 2, bottom)):
        assert np.abs(drawn[y, x] - np.array(colour_of(7))).max() < 30  # thin lines are soft
    assert (drawn[height // 2, width // 2] == 90).all()


@pytest.mark.parametrize(('width', 'height'), SIZES)
def test_a_label_is_readable_at_every_size(width: int, height: int, monkeypatch):
    """Capitals are at least 7 pixels high and at most a twentieth of the picture."""
    scales = []
    monkeypatch.setattr(drawing.cv2, 'putText', lambda *args: scales.append(args[4]))
    draw_tracks(grey(width, height), [7], [[9, 99, 50, 90]], ['car'], [0.5])
    capital = 21 * scales[0]  # Hershey simplex
    assert 7 <= capital <= height / 20


@pytest.mark.parametrize('box', [
    (-500, -500, 100, 100), (600, 440, 500, 500), (0, 0, 640, 480), (-50, 470, 60, 60),
    (639, 0, 1, 1), (1e300, -1e300, 1e300, 1e300),
])
def test_labels_stay_inside_the_picture(box, monkeypatch):
    plates = []
    monkeypatch.setattr(
        drawing._Plate, 'draw', lambda plate, *args: plates.append(plate)
    )
    draw_tracks(grey(), [1234], [box], ['person'], [0.5], footer='footer')
    assert len(plates) == 2
    for plate in plates:
        assert 0 <= plate.left <= plate.left + plate.width <= 640
        assert 0 <= plate.top <= plate.top + plate.height <= 480


def test_labels_of_the_same_box_are_set_apart(monkeypatch):
    plates = []
    monkeypatch.setattr(drawing._Plate, 'draw', lambda plate, *args: plates.append(plate))
    draw_tracks(grey(), [1, 2, 3], [[100, 100, 80, 160]] * 3, ['person'] * 3, [0.5] * 3)
    assert [plate.text for plate in plates] == ['1 person 0.50', '2 person 0.50', '3 person 0.50']
    assert not any(a.overlaps(b) for a in plates for b in plates if a is not b)


@pytest.mark.parametrize('size', [(320, 240), (64, 48), (16, 16), (3840, 2160)])
def test_a_text_too_long_is_cut_to_the_picture(size: tuple[int, int], monkeypatch):
    plates = []
    monkeypatch.setattr(drawing._Plate, 'draw', lambda plate, *args: plates.append(plate))
    name = 'a class whose name is very long ' * 20
    draw_tracks(grey(*size), [7], [[5, 5, 9, 9]], [name], [0.5], footer=name)
    for plate, whole in zip(plates, (f'7 {name}', name), strict=True):
        assert 0 <= plate.left <= plate.left + plate.width <= size[0]
        assert whole.startswith(plate.text)
        assert size[0] - plate.width < 12 * plate.height / 15  # not a letter too short


def test_a_crowd_has_boxes_for_all_and_labels_for_the_nearest(monkeypatch):
    texts = []
    monkeypatch.setattr(drawing.cv2, 'putText', lambda *args: texts.append(args[1]))
    count = 10_000
    boxes = np.full((count, 4), 9.0)
    boxes[:, 3] = np.arange(count) / 40  # the last one is the nearest
    draw_tracks(grey(), range(1, count + 1), boxes, ['ant'] * count, np.ones(count))
    assert len(texts) == drawing.MAX_LABELS
    assert f'{count} ant 1.00' in texts


def test_a_trail_is_drawn_in_the_colour_of_its_id_without_leaving_the_picture():
    trails = [np.array([[100.0, 300.0], [200.0, 300.0], [300.0, 300.0]]),
              np.array([[1e300, -1e300], [np.inf, np.nan]]), np.zeros((0, 2))]
    drawn = draw_tracks(
        grey(), [4, 5, 0], [[600, 20, 9, 9]] * 3, ['car'] * 3, [0.5] * 3, trails=trails
    )
    for x in (150, 250):
        assert np.abs(drawn[300, x] - np.array(colour_of(4))).max() < 30
    assert (drawn[300, 310:] == 90).all()


@pytest.mark.parametrize(('track', 'name', 'text'), [
    (3, 'person', '3 person 0.88'),
    (0, 'person', 'person 0.88'),
    (3, 'Straßenbahn', '3 Strassenbahn 0.88'),
    (3, 'vélo', '3 velo 0.88'),
    (3, '人', '3 ? 0.88'),  # its number is drawn where that is known: test_label_text
])
def test_the_text_of_a_label(track: int, name: str, text: str, monkeypatch):
    texts = []
    monkeypatch.setattr(drawing.cv2, 'putText', lambda *args: texts.append(args[1]))
    draw_tracks(grey(), [track], [[100, 100, 80, 160]], [name], [0.876])
    assert texts == [text]


def test_colours_are_stable_and_neighbours_differ():
    colours = np.array([colour_of(number) for number in range(1, 61)], float)
    assert colour_of(5) == colour_of(5)
    assert len(np.unique(colours, axis=0)) == 60
    for step in (1, 2, 3, 4):
        assert np.abs(colours[step:] - colours[:-step]).max(axis=1).min() > 60


@pytest.mark.parametrize('number', [*range(200), 10**12])
def test_text_stands_out_from_its_ground(number: int):
    """WCAG asks for a contrast ratio of 3 at least for large text."""
    light, dark = sorted(map(luminance, (drawing.ink_on(colour_of(number)), colour_of(number))))
    assert (dark + 0.05) / (light + 0.05) >= 3


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance of WCAG 2.1 of blue, green, red."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
              for c in (value / 255 for value in colour)]
    return 0.0722 * linear[0] + 0.7152 * linear[1] + 0.2126 * linear[2]
