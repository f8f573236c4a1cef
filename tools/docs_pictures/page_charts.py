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

"""Charts of the tables of the docs' own pages: bars of one colour for each row or column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import math
from pathlib import Path
import re

from docs_pictures.canvas import Canvas, OTHER, TRACKER

Table = dict[str, dict[str, str]]  #: cells by the first cell of their row, and by column


def page_charts(pages: Path) -> dict[str, Canvas]:
    """Draw the charts of the pages in this folder, by name."""
    profiles = table_of(pages / 'accuracy.md', 'with vectors (4)')
    groups = [column for column in profiles['deepsort'] if column]
    people = table_of(pages / 'tracker.md', '128-D ours')
    people = {count: row for count, row in people.items() if count.isdecimal()}
    arena = table_of(pages / 'arena.md', 'MOTA')
    return {
        'profiles': bars(
            'IDF1 of the profiles by kind of detections', groups, {
                'deepsort': [part(profiles['deepsort'][group], 1) for group in groups],
                'strong': [part(profiles['strong'][group], 1) for group in groups],
            }, 100.0, 'IDF1, %: how much of each object has one id'),
        'tracker_speed': bars(
            'Milliseconds a frame by the number of people', [f'{n} people' for n in people], {
                'deep-sort-realtime': [part(row['peer']) for row in people.values()],
                'yolo_deepsort_ros': [part(row['128-D ours']) for row in people.values()],
            }, 20.0 * math.ceil(max(part(row['peer']) for row in people.values()) / 20),
            'milliseconds a frame'),
        'arena_tracking': bars(
            'IDF1 in the arena by tracker', list(arena), {
                'IDF1': [100 * part(row['IDF1']) for row in arena.values()],
            }, 100.0, 'IDF1, %: how much of each object has one id'),
    }


def table_of(page: Path, column: str) -> Table:
    """Return the first table of a page that has such a column; emphasis is dropped."""
    found: Table = {}
    names: list[str] = []
    for line in page.read_text(encoding='utf-8').splitlines():
        cells = [cell.strip().strip('*') for cell in line.strip().strip('|').split('|')]
        if not line.startswith('|'):
            if found:
                return found
            names = []
        elif names and cells[0].strip('-'):
            row = found[cells[0]] = {}
            for name, cell in zip(names[1:], cells[1:], strict=True):
                row.setdefault(name, cell)  # of columns of one name the first counts
        elif column in cells:
            names = cells
    raise ValueError(f'{page}: no table with the column {column}')


def part(cell: str, number: int = 0) -> float:
    """Return one of the numbers of a cell."""
    return float(re.findall(r'\d+\.?\d*', cell)[number])


def bars(
    title: str, groups: Sequence[str], series: Mapping[str, Sequence[float]], most: float,
    axis: str,
) -> Canvas:
    """Draw a bar for each number, in groups one below the other."""
    pitch = 24 * len(series) + 16
    left, right, top = 190, 850, 66
    end = top + pitch * len(groups)
    canvas = Canvas(920, end + 50, title)
    canvas.text(30, 34, title, anchor='start', size=16, bold=True)
    scale = (right - left) / most
    for step in range(5):
        x = left + step * (right - left) / 4
        canvas.line([(x, top - 8), (x, end - 8)], style='rule', width=1)
        canvas.text(x, end + 10, f'{step * most / 4:.0f}', style='soft', size=12)
    canvas.text((left + right) / 2, end + 34, axis, size=13)
    colours = dict(zip(series, (OTHER, TRACKER) if len(series) > 1 else (TRACKER,), strict=True))
    for i, group in enumerate(groups):
        y = top + pitch * i
        canvas.text(left - 12, y + 12 * len(series) + 4, group, anchor='end', size=13)
        for j, (name, values) in enumerate(series.items()):
            width, at = max(values[i] * scale, 3), y + 24 * j
            canvas.box(left, at, width, 22, fill=colours[name], radius=4)
            canvas.text(left + width + 8, at + 16, f'{values[i]:g}', anchor='start', size=13)
    if len(series) > 1:
        for j, name in enumerate(series):
            x = 560 + 170 * j
            canvas.box(x, 22, 14, 14, fill=colours[name], radius=3)
            canvas.text(x + 20, 34, name, anchor='start', size=13)
    return canvas
