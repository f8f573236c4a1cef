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

"""A small canvas that writes SVG, readable on light and on dark pages."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

#: One colour for each part of the graph, in all pictures.
CAMERA, DETECTOR, TRACKER, ANNOTATOR, OTHER = '#2f7ed8', '#d9731a', '#23915a', '#8a5cd6', '#64748b'
#: Each class on light paper, and on dark where it differs.
STYLE = {
    'paper': ('fill:#ffffff', 'fill:#161b22'),
    'panel': ('fill:#f1f5f9', 'fill:#21262d'),
    'ink': ('fill:#1f2937', 'fill:#e6edf3'),
    'soft': ('fill:#5b6676', 'fill:#9aa7b5'),
    'rule': ('stroke:#d5dbe3', 'stroke:#3a424d'),
    'line': ('stroke:#5b6676', 'stroke:#9aa7b5'),
    'tip': ('fill:#5b6676', 'fill:#9aa7b5'),
    'light': ('fill:#ffffff', 'fill:#ffffff'),
}
FONT = "'Segoe UI',Roboto,'Helvetica Neue','DejaVu Sans',sans-serif"


class Canvas:
    """
    Shapes on paper; coordinates are in pixels from the top left corner.

    Parameters
    ----------
    width, height : float
        Of the picture.
    title : str
        What it shows, for those who cannot see it.

    """

    def __init__(self, width: float, height: float, title: str) -> None:
        self.width, self.height = width, height
        self._title = title
        self._shapes: list[str] = []
        self.box(0, 0, width, height, style='paper', radius=10)

    def box(
        self, left: float, top: float, width: float, height: float, *, fill: str = '',
        style: str = '', radius: float = 0, opacity: float = 1.0,
    ) -> None:
        """Draw a filled box."""
        look = f'class="{style}"' if style else f'fill="{fill}"'
        faint = '' if opacity == 1 else f' fill-opacity="{opacity:g}"'
        self.add(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'rx="{radius:g}" {look}{faint}/>'
        )

    def text(
        self, x: float, y: float, words: str, *, style: str = 'ink', size: float = 14,
        anchor: str = 'middle', bold: bool = False, fill: str = '',
    ) -> None:
        """Write a line of text; `y` is its baseline."""
        weight = ' font-weight="600"' if bold else ''
        look = f'fill="{fill}"' if fill else f'class="{style}"'
        self.add(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}"'
            f'{weight} {look}>{escape(words)}</text>'
        )

    def line(
        self, points: list[tuple[float, float]], *, style: str = 'line', width: float = 1.8,
        arrow: bool = False, dashed: bool = False,
    ) -> None:
        """Draw a line through points, with a tip at its end where that is wanted."""
        path = ' '.join(f'{x:.1f},{y:.1f}' for x, y in points)
        dash = ' stroke-dasharray="5 4"' if dashed else ''
        tip = ' marker-end="url(#tip)"' if arrow else ''
        self.add(
            f'<polyline points="{path}" fill="none" class="{style}" stroke-width="{width:g}"'
            f' stroke-linejoin="round"{dash}{tip}/>'
        )

    def dot(self, x: float, y: float, radius: float, fill: str) -> None:
        """Draw a filled circle."""
        self.add(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}"/>')

    def add(self, shape: str) -> None:
        """Add a shape in SVG's own words."""
        self._shapes.append(shape)

    def save(self, path: Path) -> None:
        """Write the file."""
        light = ''.join(f'.{name}{{{look}}}' for name, (look, _) in STYLE.items())
        dark = ''.join(f'.{name}{{{look}}}' for name, (_, look) in STYLE.items())
        shapes = '\n'.join(self._shapes)
        path.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} '
            f'{self.height:g}" width="{self.width:g}" height="{self.height:g}" '
            f'font-family="{FONT}" role="img">\n<title>{escape(self._title)}</title>\n'
            f'<style>{light}@media (prefers-color-scheme:dark){{{dark}}}</style>\n'
            '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
            'markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z" class="tip"/></marker>'
            f'</defs>\n{shapes}\n</svg>\n',
            encoding='utf-8',
        )
