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
Run for long, and see whether anything grows or becomes slower.

    scripts/run python3 tools/soak.py tracker     # 10^6 frames of a crowd of 50
    scripts/run python3 tools/soak.py pipeline    # 2 x 10^5 frames of a film of the arena, unpaced
    scripts/run python3 tools/soak.py nodes       # four nodes at 30 Hz for an hour

Prints one JSON line. Over the last half anonymous memory must grow by less than 5 MB/h from block
to block, at the upper end of the median's confidence interval (95 %): a leak grows in most blocks,
a heap that takes a step in few; `rise_mb` is all of it. Threads and descriptors must stay as they
are; median and p95 of the last tenth must be within 15 % of the second tenth, each in ratio to
work that is always the same and runs in between. Else the exit code is 1. Frames are timed in
processor time, those of the nodes from stamp to receipt. `--save FILE` keeps the curves, from
which tools/draw_docs.py draws `docs/pictures/soak_*.svg`.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
import platform
import sys

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'benchmarks'))

SAVE_EVERY = 12  #: samples
FRAMES = {'tracker': 1_000_000, 'pipeline': 200_000}
MINUTES = 60.0


def main() -> int:
    """Run what is asked for; return 1 when something grows or becomes slower."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('run', choices=(*FRAMES, 'nodes'))
    parser.add_argument('--frames', type=int, help='of tracker and pipeline')
    parser.add_argument('--minutes', type=float, default=MINUTES, help='of the nodes')
    parser.add_argument('--save', metavar='FILE', type=Path, help='keep the curves as JSON')
    arguments = parser.parse_args()
    if arguments.run == 'nodes':
        from ament_index_python.packages import get_package_share_directory
        from soak_runs.nodes import run_nodes

        from yolo_deepsort_ros.demo.processes import PACKAGE
        from yolo_deepsort_ros.nodes.runtime.environment import private_graph, shared_memory

        os.environ.update(shared_memory(os.environ, get_package_share_directory(PACKAGE)))
        os.environ.update(private_graph(os.environ))
        states = run_nodes(arguments.minutes)
    else:
        from soak_runs.in_process import run_pipeline, run_tracker

        run = {'tracker': run_tracker, 'pipeline': run_pipeline}[arguments.run]
        states = run(arguments.frames or FRAMES[arguments.run])
    for number, series in enumerate(states, 1):
        if arguments.save and not number % SAVE_EVERY:
            save(arguments, series)
    if arguments.save:
        save(arguments, series)
    verdict = series.verdict()
    print(json.dumps(verdict))
    return int(not verdict['ok'])


def save(arguments: argparse.Namespace, series: object) -> None:
    """Keep the curves up to now, so that a run that is ended leaves them."""
    content = {
        'machine': f'{platform.machine()}, {os.cpu_count()} cores, Python '
                   f'{platform.python_version()}',
        'verdict': series.verdict(), **series.curves(),
    }
    arguments.save.write_text(f'{json.dumps(content)}\n', encoding='utf-8')


if __name__ == '__main__':
    sys.exit(main())
