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

"""The curves of tools/soak.py: memory and the time of a frame over hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import json
import math
from pathlib import Path
from typing import Any

from docs_pictures.canvas import ANNOTATOR, CAMERA, Canvas, DETECTOR, OTHER, TRACKER

COLOURS = {'camera': CAMERA, 'detector': DETECTOR, 'tracker': TRACKER, 'annotator': ANNOTATOR,
           'pipeline': TRACKER, 'median': TRACKER, 'p95': OTHER}
TITLES = {
    'tracker': '{frames:,} frames of a crowd of 50 through the tracker',
    'pipeline': '{frames:,} frames of the arena through the pipeline',
    'nodes': '{hours:.1f} hours of four nodes, {frames:,} frames',
}
LEFT, RIGHT = 80, 880


def soak_charts(folder: Path) -> dict[str, Canvas]:
    """Draw each run that was recorded, by name."""
    return {
        path.stem: _chart(path.stem.removeprefix('soak_'), json.loads(path.read_text('utf-8')))
        for path in sorted(folder.glob('soak_*.json'))
    }


def _chart(what: str, run: Mapping[str, Any]) -> Canvas:
    title = TITLES[what].format(**run['verdict'])
    canvas = Canvas(920, 470, title)
    canvas.text(30, 34, title, anchor='start', size=16, bold=True)
    hours = run['hours']
    _panel(canvas, 70, 130, 'anonymous memory [MB]', hours, run['anonymous_mb'])
    _panel(canvas, 270, 130, 'time of a frame, in ratio to work that is always the same', hours,
           {'median': run['median'], 'p95': run['p95']})
    canvas.text((LEFT + RIGHT) / 2, 445, 'hours', size=13)
    return canvas


def _panel(
    canvas: Canvas, top: float, height: float, title: str, hours: Sequence[float],
    curves: Mapping[str, Sequence[float]],
) -> None:
    """Draw curves over the hours, from zero on."""
    most = max(max(values) for values in curves.values())
    step = 10 ** math.floor(math.log10(most))
    most = next(step * factor for factor in (1, 2, 4, 5, 8, 10, 20) if step * factor >= most)
    canvas.text(LEFT, top - 10, title, anchor='start', size=13)
    bottom = top + height
    for part in range(5):
        y = bottom - height * part / 4
        canvas.line([(LEFT, y), (RIGHT, y)], style='rule', width=1)
        canvas.text(LEFT - 8, y + 4, f'{most * part / 4:g}', anchor='end', style='soft', size=12)
        x = LEFT + (RIGHT - LEFT) * part / 4
        canvas.text(x, bottom + 18, f'{hours[-1] * part / 4:.2f}', style='soft', size=12)
    for number, (name, values) in enumerate(curves.items()):
        points = ' '.join(
            f'{LEFT + (RIGHT - LEFT) * hour / hours[-1]:.1f},{bottom - height * value / most:.1f}'
            for hour, value in zip(hours, values, strict=True)
        )
        colour = COLOURS[name]
        canvas.add(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        x = RIGHT - 110 * (len(curves) - number)
        canvas.box(x, top - 21, 12, 12, fill=colour, radius=3)
        canvas.text(x + 18, top - 10, name, anchor='start', size=12)
