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
How well the descriptor without weights tells objects apart, and what tracks it gives.

    scripts/run python3 benchmarks/descriptor.py [--seeds 32 33 …] [--mot FOLDER …]

For each arena and each MOTChallenge sequence with pictures: the area under the ROC curve
(AUC) of the cosine distance over pairs of boxes of one object against pairs of two objects of
one class, and the distances themselves. Boxes are those of the detector (in a sequence of
`det/det.txt`) that overlap a true one by more than half. In an arena also IDF1 of the tracks
and the time that a picture takes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
import time

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from yolo_deepsort_ros import Detections, Detector, Embedder, Tracker
from yolo_deepsort_ros.boxes import iou_matrix
from yolo_deepsort_ros.config.arena_settings import ARENA_SETTINGS
from yolo_deepsort_ros.evaluation.mot import MotRows, read_mot
from yolo_deepsort_ros.evaluation.mot_detections import read_detections
from yolo_deepsort_ros.evaluation.tracking_metrics import evaluate
from yolo_deepsort_ros.simulation.arena import Arena, CLASSES
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig

FRAMES, RATE = 1000, 30.0  #: of an arena
STEP = 3  #: of three frames one is described, in sequences each
PAIRS = 20_000  #: drawn of each kind
NEAR = 60  #: frames; pairs of a sequence, in which light and pose change, are not further apart

Array = NDArray[np.float64]


def main() -> None:
    """Print a line for each class of each arena and for each sequence."""
    parser = argparse.ArgumentParser(description='Measure the descriptor without weights.')
    parser.add_argument('--seeds', type=int, nargs='*', default=range(32, 38), help='arenas')
    parser.add_argument('--mot', type=Path, nargs='*', default=[], help='MOTChallenge folders')
    arguments = parser.parse_args()
    embedder = Embedder()
    areas = []
    for seed in arguments.seeds:
        areas += _measure_arena(embedder, seed)
    if areas:
        print(f'arenas: mean AUC {np.mean(areas):.3f}, least {min(areas):.3f}')
    for folder in arguments.mot:
        _report(folder.name, *_distances(*_sequence(embedder, folder), NEAR))


def _measure_arena(embedder: Embedder, seed: int) -> list[float]:
    """Report the tracks of an arena and each class; ids 1, 2, … are of each class in turn."""
    arena = Arena(ArenaConfig(seed=seed))
    options = ARENA_SETTINGS
    detector = Detector(options['model'], confidence=options['confidence'])
    tracker = Tracker(
        frame_rate=RATE, max_age=options['max_age'],
        max_cosine_distance=options['max_cosine_distance'])
    samples, truths, tracks, times = [], [], [], []
    for index in range(FRAMES):
        picture, truth = arena.render(index)
        found = detector.detect(picture)
        start = time.perf_counter()
        features = embedder.embed(picture, found.tlwh)
        times.append(time.perf_counter() - start)
        truths.append(truth.mot_rows(index + 1))
        kept = tracker.update(
            Detections(found.tlwh, found.scores, found.class_ids, features), index / RATE).reported
        tracks.append(np.column_stack([np.full(len(kept.ids), index + 1.), kept.ids, kept.tlwh]))
        if index % STEP == 0:
            counts = truths[-1][:, 6] == 1
            samples.append(_matched(index, truths[-1][counts][:, 1:6], found.tlwh, features))
    frames, ids, features = (np.concatenate(part) for part in zip(*samples, strict=True))
    figures = evaluate(_rows(np.concatenate(truths)), _rows(np.concatenate(tracks)))
    print(f'arena {seed}: IDF1 {figures["idf1"]:.3f}, {figures["num_switches"]} switches, '
          f'embedding p50 {np.median(times) * 1000:.2f} ms a picture')
    kinds = (ids.astype(int) - 1) % len(CLASSES)
    return [
        _report(f'arena {seed}, {CLASSES[kind]}s', *_distances(
            *(values[kinds == kind] for values in (frames, ids, features)), FRAMES))
        for kind in np.unique(kinds)
    ]


def _sequence(embedder: Embedder, folder: Path) -> tuple[Array, Array, Array]:
    """Return frame, true id and description of each detection that is of a person."""
    truth = read_mot(folder / 'gt' / 'gt.txt')
    if truth.others.shape[1] == 2:  # of MOT16: class and visibility
        truth = truth[(truth.scores != 0) & (truth.others[:, 0] == 1) & (truth.others[:, 1] > 0.5)]
    samples = []
    for (frame, found), path in zip(
            read_detections(folder / 'det' / 'det.txt'), sorted((folder / 'img1').iterdir()),
            strict=False):
        features = embedder.embed(cv2.imread(str(path)), found.tlwh)
        true = truth[truth.frames == frame]
        samples.append(_matched(
            frame, np.column_stack([true.ids, true.tlwh]), found.tlwh, features))
    frames, ids, features = (np.concatenate(part) for part in zip(*samples, strict=True))
    return frames, ids, features


def _matched(
    frame: int, truth: Array, tlwh: Array, features: NDArray[np.float32]
) -> tuple[Array, Array, Array]:
    """Return frame, true id and description of boxes that overlap a true one."""
    overlaps = iou_matrix(truth[:, 1:], tlwh)
    rows, columns = linear_sum_assignment(-overlaps)
    good = overlaps[rows, columns] > 0.5
    ids = truth[rows[good], 0]
    return np.full(len(ids), float(frame)), ids, features[columns[good]].astype(float)


def _distances(frames: Array, ids: Array, features: Array, near: int) -> Iterator[Array]:
    """Yield cosine distances of pairs of one object, then those of pairs of two."""
    first, second = np.triu_indices(len(frames), 1)
    gaps = np.abs(frames[first] - frames[second])
    is_pair, is_same = (gaps > 0) & (gaps <= near), ids[first] == ids[second]
    distances = 1 - features @ features.T
    random = np.random.default_rng(0)
    for wanted in (is_same, ~is_same):
        pairs = random.choice(np.flatnonzero(is_pair & wanted), PAIRS)
        yield distances[first[pairs], second[pairs]]


def _report(name: str, same: Array, different: Array) -> float:
    """Print and return the AUC: how often a pair of one object is the nearer of two pairs."""
    area = float(np.mean(np.searchsorted(np.sort(same), different) / len(same)))
    low, half, high = 5, 50, 95
    print(
        f'{name}: AUC {area:.3f}, same p50 {np.percentile(same, half):.2f} '
        f'p95 {np.percentile(same, high):.2f}, different p5 {np.percentile(different, low):.2f} '
        f'p50 {np.percentile(different, half):.2f}', flush=True)
    return area


def _rows(table: Array) -> MotRows:
    """Return a table of MOT columns as if it was read from a file."""
    count, columns = table.shape
    return MotRows(
        Path('arena'), np.arange(count) + 1, table[:, 0].astype(np.int64),
        table[:, 1].astype(np.int64), table[:, 2:6],
        table[:, 6] if columns > 6 else np.ones(count), table[:, 7:])


if __name__ == '__main__':
    main()
