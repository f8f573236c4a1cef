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
How well each profile and each option of the tracker does on real sequences.

`scripts/run python3 benchmarks/accuracy.py --groups` prints each profile on groups of sequences,
as means over versions with their standard error, and with `--peers` other free trackers that
are installed; without it come the tables of docs/performance/accuracy.md. All rows of a table
see the same detections and features.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path
import statistics
import sys
import tempfile
from typing import Any, NamedTuple

from groups import grouped, GROUPS, versioned, VERSIONS
import numpy as np
from peers import peer, PEERS
from sequences import Sequence, sequences

from yolo_deepsort_ros import Tracker
from yolo_deepsort_ros.boxes import iou_matrix
from yolo_deepsort_ros.config.tracker_config import PROFILES as TRACKER_PROFILES, TrackerConfig
from yolo_deepsort_ros.deepsort.assignment import assign
from yolo_deepsort_ros.evaluation.mot import read_mot, TrackWriter
from yolo_deepsort_ros.evaluation.tracking_metrics import considered, evaluate

ROOT = Path(__file__).resolve().parents[1]
PAPER = 0.3  #: least score of the authors' experiments

#: The rows of the first table: label, least score, parameters.
PROFILES: list[tuple[str, float, dict[str, Any]]] = [
    (f'deepsort, scores from {PAPER}', PAPER, {}),
    ('deepsort, all detections', 0.0, {}),
    (f'strong, scores from {PAPER}', PAPER, {'profile': 'strong'}),
    ('strong, all detections', 0.0, {'profile': 'strong'}),
    ('fast, all detections', 0.0, {'profile': 'fast'}),
]
#: Each option alone, on all detections.
OPTIONS: list[dict[str, Any]] = [
    {'n_init': 2},
    {'gating_distance': 18.467},
    {'cascade': False},
    {'low_score_threshold': 0.15},
    {'iou_max_age': 5},
    {'staged': True, 'iou_max_age': 30},
    {'free_aspect': True},
    {'blend_boxes': True},
    {'camera_motion': True},
    {'reid_memory': 60},
    {'reid_memory': 60, 'reid_memory_distance': 0.2},
    {'class_aware': True},
    {'class_voting': True},
    {'reid_every': 10},
    {'detect_every': 2},
    {'detect_every': 5},
]


class Score(NamedTuple):
    """Figures of one run, in percent but for the switches; `looks`: detections embedded."""

    mota: float
    idf1: float
    hota: float
    switches: int
    looks: float


def main() -> None:
    """Print the tables on stdout, progress on stderr."""
    parser = argparse.ArgumentParser(description='Score the tracker on real sequences.')
    parser.add_argument('--data', type=Path, default=ROOT.parent / 'shared' / 'data')
    parser.add_argument('--cache', type=Path, default=ROOT / '.build' / 'accuracy',
                        help="keeps the networks' results")
    parser.add_argument('--groups', nargs='*', metavar='GROUP', choices=list(GROUPS),
                        help='the profiles on these groups of sequences, none named: on all')
    parser.add_argument('--peers', action='store_true',
                        help='with --groups: other trackers as well, see benchmarks/peers.py')
    parser.add_argument('--short', action='store_true', help='only the table of profiles')
    args = parser.parse_args()
    if args.groups is not None:
        print_groups(args.data, args.cache, args.groups or list(GROUPS), args.peers)
        return
    scenes = list(sequences(args.data, args.cache))
    if not scenes:
        sys.exit(f'no sequences under {args.data}/mot: give --data FOLDER')
    print_table('profile', scenes, [
        *((label, [run(scene, least, values) for scene in scenes])
          for label, least, values in PROFILES),
        ('who knows the truth, all detections', [perfect(scene) for scene in scenes]),
    ])
    if args.short:
        return
    print_table('option alone', scenes, [
        (named(values), [run(scene, 0.0, values) for scene in scenes])
        for values in [{}, *OPTIONS]
    ])


