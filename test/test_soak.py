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

"""Hours of work in minutes: neither the memory nor the time of a frame grows."""

import json
import os
from pathlib import Path
from statistics import median
import subprocess
import sys
import time

import pytest

from yolo_deepsort_ros.cli.options import group_of, with_source_defaults
from yolo_deepsort_ros.config.network_config import DetectorConfig, EmbedderConfig
from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.pipeline import Pipeline
from yolo_deepsort_ros.sources.opening import open_source
from yolo_deepsort_ros.yolo.detector import Detector

FRAMES, SETTLED = 5000, 1000  #: all caches and galleries are full after the latter
GROWTH = 16 * 2**20  #: bytes; one picture leaked in a hundred frames would be twice as much
SLOWDOWN = 1.5  #: of the median over a thousand frames, on a machine that others use, too
PAGES = Path('/proc/self/statm')


def memory():
    """Return what this process holds of the memory in bytes."""
    return int(PAGES.read_text().split()[1]) * os.sysconf('SC_PAGE_SIZE')


def test_thousands_of_frames_of_the_arena(long_run):
    if not PAGES.exists():
        pytest.skip(f'no {PAGES} on this machine')
    values = with_source_defaults({'source': 'arena', 'max_frames': FRAMES})
    detector = Detector(config=group_of(DetectorConfig, values))
    held, seconds = [], []
    with open_source(group_of(SourceConfig, values), paced=False) as source:
        pipeline = Pipeline(
            source, detector, group_of(EmbedderConfig, values), group_of(TrackerConfig, values)
        )
        start = time.perf_counter()
        for _ in pipeline:
            now = time.perf_counter()
            seconds.append(now - start)
            held.append(memory())
            start = now
    assert len(held) == FRAMES
    growth = max(held[-SETTLED:]) - max(held[:SETTLED])
    slowdown = median(seconds[-SETTLED:]) / median(seconds[SETTLED:2 * SETTLED])
    print(f'{FRAMES} frames: memory grew by {growth / 2**20:.1f} MiB, time by {slowdown:.2f}')
    assert growth < GROWTH
    assert slowdown < SLOWDOWN


@pytest.mark.timeout(3600)
def test_many_frames_of_a_crowd(long_run):
    tool = Path(__file__).resolve().parents[1] / 'tools' / 'soak.py'
    done = subprocess.run(
        [sys.executable, str(tool), 'tracker', '--frames', '200000'],
        stdout=subprocess.PIPE, text=True, check=False)
    verdict = json.loads(done.stdout)
    _, most = verdict['growth_mb_per_hour']['tracker']
    assert most < 5
    assert verdict['constant']['tracker']
    assert max(verdict['median_ms_ratio'], verdict['p95_ms_ratio']) < 1.15
