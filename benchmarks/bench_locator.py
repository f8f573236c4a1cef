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
    scripts/run python3 benchmarks/bench_locator.py --sequence GT TRACKS --foot-offset .024 --parts
    scripts/run python3 benchmarks/bench_locator.py --arena above --first-seed 300 --seeds 10

GT is a MOTChallenge `gt.txt` whose columns 8 and 9 are metres on the ground, with its
`seqinfo.ini`; TRACKS are MOT rows of this package. The view of the floor comes from the feet of
the truth in even frames; odd frames are judged, on tracks that overlap the truth by half.
`--parts` judges once more with each part of the locator taken out.
`--arena` tracks fresh arenas, as the camera hangs today (above), or from a robot's webcam that
stands (robot) or drives (driving), and judges with and without depth, and on the floor with the
true lower edges of the boxes (true_feet). `largest` is what the largest twentieth of the errors
is of: classes, objects that are hidden in part, tracks that coast, errors along the ray.
Progress goes to stderr; the last line is JSON.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
import json
from pathlib import Path
from statistics import median
import sys
import time
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from yolo_deepsort_ros import Detector, Embedder, Tracker
from yolo_deepsort_ros.boxes import iou_matrix
from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.cli.options import group_of
from yolo_deepsort_ros.config.arena_settings import ARENA_SETTINGS
from yolo_deepsort_ros.config.network_config import DetectorConfig
from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.evaluation.mot_table import read_table
from yolo_deepsort_ros.images.raw_depth import in_metres
from yolo_deepsort_ros.locating.box_edges import box_edges, BoxEdges
from yolo_deepsort_ros.locating.floor_view import FloorView
from yolo_deepsort_ros.locating.locator import Locator
from yolo_deepsort_ros.simulation.arena import Arena, CLASSES
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig
from yolo_deepsort_ros.sources.arena_source import arena_calibration
from yolo_deepsort_ros.sources.sequence_info import read_sequence_info
from yolo_deepsort_ros.tracks import Tracks

Floats = NDArray[np.float64]

LOCATING = 'yolo_deepsort_ros.locating'
FRAMES, OBJECTS = 300, 20
ROBOT = {'camera_height': 1.2, 'camera_pitch': 0.1}
VIEWS: dict[str, dict[str, float]] = {
    'above': {}, 'robot': ROBOT, 'driving': {**ROBOT, 'camera_speed': 0.5},
}
CAMERA = Calibration.ideal(640, 480, (500.0, 0.0, 319.5, 0.0, 500.0, 239.5, 0.0, 0.0, 1.0))
INSIDE_90 = 4.605  #: chi-square quantile 0.9 of 2 degrees of freedom
WAYS = ('depth', 'ground', 'true_feet')
LARGEST = 0.95  #: quantile of the errors beyond which they are looked into
WHOLE = 0.9  #: visibility of an object that is not hidden


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description='Time and measure the locator.')
    parser.add_argument('--json', action='store_true', help='print JSON alone')
    parser.add_argument('--sequence', nargs=2, metavar=('GT', 'TRACKS'), type=Path)
    parser.add_argument('--foot-offset', type=float, default=0.0)
    parser.add_argument('--parts', action='store_true', help='of --sequence')
    parser.add_argument('--arena', choices=VIEWS)
    parser.add_argument('--first-seed', type=int, default=300)
    parser.add_argument('--seeds', type=int, default=10)
    parser.add_argument('--frames', type=int, default=150)
    args = parser.parse_args()
    result: dict[str, Any] = {'objects': OBJECTS, 'ms': times()}
    if args.sequence:
        result['sequence'] = judged(*args.sequence, args.foot_offset)
        if args.parts:
            result['without'] = without_parts(*args.sequence, args.foot_offset)
    if args.arena:
        seeds = range(args.first_seed, args.first_seed + args.seeds)
        result['arena'] = in_arenas(args.arena, seeds, args.frames, args.foot_offset)
    print(json.dumps(result))


def in_arenas(
    name: str, seeds: Sequence[int], frames: int, foot_offset: float
) -> dict[str, Any]:
    """Return the figures of arenas together, by way, and the share of objects found."""
    errors: dict[str, list[Floats]] = {way: [] for way in WAYS}
    found, there = 0, 0
    for seed in seeds:
        arena = Arena(ArenaConfig(seed=seed, **VIEWS[name]))
        flow = _ArenaFlow(arena, foot_offset)
        for index in range(frames):
            flow.step(index)
        for way, rows in flow.rows.items():
            errors[way].append(np.array(rows))
        found, there = found + flow.found, there + flow.there
        print(f'arena {seed}: {found / there:.2f} found', file=sys.stderr, flush=True)
    result: dict[str, Any] = {'view': name, 'recall': round(found / there, 3)}
    for way, parts in errors.items():
        rows = np.concatenate(parts)
        lengths, shares, speeds, distances = rows[:, :4].T
        result[way] = {
            'error_m_p50': _quantile(lengths, 0.5), 'error_m_p95': _quantile(lengths, 0.95),
            'error_share_p50': _quantile(shares, 0.5), 'error_share_p95': _quantile(shares, 0.95),
            'velocity_error_p50': _quantile(speeds, 0.5),
            'inside_90': round(float(np.mean(distances < INSIDE_90)), 3),
            'largest': _about(rows[lengths >= np.quantile(lengths, LARGEST), 4:]),
        }
    return result


