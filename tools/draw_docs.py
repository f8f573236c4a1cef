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
Draws the pictures of the docs into docs/pictures.

Diagrams come from the tree, charts from the tables of docs/performance, or from
`docs/pictures/figures.json`, which holds what bench_detector.py and bench_latency.py print, or
from `soak_*.json` there, which tools/soak.py keeps.
`--tracks` also runs the arena, with appearance and without, and draws the ids over time.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from docs_pictures.charts import latency_bars, speed_and_accuracy
from docs_pictures.diagrams import all_diagrams
from docs_pictures.page_charts import page_charts
from docs_pictures.soak_charts import soak_charts

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / 'docs' / 'pictures'
FRAMES = 450  #: of the arena


def main() -> None:
    """Draw what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--out', metavar='FOLDER', type=Path, default=FOLDER)
    parser.add_argument('--tracks', action='store_true', help='run the arena too, some minutes')
    arguments = parser.parse_args()
    figures = json.loads((FOLDER / 'figures.json').read_text(encoding='utf-8'))
    architecture = (ROOT / 'docs' / 'architecture.md').read_text(encoding='utf-8')
    pictures = {
        **all_diagrams(architecture, figures),
        'speed_and_accuracy': speed_and_accuracy(figures['detector']),
        'latency': latency_bars(figures['latency']),
        **page_charts(ROOT / 'docs' / 'performance'),
        **soak_charts(FOLDER),
    }
    for name, canvas in pictures.items():
        canvas.save(arguments.out / f'{name}.svg')
    if arguments.tracks:
        draw_tracks_over_time(arguments.out)


def draw_tracks_over_time(folder: Path) -> None:
    """Track the arena with appearance and by overlap alone, and draw both."""
    from yolo_deepsort_ros import Embedder, Tracker
    from yolo_deepsort_ros.config.node_configs import FlowConfig
    from yolo_deepsort_ros.evaluation.mot import read_mot, TrackWriter
    from yolo_deepsort_ros.sources.opening import open_source
    from yolo_deepsort_ros.visualization.timeline import draw_timeline
    from yolo_deepsort_ros.yolo.detector import Detector

    with TemporaryDirectory() as scratch:
        truth = Path(scratch, 'gt.txt')
        config = FlowConfig.from_mapping(
            {'source': f'arena:truth={truth}', 'max_frames': FRAMES})
        detector, embedder = Detector(config=config.detector), Embedder()
        names = dict(enumerate(detector.labels))
        rows = {name: Path(scratch, f'{name}.txt') for name in ('with', 'without')}
        with open_source(config.source, paced=False) as source:
            tracker_config = config.tracker.replace(frame_rate=source.rate)
            trackers = {name: Tracker(tracker_config) for name in rows}
            writers = {name: TrackWriter(path) for name, path in rows.items()}
            for frame in source:
                found = detector.detect(frame.image)
                looks = found.with_features(embedder.embed(frame.image, found.tlwh))
                for name, tracker in trackers.items():
                    given = looks if name == 'with' else found
                    shown = tracker.update(given, frame.stamp).reported
                    writers[name].write(
                        frame.index + 1, shown.ids, shown.tlwh, shown.scores, shown.class_ids)
            rate = source.rate
        for name, writer in writers.items():
            writer.close()
            draw_timeline(folder / f'tracks_{name}_appearance.png', read_mot(rows[name]), rate,
                          read_mot(truth), None, names)


if __name__ == '__main__':
    main()
