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
A robot and a base station in network namespaces: what arrives, how late, at what price.

    scripts/run python3 tools/two_hosts.py [--json] [--seconds S]

The robot runs camera, detector and tracker on the arena; a consumer beside them and one on the
base station receive `tracks`, and a viewer there looks at images. The link has three rates, fails
for 10 s, and loses the base station's participants, with each way of discovery. Prints the table
of docs/networks.md. Needs root and iproute2: without, it ends with 77.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from dataclasses import asdict
import json
import os
import shutil
import signal
import sys

from ament_index_python.packages import get_package_share_directory
from host_pair.experiment import DISCOVERIES, Experiment, Row
from host_pair.host import NEEDED

from yolo_deepsort_ros.demo.processes import PACKAGE
from yolo_deepsort_ros.nodes.runtime.environment import shared_memory

SKIPPED = 77
HEAD = """\
| discovery | link | viewer | robot [Hz] | processor [%] | base [Hz] | later by [ms] \
| images [Hz] | back after [s] | |
|---|---|---|---|---|---|---|---|---|---|"""


def main() -> int:
    """Run all; return 1 when a promise is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--seconds', type=float, default=6.0, help='of each measurement')
    parser.add_argument(
        '--discovery', choices=DISCOVERIES, action='append', help='only this one'
    )
    parser.add_argument('--json', action='store_true', help='one JSON line a row')
    arguments = parser.parse_args()
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing or os.geteuid() != 0:
        lack = f'no {missing[0]}: apt-get install iproute2 util-linux' if missing else 'not root'
        print(f'two hosts: skipped: {lack}', file=sys.stderr)
        return SKIPPED
    for number in (signal.SIGINT, signal.SIGTERM):  # the nodes end before the tool does
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    os.environ.update(shared_memory(os.environ, get_package_share_directory(PACKAGE)))
    rows: list[Row] = []
    if not arguments.json:
        print(HEAD)
    for discovery in arguments.discovery or DISCOVERIES:
        with ExitStack() as stack:
            for row in Experiment(stack, discovery, arguments.seconds).rows():
                rows.append(row)
                line = json.dumps(asdict(row)) if arguments.json else cells(row)
                print(line, flush=True)
    return int(any(row.broken for row in rows))


def cells(row: Row) -> str:
    """Return a line of the table."""
    def number(value: float | None, digits: int = 0) -> str:
        return '' if value is None else f'{value:.{digits}f}'
    return ' | '.join([
        f'| {row.discovery}', row.link, row.viewer, number(row.robot_hz, 1),
        number(row.processor), number(row.base_hz, 1), number(row.delay_ms),
        number(row.images_hz, 1), number(row.back_s, 1), f'{row.broken or "held"} |',
    ])


if __name__ == '__main__':
    sys.exit(main())