def _about(rows: Floats) -> dict[str, float]:
    """Return the shares of errors that are of a class, hidden, coasting, along the ray."""
    classes, visibilities, coasting, along = rows.T
    shares = {name: classes == number for number, name in enumerate(CLASSES)}
    shares.update(hidden=visibilities < WHOLE, coasting=coasting > 0, along=along > 0.5)
    return {name: round(float(np.mean(share)), 2) for name, share in shares.items()}


class _ArenaFlow:
    """Tracks an arena, and locates its tracks with depth and without."""

    def __init__(self, arena: Arena, foot_offset: float) -> None:
        settings = ARENA_SETTINGS
        self._arena = arena
        self._detector = Detector(config=group_of(DetectorConfig, settings))
        self._embedder = Embedder()
        self._tracker = Tracker(group_of(TrackerConfig, {**settings, 'frame_rate': arena.rate}))
        self._locators = {way: Locator(foot_offset=foot_offset) for way in WAYS}
        self._calibration = arena_calibration(*arena.size)
        self.rows: dict[str, list[Any]] = {way: [] for way in WAYS}
        self.found = self.there = 0

    def step(self, index: int) -> None:
        """Take a frame."""
        shot = self._arena.look(index)
        stamp = index / self._arena.rate
        boxes = self._detector.detect(shot.image)
        looks = boxes.with_features(self._embedder.embed(shot.image, boxes.tlwh))
        tracks = self._tracker.update(looks, stamp).reported
        view = FloorView.from_transform(
            self._calibration, shot.pose.rotation, shot.pose.position
        )
        counted = np.flatnonzero(~shot.truth.is_ignored)
        overlaps = iou_matrix(shot.truth.tlwh[counted], tracks.tlwh)
        self.there += len(counted)
        detected = iou_matrix(shot.truth.tlwh[counted], boxes.tlwh)
        self.found += int((detected.max(axis=1, initial=0.0) >= 0.5).sum())
        pairs = [
            (counted[real], track)
            for real, track in zip(*linear_sum_assignment(-overlaps), strict=True)
            if overlaps[real, track] >= 0.5
        ]
        on_feet = tracks.tlwh.copy()
        for real, track in pairs:
            lower = shot.truth.tlwh[real, [1, 3]].sum()
            on_feet[track, 3] = max(lower - on_feet[track, 1], 1.0)
        for way, locator in self._locators.items():
            depth = in_metres(shot.depth()) if way == 'depth' and shot.depth else None
            seen = replace(tracks, tlwh=on_feet) if way == 'true_feet' else tracks
            positions = locator.update(seen, CLASSES, stamp, view, self._arena.size, depth)
            for real, track in pairs:
                at = np.flatnonzero(positions.ids == tracks.ids[track])
                if len(at):
                    place = shot.truth.places[real]
                    ray = place - shot.pose.position[:2]
                    away = float(np.linalg.norm(ray))
                    error = positions.places[at[0]] - place
                    speed = positions.velocities[at[0]] - shot.truth.velocities[real]
                    length = float(np.linalg.norm(error))
                    spread = positions.covariances[at[0], :2, :2]
                    self.rows[way].append((
                        length, length / away, float(np.linalg.norm(speed)),
                        float(error @ np.linalg.solve(spread, error)),
                        shot.truth.class_ids[real], shot.truth.visibility[real],
                        tracks.time_since_update[track], (error @ ray / away / length) ** 2,
                    ))


def _quantile(values: Floats, share: float) -> float:
    return round(float(np.quantile(values, share)), 3)


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


def without_parts(gt_file: Path, tracks_file: Path, foot_offset: float) -> dict[str, Any]:
    """Return the figures with each part of the locator taken out."""
    def headless(*arguments: Any) -> BoxEdges:
        found = box_edges(*arguments)
        found.noise[:, 2] = np.inf
        return found

    parts: dict[str, Any] = {
        'the offset': nullcontext(),
        'heads': patch(f'{LOCATING}.locator.box_edges', headless),
        'hidden parts': patch(
            f'{LOCATING}.box_edges._hidden_parts', lambda tlwh: np.zeros((2, len(tlwh)))),
        'bodies that are not round': patch(f'{LOCATING}.locator.BODY_SPREADS', (0.0, 0.0)),
        'errors that persist': patch(f'{LOCATING}.position_filter.CORRELATION', 0.0),
        'the gate': patch(f'{LOCATING}.position_filter.GATE', np.inf),
    }
    found = {}
    for name, part in parts.items():
        with part:
            offset = 0.0 if name == 'the offset' else foot_offset
            found[name] = judged(gt_file, tracks_file, offset)
            print(f'without {name}: {found[name]}', file=sys.stderr, flush=True)
    return found


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
