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

"""The latency benchmark, shortly: its figures are there and fit together."""

import json
from pathlib import Path
import subprocess
import sys

import pytest

pytest.importorskip('ament_index_python.packages', reason='needs the built environment')

BENCHMARK = Path(__file__).resolve().parents[2] / 'benchmarks' / 'bench_latency.py'


NODES = {'three_nodes': {'camera', 'detector', 'tracker'}, 'pipeline': {'pipeline'}}


def test_the_benchmark_measures_each_image():
    done = subprocess.run(
        [sys.executable, BENCHMARK, '--json', '--only', 'sizes', '--sizes', '320x240',
         '--seconds', '3', '--rate', '10'],
        capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout.splitlines()[-1])  # Fast DDS speaks on stdout, too
    for kind, nodes in NODES.items():
        [(size, found)] = results[kind].items()
        assert (size, found['images']) == ('320x240', 30)
        assert 0 <= found['lost'] < 15, 'a busy machine may lose some'
        assert 0 < found['overhead_p50_ms'] < found['p50_ms']
        assert found['p50_ms'] <= found['p95_ms'] <= found['p99_ms']
        assert found['stages_p50_ms'] > 0
        assert set(found['cpu_percent_of']) == nodes
