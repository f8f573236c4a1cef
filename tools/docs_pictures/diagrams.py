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

"""Diagrams of how the package works."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from docs_pictures.canvas import ANNOTATOR, CAMERA, Canvas, DETECTOR, OTHER, TRACKER

PERIOD = 1000 / 30  #: ms; of the camera in the time line
ROS_ROOMS = {'nodes', 'demo'}
MIDDLE = 6  #: how many of the floors, from the top, do something with frames


class _Box(NamedTuple):
    """A node of the graph."""

    left: float
    top: float
    name: str
    fill: str
    width: float = 130
    height: float = 46

    @property
    def middle(self) -> float:
        return self.top + self.height / 2

    def draw(self, canvas: Canvas) -> None:
        canvas.box(self.left, self.top, self.width, self.height, fill=self.fill, radius=9)
        canvas.text(self.left + self.width / 2, self.middle + 5, self.name, style='light',
                    size=16, bold=True)


def node_graph() -> Canvas:
    """Draw the nodes and the topics between them."""
    canvas = Canvas(920, 410, 'The nodes and the topics between them')
    camera = _Box(30, 50, 'camera', CAMERA)
    detector = _Box(265, 50, 'detector', DETECTOR)
    tracker = _Box(510, 50, 'tracker', TRACKER)
    yours = _Box(755, 50, 'your node', OTHER)
    annotator, rviz = _Box(510, 190, 'annotator', ANNOTATOR), _Box(755, 190, 'rviz2', OTHER)
    viewer, browser = _Box(510, 265, 'viewer', ANNOTATOR), _Box(755, 265, 'browser', OTHER)
    locator, robot = _Box(510, 340, 'locator', TRACKER), _Box(755, 340, 'your robot', OTHER)
    for source, target, topic in (
        (camera, detector, 'image_raw'), (detector, tracker, 'detections'),
        (tracker, yours, 'tracks'), (annotator, rviz, 'annotated_image'),
        (viewer, browser, 'a page'), (locator, robot, 'tracks_3d'),
    ):
        start, end = source.left + source.width, target.left
        canvas.line([(start, source.middle), (end - 2, target.middle)], arrow=True)
        canvas.text((start + end) / 2, source.middle - 10, topic,
                    size=13 if len(topic) < 12 else 11.5)
    middle = camera.left + camera.width / 2
    canvas.line([(middle, 96), (middle, 155), (600, 155), (600, 98)], arrow=True)
    canvas.text(middle + 14, 148, 'image_raw', size=13, anchor='start')
    canvas.line([(535, 96), (535, 125), (480, 125), (480, locator.middle), (508, locator.middle)],
                arrow=True)
    canvas.text(474, 129, 'tracks', size=13, anchor='end')
    canvas.line([(450, 155), (450, viewer.middle - 9), (508, viewer.middle - 9)], arrow=True)
    canvas.line([(450, annotator.middle - 9), (508, annotator.middle - 9)], arrow=True)
    for node in (annotator, viewer):
        canvas.line([(480, node.middle + 9), (508, node.middle + 9)], arrow=True)
    canvas.line([(middle, 155), (middle, locator.middle + 9), (508, locator.middle + 9)],
                arrow=True, dashed=True)
    canvas.text(middle + 14, locator.middle + 2, 'camera_info, depth', size=13, anchor='start')
    for node in (
        camera, detector, tracker, yours, annotator, rviz, viewer, browser, locator, robot
    ):
        node.draw(canvas)
    canvas.line([(330, 48), (330, 26), (820, 26), (820, 48)], arrow=True, dashed=True)
    canvas.text(575, 19, 'label_info: the names of the classes, once', style='soft', size=12)
    canvas.text(30, 398, 'Every message has the header of its image: stamps are keys.',
                style='soft', size=13, anchor='start')
    canvas.text(890, 398, 'All nodes publish /diagnostics.', style='soft', size=13,
                anchor='end')
    return canvas


def pipeline_threads(stages_ms: dict[str, float]) -> Canvas:
    """Draw two frames on their way through the pipeline's threads, to scale."""
    canvas = Canvas(920, 354, "One frame through the pipeline's three threads, to scale")
    left, scale = 150, 720 / 50  # pixels a millisecond
    lanes = {
        'capture': (76, CAMERA), 'detector': (126, DETECTOR), 'tracker': (176, TRACKER),
        'your node': (226, OTHER),
    }
    for name, (top, fill) in lanes.items():
        canvas.box(left, top, 720, 40, style='panel', radius=6)
        canvas.text(left - 14, top + 25, name, anchor='end', fill=fill, bold=True)
    for tick in range(0, 51, 10):
        x = left + tick * scale
        canvas.line([(x, 68), (x, 276)], style='rule', width=1)
        canvas.text(x, 294, f'{tick} ms', style='soft', size=12)
    for number, shade in ((0, 1.0), (1, 0.45)):
        at = number * PERIOD
        for name, stage in zip(lanes, ('capture', 'detect', 'track', 'receive'), strict=True):
            top, fill = lanes[name]
            canvas.box(left + at * scale, top + 5, max(stages_ms[stage] * scale, 3), 30,
                       fill=fill, radius=4, opacity=shade)
            if number == 0 and stages_ms[stage] > 3:
                canvas.text(left + (at + stages_ms[stage] / 2) * scale, top + 25,
                            f'{stages_ms[stage]:.1f} ms', style='light', size=13)
            at += stages_ms[stage]
        start, end = left + number * PERIOD * scale, left + at * scale
        if number == 0:
            canvas.line([(start, 58), (end, 58)], width=2, arrow=True)
            canvas.text(start, 40, 'frame 1: stamp', size=13, anchor='start')
            canvas.text(end + 8, 62, f'its tracks are received {at:.0f} ms later', size=13,
                        anchor='start')
        else:
            canvas.text(start, 62, 'frame 2', style='soft', size=13, anchor='start')
    for y, words in (
        (322, 'Each thread takes the next frame while the one before is further on.'),
        (340, 'A frame that finds the detector busy gives way to the newest one.'),
    ):
        canvas.text(left, y, words, style='soft', size=12, anchor='start')
    return canvas


