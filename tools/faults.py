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
Inject faults into running nodes and see whether they keep what is promised.

    scripts/run python3 tools/faults.py --list
    scripts/run python3 tools/faults.py tracker-killed boxes-nan
    scripts/run python3 tools/faults.py --all --json
    scripts/run python3 tools/faults.py --long
    scripts/run python3 tools/faults.py --all --without-protection

What is seen is measured by a consumer in a process of its own, which knows nothing of the fault.
Prints the table of docs/reliability.md, with `--json` one line a fault. The exit code is 0 when
none is broken; with `--all` at least 30 must have held, too.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack
import json
import os
from pathlib import Path
import signal
import sys
from tempfile import TemporaryDirectory

from ament_index_python.packages import get_package_share_directory
from fault_cases import (
    camera_faults, file_faults, lifecycle_faults, message_faults, process_faults, reader_faults,
    stream_faults,
)
from fault_cases.fault import (
    alone, Broken, exit_code, Fault, FAULTS, MIN_TRUE, Result, table,
)
from fault_cases.judging import judge
from fault_cases.protections import without_protection
from fault_cases.rig import ARENA, GROUPS, RATE, Rig
from fault_cases.stream_server import StreamServer

from yolo_deepsort_ros.demo.processes import PACKAGE
from yolo_deepsort_ros.nodes.runtime.environment import private_graph, shared_memory

#: Each registers its faults when it is loaded.
MODULES = (
    process_faults, lifecycle_faults, message_faults, reader_faults, stream_faults, camera_faults,
    file_faults,
)


def main() -> int:
    """Run the faults that are asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('names', metavar='NAME', nargs='*', help='a fault of --list')
    parser.add_argument('--all', action='store_true', help='all but the long ones')
    parser.add_argument('--long', action='store_true', help='the long ones')
    parser.add_argument('--list', action='store_true', help='name the faults')
    parser.add_argument('--json', action='store_true', help='one JSON line a fault')
    parser.add_argument('--table', metavar='FILE', help='print what --json has written as a table')
    parser.add_argument(
        '--without-protection', action='store_true',
        help='in a copy of the tree that lacks what protects from it: each must be broken')
    arguments = parser.parse_args()
    if arguments.list:
        for found in FAULTS.values():
            print(f'{found.name}{" (--long)" if found.is_long else ""}: {found.promise}')
        return 0
    if arguments.table:
        try:
            lines = Path(arguments.table).read_text(encoding='utf-8').splitlines()
        except OSError as error:
            parser.error(f'{arguments.table}: {error.strerror}')
        print(table([Result(**json.loads(line)) for line in lines]))
        return 0
    unknown = [name for name in arguments.names if name not in FAULTS]
    if unknown:
        parser.error(f'no fault {unknown[0]}; --list names them')
    chosen = [
        found for found in FAULTS.values()
        if found.name in arguments.names or (arguments.long if found.is_long else arguments.all)
    ]
    if not chosen:
        parser.error('give names, --all or --long')
    if arguments.without_protection:
        return int(not without_protection([found.name for found in chosen]))
    os.environ.update(shared_memory(os.environ, get_package_share_directory(PACKAGE)))
    os.environ.update(private_graph(os.environ))
    for number in (signal.SIGINT, signal.SIGTERM):  # the nodes end before the tool does
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    results: list[Result] = []
    for group in ('', *GROUPS):
        for result in run_group(group, [found for found in chosen if found.group == group]):
            results.append(result)
            print(
                f'{result.name}: {result.ok}: {result.seen}; {result.recovered_s} s',
                file=sys.stderr, flush=True,
            )
            if arguments.json:
                print(json.dumps(result.as_json()), flush=True)
    if not arguments.json:
        print(table(results))
    return exit_code(results, MIN_TRUE if arguments.all else 0)


def run_group(group: str, faults: list[Fault]) -> Iterator[Result]:
    """Yield the results of faults that share their nodes."""
    if not faults:
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix='faults_')))
        try:
            server = (
                stack.enter_context(StreamServer(ARENA['source'], RATE)) if group == 'stream'
                else None
            )
            rig = stack.enter_context(Rig(group, folder, server)) if group else None
        except Broken as text:
            for found in faults:
                yield Result(found.name, found.promise, False, f'the nodes do not start: {text}')
            return
        for found in faults:
            yield judge(found, rig) if rig else alone(found, folder)


if __name__ == '__main__':
    sys.exit(main())
