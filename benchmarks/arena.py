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
Tracks fresh arenas and scores them against their truth; prints one JSON object.

    scripts/run python3 benchmarks/arena.py --seeds 6

Three trackers get the same detections: with the settings that the arena is shown with, with
the paper's, and with the arena's but without appearance, by overlap alone. A fourth is what the
arena is shown with where the profile is `strong`: it gets the weaker detections as well.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
import json
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from yolo_deepsort_ros import Detections, Detector, Embedder, Tracker
from yolo_deepsort_ros.cli.options import group_of
from yolo_deepsort_ros.config.arena_settings import ARENA_SETTINGS
from yolo_deepsort_ros.config.node_configs import FlowConfig
from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.deepsort.camera_motion import CameraMotion
from yolo_deepsort_ros.evaluation.mot import read_mot, TrackWriter, TruthWriter
from yolo_deepsort_ros.evaluation.tracking_metrics import evaluate
from yolo_deepsort_ros.simulation.arena import Arena
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig
from yolo_deepsort_ros.simulation.arena.truth import Truth

FIGURES = ('mota', 'idf1', 'hota', 'num_switches')
#: `strong` where a track ends a second after its object has left, as with a camera: with its
#: memory of who left, with a fixed distance in it, and without it.
AWAY: dict[str, dict[str, Any]] = {
    'away': {}, 'away, distance 0.1': {'reid_memory_distance': 0.1},
    'away, no memory': {'reid_memory': 0},
}


def main() -> None:
    """Print the figures of each arena and their means."""
    parser = argparse.ArgumentParser(description='Score the tracker in fresh arenas.')
    parser.add_argument('--first-seed', type=int, default=0)
    parser.add_argument('--seeds', type=int, default=5)
    parser.add_argument('--frames', type=int, default=1000)
    arguments = parser.parse_args()
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    arenas = {seed: score(seed, arguments.frames) for seed in seeds}
    means = {
        name: {
            figure: round(float(np.mean([arena[name][figure] for arena in arenas.values()])), 4)
            for figure in FIGURES
        }
        for name in ('arena', 'paper', 'overlap', 'strong', *AWAY)
    }
    print(json.dumps({'frames': arguments.frames, 'mean': means, 'seeds': arenas}))


def score(seed: int, frames: int) -> dict[str, Any]:
    """Return the figures of the trackers in one arena, and how hard it is."""
    arena = Arena(ArenaConfig(seed=seed))
    strong = FlowConfig.from_mapping({
        'source': 'arena', 'profile': 'strong', 'frame_rate': arena.rate,
    })
    detector, embedder, flow = Detector(config=strong.detector), Embedder(), CameraMotion()
    trackers = {
        'arena': Tracker(group_of(TrackerConfig, {**ARENA_SETTINGS, 'frame_rate': arena.rate})),
        'paper': Tracker(frame_rate=arena.rate),
        'overlap': Tracker(group_of(TrackerConfig, {**ARENA_SETTINGS, 'frame_rate': arena.rate})),
        'strong': Tracker(strong.tracker),
        **{
            name: Tracker(replace(strong.tracker, max_age=30, **values))
            for name, values in AWAY.items()
        },
    }
    returns = Returns()
    with TemporaryDirectory() as folder:
        path = {name: Path(folder, f'{name}.txt') for name in (*trackers, 'truth')}
        with TruthWriter(path['truth']) as truth_file:
            writers = {name: TrackWriter(path[name]) for name in trackers}
            for index in range(frames):
                image, truth = arena.render(index)
                truth_file.write(truth.mot_rows(index + 1))
                returns.see(truth)
                weak = detector.detect(image)
                weak = weak.with_features(embedder.embed(image, weak.tlwh))
                looks = weak[weak.scores >= ARENA_SETTINGS['confidence']]
                without = Detections(looks.tlwh, looks.scores, looks.class_ids)
                motion = flow.estimate(image, weak.tlwh)
                for name, tracker in trackers.items():
                    is_strong = name in ('strong', *AWAY)
                    said = tracker.update(
                        weak if is_strong else {'overlap': without}.get(name, looks),
                        index / arena.rate, motion if is_strong else None,
                    ).reported
                    writers[name].write(
                        index + 1, said.ids, said.tlwh, said.scores, said.class_ids
                    )
            for writer in writers.values():
                writer.close()
        true = read_mot(path['truth'])
        figures = {name: evaluate(true, read_mot(path[name])) for name in trackers}
    print(f'arena {seed}: {figures["arena"]}', file=sys.stderr, flush=True)
    return {
        'returns': returns.count,
        **{
            name: {figure: round(values[figure], 4) for figure in FIGURES}
            for name, values in figures.items()
        },
    }


class Returns:
    """Counts how often an agent comes back that was wholly hidden or away."""

    def __init__(self) -> None:
        self.count = 0
        self._known: set[int] = set()
        self._visible: set[int] = set()

    def see(self, truth: Truth) -> None:
        """Take the truth of the next frame."""
        visible = set(truth.ids.tolist())
        self.count += len((visible - self._visible) & self._known)
        self._known |= visible
        self._visible = visible


if __name__ == '__main__':
    main()