def layers(architecture: str) -> Canvas:
    """Draw the floors of the package, read from the drawing in docs/architecture.md."""
    drawing = architecture.split('```')[1].strip('\n').splitlines()
    floors = [re.split(' {3,}', line.strip())[0].split() for line in drawing]
    canvas = Canvas(920, 88 + 62 * len(floors), 'Layers of the package: imports point down only')
    canvas.text(30, 34, 'Imports point down only', anchor='start', size=16, bold=True)
    for left, fill, words in (
        (30, DETECTOR, 'knows ROS'), (150, TRACKER, 'does something with frames'),
        (370, CAMERA, 'values, files, pixels'),
    ):
        canvas.dot(left + 6, 56, 6, fill)
        canvas.text(left + 19, 61, words, style='soft', size=13, anchor='start')
    for i, names in enumerate(floors):
        top = 76 + 62 * i
        canvas.box(30, top, 860, 52, style='panel', radius=8)
        width = (860 - 12 * (len(names) + 1)) / len(names)
        for j, name in enumerate(names):
            left = 42 + j * (width + 12)
            free = TRACKER if i < MIDDLE else CAMERA
            fill = DETECTOR if name in ROS_ROOMS else free
            canvas.box(left, top + 9, width, 34, fill=fill, radius=6)
            canvas.text(left + width / 2, top + 31, name, style='light', bold=True,
                        size=min(15, 1.7 * width / max(len(name), 1)))
    return canvas


def resizing() -> Canvas:
    """Draw the three ways in which a picture fills the network's input."""
    canvas = Canvas(920, 330, 'Three ways to fit a wide picture into a square input')
    side = 208
    ways = (
        ('stretch', 'fills all, the shape changes', (side, side), 0.0),
        ('letterbox', 'the shape stays, grey fills the rest', (side, side * 9 / 16),
         side * 7 / 32),
        ('rectangle', 'the shape stays, no grey', (side, side * 9 / 16), 0.0),
    )
    canvas.text(108, 96, 'picture, 640 × 360', size=13)
    _scene(canvas, 28, 108, 160, 90)
    canvas.line([(198, 153), (222, 153)], arrow=True)
    for i, (name, told, (width, height), down) in enumerate(ways):
        left, top = 236 + 228 * i, 70
        if name != 'rectangle':
            canvas.box(left, top, side, side, fill='#7f7f7f')
            inner = top + down
        else:
            inner = top + (side - height) / 2
        _scene(canvas, left, inner, width, height)
        canvas.text(left + side / 2, 48, f'resize: {name}', bold=True, size=15)
        canvas.text(left + side / 2, 300, told, style='soft', size=12)
        size = '416 × 256: three fifths of the work' if name == 'rectangle' else '416 × 416'
        canvas.text(left + side / 2, 318, size, style='soft', size=12)
    return canvas


def _scene(canvas: Canvas, left: float, top: float, width: float, height: float) -> None:
    """Draw a street in a box of that size: a person, a ball, a house."""
    canvas.add(
        f'<g transform="translate({left:.1f} {top:.1f}) scale({width / 160:.4f} '
        f'{height / 90:.4f})">'
        '<rect width="160" height="90" fill="#bfe0f7"/><rect y="62" width="160" height="28" '
        'fill="#9db68c"/><rect x="92" y="24" width="48" height="42" fill="#e9d8b4"/>'
        '<path d="M86 26L116 6L146 26z" fill="#b5533c"/><rect x="110" y="44" width="13" '
        'height="22" fill="#7a5230"/><circle cx="42" cy="28" r="8" fill="#f0c9a0"/>'
        f'<rect x="33" y="37" width="18" height="26" rx="5" fill="{DETECTOR}"/>'
        '<rect x="35" y="61" width="6" height="20" fill="#30475e"/><rect x="43" y="61" width="6" '
        f'height="20" fill="#30475e"/><circle cx="74" cy="73" r="9" fill="{ANNOTATOR}"/></g>'
    )


def all_diagrams(architecture: str, figures: dict[str, Any]) -> dict[str, Canvas]:
    """Return every diagram by the name of its file."""
    return {
        'node_graph': node_graph(),
        'pipeline_threads': pipeline_threads(figures['pipeline_stages_ms']),
        'layers': layers(architecture),
        'resizing': resizing(),
    }
