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

"""Charts of measured figures, as the benchmarks' JSON has them."""

from __future__ import annotations

from typing import Any

from docs_pictures.canvas import ANNOTATOR, CAMERA, Canvas, DETECTOR, OTHER, TRACKER

#: Of each variant of bench_detector: its words in the chart and its colour.
VARIANTS = {
    'opencv': ('OpenCV 4.14', OTHER), 'onnxruntime': ('ONNX Runtime', ANNOTATOR),
    'openvino_float32': ('OpenVINO float32', CAMERA),
    'openvino_float32_rectangle': ('float32, rectangle', CAMERA),
    'openvino_float32_letterbox': ('float32, letterbox', CAMERA),
    'openvino_auto': ('OpenVINO bfloat16', TRACKER),
    'openvino_auto_rectangle': ('bfloat16, rectangle', TRACKER),
    'openvino_auto_letterbox': ('bfloat16, letterbox', TRACKER),
    'openvino_int8_stretch': ('OpenVINO int8', DETECTOR),
    'openvino_int8_rectangle': ('int8, rectangle', DETECTOR),
    'openvino_int8_letterbox': ('int8, letterbox', DETECTOR),
}
#: Where a label stands that would lie on another: its shift, and which of its ends is there.
SHIFTS = {
    'onnxruntime': (9, 20, 'start'), 'openvino_float32': (0, -12, 'middle'),
    'opencv': (12, 5, 'start'), 'openvino_int8_stretch': (8, -12, 'end'),
    'openvino_auto': (0, 23, 'middle'), 'openvino_int8_letterbox': (9, -8, 'start'),
    'openvino_auto_letterbox': (10, 5, 'start'), 'openvino_auto_rectangle': (0, 22, 'middle'),
}
BASELINE = 'usual code, OpenCV 4.6'


def speed_and_accuracy(figures: dict[str, Any]) -> Canvas:
    """Draw milliseconds a picture beside AP50, each variant a point."""
    canvas = Canvas(920, 448, 'Speed and accuracy of YOLOv4-tiny by library and precision')
    left, right, top, bottom = 90, 880, 84, 384
    most, (low, high) = 85.0, (0.48, 0.56)

    def place(ms: float, ap50: float) -> tuple[float, float]:
        return (left + (right - left) * ms / most,
                bottom - (bottom - top) * (ap50 - low) / (high - low))

    canvas.text(30, 34, 'YOLOv4-tiny on two cores: up is more accurate, left is faster',
                anchor='start', size=16, bold=True)
    for tick in range(0, 81, 10):
        x, _ = place(tick, low)
        canvas.line([(x, top), (x, bottom)], style='rule', width=1)
        canvas.text(x, bottom + 20, f'{tick}', style='soft', size=12)
    for step in range(5):
        ap50 = low + 0.02 * step
        _, y = place(0, ap50)
        canvas.line([(left, y), (right, y)], style='rule', width=1)
        canvas.text(left - 10, y + 4, f'{ap50:.2f}', style='soft', size=12, anchor='end')
    canvas.text((left + right) / 2, bottom + 44, 'milliseconds a picture, all included', size=13)
    canvas.text(30, top - 18, 'AP50 on COCO', anchor='start', size=13)
    for name, (words, fill) in VARIANTS.items():
        x, y = place(figures['ours_ms'][name], figures['ap50'][name])
        canvas.dot(x, y, 7, fill)
        right_of, down, anchor = SHIFTS.get(name, (0, -12, 'middle'))
        canvas.text(x + right_of, y + down, words, size=12, anchor=anchor)
    x, y = place(figures['baseline_opencv46_ms'], figures['ap50']['opencv'])
    canvas.add(f'<rect x="{x - 6:.1f}" y="{y - 6:.1f}" width="12" height="12" fill="{OTHER}"/>')
    canvas.text(x, y - 13, BASELINE, size=12)
    return canvas


def latency_bars(figures: dict[str, Any]) -> Canvas:
    """Draw the time from stamp to tracks by picture size, three nodes beside the pipeline."""
    sizes = list(figures['three_nodes'])
    canvas = Canvas(920, 110 + 84 * len(sizes), 'From stamp to tracks: median and 95 %')
    canvas.text(30, 34, 'From the stamp of an image to the receipt of its tracks, 30 images '
                'a second', anchor='start', size=16, bold=True)
    left, scale, top = 130, 720 / 20, 62
    end = top + 84 * len(sizes) - 10
    for tick in range(0, 21, 5):
        x = left + tick * scale
        canvas.line([(x, top - 6), (x, end)], style='rule', width=1)
        canvas.text(x, end + 20, f'{tick} ms', style='soft', size=12)
    for i, size in enumerate(sizes):
        y = top + 84 * i
        canvas.text(left - 14, y + 38, size.replace('x', ' × '), anchor='end', size=13)
        for j, (name, words, fill) in enumerate((
            ('three_nodes', 'three nodes', CAMERA), ('pipeline', 'one process', TRACKER),
        )):
            found = figures[name][size]
            at = y + 32 * j
            canvas.box(left, at, found['p95_ms'] * scale, 26, fill=fill, radius=4, opacity=0.35)
            canvas.box(left, at, found['p50_ms'] * scale, 26, fill=fill, radius=4)
            canvas.text(left + 10, at + 18, words, style='light', size=13, anchor='start')
            canvas.text(left + found['p50_ms'] * scale - 8, at + 18, f'{found["p50_ms"]:g}',
                        style='light', size=13, anchor='end', bold=True)
            canvas.text(left + found['p95_ms'] * scale + 8, at + 18, f'{found["p95_ms"]:g}',
                        size=13, anchor='start')
    canvas.text(left, end + 40, 'Full colour: half of the images are faster. Pale: 95 % are.',
                style='soft', size=12, anchor='start')
    return canvas
