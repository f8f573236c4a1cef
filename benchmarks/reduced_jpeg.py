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

"""
What it gains, and costs, to decode a JPEG no larger than the network needs it.

`python3 benchmarks/reduced_jpeg.py SEQUENCE CFG WEIGHTS NAMES` takes a MOTChallenge sequence of
people, such as MOT16-11 of 1920 x 1080, and a Darknet network that knows `person`. It prints
milliseconds of decoding and of decoding and detecting (full and reduced by turns, minima), the
AP50 of people, and how the strong boxes of the one agree with those of the other.
"""

from __future__ import annotations

from pathlib import Path
import sys
from time import perf_counter

import cv2
import numpy as np

from yolo_deepsort_ros.boxes import iou_matrix
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.evaluation.average_precision import (
    average_precision, MIN_CONFIDENCE, TrueBoxes,
)
from yolo_deepsort_ros.images.compressed_image import decoded, encoded
from yolo_deepsort_ros.images.picture_header import jpeg_size
from yolo_deepsort_ros.yolo.detector import Detector

SIZES = ((640, 480), (1280, 720), (1920, 1080))
EVERY = 5  #: frames; the others are like them
STRONG = 0.4
QUALITY = 80


def main(sequence: Path, cfg: str, weights: str, names: str) -> None:
    """Print a line for each size and each way to make a picture fit."""
    frames = sorted((sequence / 'img1').glob('*.jpg'))[::EVERY]
    truth = np.loadtxt(sequence / 'gt' / 'gt.txt', delimiter=',')
    truth = truth[(truth[:, 6] == 1) & (truth[:, 7] == 1)]
    print('size resize reduction | decode full, reduced ms | with detector | '
          'AP50 full, reduced | strong boxes, in both, median and 95 % largest shift px')
    for resize in ('stretch', 'letterbox'):
        detector = Detector(
            cfg, weights=weights, names=names, resize=resize, confidence=MIN_CONFIDENCE,
            classes=('person',),
        )
        for size in SIZES:
            compare(detector, size, frames, truth)


def compare(
    detector: Detector, size: tuple[int, int], frames: list[Path], truth: np.ndarray
) -> None:
    """Print the line of pictures of one size."""
    times: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    found: dict[bool, list[Detections]] = {False: [], True: []}
    true, reduction = [], 1
    person = detector.labels.index('person')
    for frame in frames:
        picture = cv2.imread(str(frame))
        scale = np.tile(np.divide(size, picture.shape[1::-1]), 2)
        rows = truth[truth[:, 0] == int(frame.stem)]
        true.append(TrueBoxes(rows[:, 2:6] * scale, np.full(len(rows), person)))
        jpeg = encoded(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), QUALITY)
        for is_reduced in (False, True):
            start = perf_counter()
            reduction = detector.reduction(jpeg_size(jpeg) or size) if is_reduced else 1
            small = decoded(jpeg, reduction)
            middle = perf_counter()
            seen = detector.detect(small)
            times[is_reduced].append((middle - start, perf_counter() - start))
            found[is_reduced].append(
                Detections(seen.tlwh * reduction, seen.scores, seen.class_ids)
            )
    milliseconds = {key: 1e3 * np.min(values, axis=0) for key, values in times.items()}
    precision = [average_precision(true, found[key])[person] for key in (False, True)]
    print(
        f'{size[0]}x{size[1]} {detector.resize} {reduction} | '
        f'{milliseconds[False][0]:.1f}, {milliseconds[True][0]:.1f} | '
        f'{milliseconds[False][1]:.1f}, {milliseconds[True][1]:.1f} | '
        f'{precision[0]:.3f}, {precision[1]:.3f} | {agreement(found[False], found[True])}'
    )


def agreement(full: list[Detections], reduced: list[Detections]) -> str:
    """Tell how many strong boxes of the full pictures the reduced ones show, and how far off."""
    shifts, count = [], 0
    for one, other in zip(full, reduced, strict=True):
        strong = one.tlwh[one.scores >= STRONG]
        count += len(strong)
        overlap = iou_matrix(strong, other.tlwh)
        rows = np.flatnonzero(overlap.max(axis=1, initial=0) >= 0.5)
        if rows.size:
            nearest = other.tlwh[overlap[rows].argmax(axis=1)]
            shifts.extend(np.abs(strong[rows] - nearest).max(axis=1))
    if not shifts:
        return f'{count}, 0'
    return f'{count}, {len(shifts)}, {np.median(shifts):.1f}, {np.percentile(shifts, 95):.1f}'


if __name__ == '__main__':
    folder, *network = sys.argv[1:]
    main(Path(folder), *network)
