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
Times the locator, and measures its positions on sequences whose truth is in metres.

    scripts/run python3 benchmarks/bench_locator.py --json
    scripts/run python3 benchmarks/bench_locator.py --sequence GT TRACKS --foot-offset 0.024

GT is a MOTChallenge `gt.txt` whose columns 8 and 9 are metres on the ground, with its
`seqinfo.ini`; TRACKS are MOT rows of this package. The view of the floor comes from the feet of
the truth in even frames; odd frames are judged, on tracks that overlap the truth by half.
Progress goes to stderr; the last line is JSON.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from statistics import median
import sys
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from yolo_deepsort_ros.boxes import iou_matrix
from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.evaluation.mot_table import read_table
from yolo_deepsort_ros.locating.floor_view import FloorView
from yolo_deepsort_ros.locating.locator import Locator
from yolo_deepsort_ros.sources.sequence_info import read_sequence_info
from yolo_deepsort_ros.tracks import Tracks

Floats = NDArray[np.float64]

FRAMES, OBJECTS = 300, 20
CAMERA = Calibration.ideal(640, 480, (500.0, 0.0, 319.5, 0.0, 500.0, 239.5, 0.0, 0.0, 1.0))
INSIDE_90 = 4.605  #: chi-square quantile 0.9 of 2 degrees of freedom


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description='Time and measure the locator.')
    parser.add_argument('--json', action='store_true', help='print JSON alone')
    parser.add_argument('--sequence', nargs=2, metavar=('GT', 'TRACKS'), type=Path)
    parser.add_argument('--foot-offset', type=float, default=0.0)
    args = parser.parse_args()
    result: dict[str, Any] = {'objects': OBJECTS, 'ms': times()}
    if args.sequence:
        result['sequence'] = judged(*args.sequence, args.foot_offset)
    print(json.dumps(result))


def times() -> dict[str, float]:
    """Return the median milliseconds of a frame of `OBJECTS`, by way."""
    view = FloorView.from_pose(CAMERA, 3.0, 0.4)
    generator = np.random.default_rng(0)
    ahead, left = generator.uniform(4, 12, OBJECTS), generator.uniform(-3, 3, OBJECTS)
    places = np.column_stack([ahead, left])
    depth = generator.uniform(3, 12, (480, 640)).astype(np.float32)
    found = {}
    for name, image in (('ground+height', None), ('depth+ground+height', depth)):
        locator, spent = Locator(), []
        for frame in range(FRAMES):
            feet = view.project(np.column_stack([places, np.zeros(OBJECTS)]))[0]
            heads = view.project(np.column_stack([places, np.full(OBJECTS, 1.7)]))[0]
            height = feet[:, 1] - heads[:, 1]
            tlwh = np.column_stack([feet[:, 0] - height / 6, heads[:, 1], height / 3, height])
            tracks = Tracks.seen(1 + np.arange(OBJECTS), tlwh)
            start = time.perf_counter()
            locator.update(tracks, ['person'], frame / 30, view, (640, 480), image)
            spent.append(1e3 * (time.perf_counter() - start))
        found[name] = round(median(spent), 3)
        print(f'{name}: {found[name]} ms', file=sys.stderr)
    return found


def judged(gt_file: Path, tracks_file: Path, foot_offset: float) -> dict[str, float]:
    """Return the errors of positions and velocities on a sequence, in metres."""
    truth, rows = read_table(gt_file)[1], read_table(tracks_file)[1]
    info = read_sequence_info(gt_file.parent)
    if info is None or info.size is None or not info.rate:
        raise SystemExit(f'{gt_file}: no seqinfo.ini with frameRate, imWidth and imHeight')
    even = truth[truth[:, 0] % 2 == 0]
    view = FloorView.from_points(_feet(even), even[:, 7:9], info.size)
    velocities = _true_velocities(truth, info.rate)
    locator = Locator(foot_offset=foot_offset)
    errors, speeds, distances = [], [], []
    for frame in np.unique(rows[:, 0]):
        now = rows[rows[:, 0] == frame]
        positions = locator.update(
            Tracks.seen(now[:, 1].astype(np.int64), now[:, 2:6]), ['person'], frame / info.rate,
            view, info.size,
        )
        there = np.flatnonzero(truth[:, 0] == frame)
        if frame % 2 == 0 or not len(there) or not len(positions):
            continue
        overlaps = iou_matrix(truth[there, 2:6], now[:, 2:6])
        for real, track in zip(*linear_sum_assignment(-overlaps), strict=True):
            at = np.flatnonzero(positions.ids == now[track, 1])
            if overlaps[real, track] < 0.5 or not len(at):
                continue
            error = positions.places[at[0]] - truth[there[real], 7:9]
            errors.append(float(np.linalg.norm(error)))
            distances.append(error @ np.linalg.solve(positions.covariances[at[0], :2, :2], error))
            speeds.append(np.linalg.norm(positions.velocities[at[0]] - velocities[there[real]]))
    return {
        'matched': len(errors), 'error_m_p50': round(median(errors), 3),
        'error_m_p90': round(float(np.quantile(errors, 0.9)), 3),
        'velocity_error_p50': round(float(np.nanmedian(speeds)), 3),
        'inside_90': round(float(np.mean(np.array(distances) < INSIDE_90)), 3),
    }


def _feet(rows: Floats) -> Floats:
    return np.column_stack([rows[:, 2] + rows[:, 4] / 2, rows[:, 3] + rows[:, 5]])


def _true_velocities(truth: Floats, rate: float) -> Floats:
    """Return the central differences of the truth over a second; NaN at the ends of tracks."""
    half = round(rate / 2)
    row_of = {(int(row[0]), int(row[1])): number for number, row in enumerate(truth)}
    found = np.full((len(truth), 2), np.nan)
    for number, (frame, track) in enumerate(truth[:, :2].astype(int).tolist()):
        before, after = row_of.get((frame - half, track)), row_of.get((frame + half, track))
        if before is not None and after is not None:
            found[number] = (truth[after, 7:9] - truth[before, 7:9]) / (2 * half / rate)
    return found


if __name__ == '__main__':
    main()