def print_groups(data: Path, cache: Path, groups: list[str], with_peers: bool) -> None:
    """Print MOTA / IDF1 / HOTA / switches of each tracker and group, as Markdown."""
    known = grouped(data, cache)
    rivals = [name for name in PEERS if with_peers and peer(name) is not None]
    if with_peers and not rivals:
        sys.exit('no peers: install them as benchmarks/peers.py says')
    print('| group | tracker | mean of all versions | standard error | sequences |')
    print('|---' * 5 + '|')
    for group, name in itertools.product(groups, [*TRACKER_PROFILES, *rivals]):
        scores = np.array([
            [one_of(name, versioned(scene, version))[:4] for scene in known[group]]
            for version in VERSIONS
        ])  # (versions, sequences, 4)
        means = np.hstack([scores[:, :, :3].mean(axis=1), scores[:, :, 3:].sum(axis=1)])
        errors = means.std(axis=0, ddof=1) / np.sqrt(len(means))
        each = ', '.join(
            f'{scene.name} {figures(one)}'
            for scene, one in zip(known[group], scores.mean(axis=0), strict=True)
        )
        print(f'| {group} | {name} | {figures(means.mean(axis=0))} | {figures(errors)} '
              f'| {each} |', flush=True)


def one_of(name: str, scene: Sequence) -> Score:
    """Track a sequence with a profile or a peer."""
    if name in TRACKER_PROFILES:
        return run(scene, 0.0, {'profile': name})
    update = peer(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'tracks.txt'
        with TrackWriter(path) as writer:
            for number, found in enumerate(scene.frames, start=1):
                shown = update(found)
                writer.write(number, *shown, np.zeros(len(shown.ids), np.int64))
        note(f'{scene.name}: {name}')
        return score(scene, path, 0.0)


def figures(values: Any) -> str:
    """Return the figures of a table's cell."""
    return ' / '.join(f'{value:.1f}' for value in values)


def run(scene: Sequence, least: float, values: dict[str, Any]) -> Score:
    """Track a sequence and compare it with the truth."""
    tracker = Tracker(frame_rate=1.0, **values)
    seen = looked = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'tracks.txt'
        with TrackWriter(path) as writer:
            for number, (found, motion) in enumerate(
                zip(scene.frames, scene.motions, strict=True), start=1
            ):
                motion = motion if tracker.config.camera_motion else None
                if not tracker.wants_detections:
                    shown = tracker.predict(number, motion).reported
                else:
                    found = found[found.scores >= least]
                    wanted = tracker.wanted(found, number)
                    if found.features is not None:
                        found = found.with_features(found.features[wanted], wanted)
                    seen, looked = seen + len(found), looked + int(wanted.sum())
                    shown = tracker.update(found, number, motion).reported
                writer.write(number, shown.ids, shown.tlwh, shown.scores, shown.class_ids)
        note(f'{scene.name}: {named(values)}')
        return score(scene, path, 100 * looked / max(seen, 1))


def perfect(scene: Sequence) -> Score:
    """Score what knows the truth: it keeps the true detections, by their ids, and no other."""
    counting = considered(scene.truth)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'tracks.txt'
        with TrackWriter(path) as writer:
            every = counting.by_frame(len(scene.frames))
            for number, (found, true) in enumerate(zip(scene.frames, every, strict=True), 1):
                right = assign(1 - iou_matrix(true.tlwh, found.tlwh), 0.5)
                kept = found[right.columns]
                writer.write(number, true.ids[right.rows], kept.tlwh, kept.scores, kept.class_ids)
        return score(scene, path, 0.0)


def score(scene: Sequence, path: Path, looks: float) -> Score:
    """Compare a file of tracks with the truth."""
    figures = evaluate(scene.truth, read_mot(path))
    return Score(
        100 * figures['mota'], 100 * figures['idf1'], 100 * figures['hota'],
        int(figures['num_switches']), looks,
    )


def print_table(title: str, scenes: list[Sequence], rows: list[tuple[str, list[Score]]]) -> None:
    """Print MOTA / IDF1 / HOTA / switches of each sequence and the means, as Markdown."""
    print(f'\n| {title} | mean | looked at | {" | ".join(scene.name for scene in scenes)} |')
    print('|---' * (len(scenes) + 3) + '|')
    for label, scores in rows:
        mean = [statistics.mean(column) for column in zip(*scores, strict=True)]
        cells = [f'{s.mota:.1f} / {s.idf1:.1f} / {s.hota:.1f} / {s.switches}' for s in scores]
        first = f'{mean[0]:.1f} / {mean[1]:.1f} / {mean[2]:.1f} / {mean[3]:.0f}'
        print(f'| {label} | {first} | {mean[4]:.0f} % | {" | ".join(cells)} |', flush=True)


def named(values: dict[str, Any]) -> str:
    """Return parameters as text, those at their defaults left out."""
    known = TrackerConfig.parameters()
    told = [f'{name}={value}' for name, value in values.items() if value != known[name].default]
    return ', '.join(told) or 'deepsort'


def note(text: str) -> None:
    """Tell the reader how far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == '__main__':
    main()
