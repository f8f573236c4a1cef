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

"""`scripts/demo [SOURCE] …`: run the nodes on a source, show and keep what they publish."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
import fcntl
from importlib.util import find_spec
import os
from pathlib import Path
import signal
import sys
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

from yolo_deepsort_ros.cli.options import (
    add_parameters, add_web_option, file_name, OneLineParser, values_of, with_source_defaults,
)
from yolo_deepsort_ros.cli.overwrite_check import check_outputs, files_read
from yolo_deepsort_ros.cli.position_output import add_position_options, position_inputs
from yolo_deepsort_ros.config.node_configs import NODES, PARAMETERS
from yolo_deepsort_ros.config.source_config import is_arena
from yolo_deepsort_ros.demo.endings import Interrupted, NodeFailure
from yolo_deepsort_ros.demo.judging import RESULTS
from yolo_deepsort_ros.demo.placing import Placing
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ConfigurationError, OutputError, YoloDeepsortError
from yolo_deepsort_ros.files import user_path
from yolo_deepsort_ros.models.lookup import check_models
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig
from yolo_deepsort_ros.sources.opening import names_a_file
from yolo_deepsort_ros.visualization.window import Window

OPTIONS = (
    'model', 'weights', 'names', 'reid', 'profile', 'confidence', 'classes', 'backend',
    'max_frames',
)
RENAMED = {'duration': '--seconds', 'seed': '--seed'}  #: options of another name
DEFAULT_SOURCE = 'arena'
SEED = ArenaConfig.parameters()['seed']
DEFAULT_FOLDER = 'yolo_deepsort_demo'


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the demo.

    Returns
    -------
    int
        0 at the source's end; 1 when a node has died or hangs; 2 for wrong use or bad input;
        128 and the signal's number when interrupted, after writing what there is.

    """
    args = _parser().parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        values = _values(args)
        placing = Placing(args, is_arena(values['source'])) if args.positions else None
        with _folder(args.out) as folder:
            outputs = {name: folder / name for name in RESULTS}
            check_outputs(
                {**outputs, '--positions': args.positions},
                (*files_read(values), *position_inputs(args)),
            )
            if find_spec('rclpy') is None:
                from yolo_deepsort_ros.demo.without_ros import run_pipeline
                return run_pipeline(values, _as_options(args), folder, placing)
            from yolo_deepsort_ros.nodes.runtime.environment import check_middleware
            check_middleware(os.environ)  # before rclpy is imported
            from yolo_deepsort_ros.demo.graph_run import run_nodes
            with Window('yolo_deepsort_ros demo') if args.show else nullcontext() as window:
                return run_nodes(values, folder, window, placing, args.web)
    except Interrupted as signalled:
        return signalled.exit_code
    except NodeFailure as error:
        print(f'demo: {error}', file=sys.stderr)
        return 1
    except YoloDeepsortError as error:
        print(f'demo: {error}', file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(
        prog='demo', description='Watch the ROS 2 nodes track the objects of a source.'
    )
    parser.add_argument(
        'source', metavar='SOURCE', nargs='?', default=DEFAULT_SOURCE,
        help=f'{PARAMETERS["source"].text} (default: %(default)s)',
    )
    add_parameters(parser, *OPTIONS)
    parser.add_argument(
        RENAMED['duration'], metavar='N', dest='duration',
        help='source time after which to stop (default: 20 of the arena, all of other sources)',
    )
    parser.add_argument(
        RENAMED['seed'], metavar='N', help=f'of the arena: {SEED.text}',
    )
    parser.add_argument(
        '--show', action='store_true', help='show the tracks in a window; q or Esc ends the demo'
    )
    add_web_option(parser)
    parser.add_argument(
        '--out', metavar='DIR', type=file_name, default=DEFAULT_FOLDER,
        help='folder for tracks.txt, annotated.mp4 and tracks.png (default: %(default)s)',
    )
    add_position_options(parser)
    return parser


def _values(args: argparse.Namespace) -> dict[str, Any]:
    """Return the nodes' parameters, checked as far as can be without starting them."""
    try:
        if args.seed is not None:
            args.source = _seeded(args.source, args.seed)
        values = with_source_defaults(values_of(args, NODES.values()))
    except ConfigurationError as error:
        name, _, text = str(error).partition(':')
        if getattr(args, name, None) is None or name not in RENAMED:
            raise
        raise ConfigurationError(f'{RENAMED[name]}:{text}') from None
    for name in ('names', 'source'):
        given = values.get(name, '')
        is_file = names_a_file(given) if name == 'source' else given
        if is_file and not user_path(given).exists():
            raise ConfigurationError(f'{name}: {shown(given)}: no such file')
    check_models(values)
    return {**values, 'autostart': True, 'start_paused': True}


def _seeded(source: str, seed: str) -> str:
    SEED.parse(seed)
    if not is_arena(source):
        raise ConfigurationError(f'seed: {shown(source)} is not the arena; leave it out')
    return f'{source}{"," if ":" in source else ":"}seed={seed}'


def _as_options(args: argparse.Namespace) -> Iterator[str]:
    """Yield what was given as options of `track`."""
    given = {name: getattr(args, name) for name in (*OPTIONS, 'duration')}
    settings = [f'{name}={text}' for name, text in given.items() if text is not None]
    for setting in (*settings, *args.settings):
        yield from ('--set', setting)
    if args.show:
        yield '--show'
    if args.web is not None:
        yield from (f'--web={args.web}', '--called=demo')


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    """Make the folder, and have it alone; the lock ends with this process."""
    folder = Path(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder):
            number = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise OutputError(
            f'--out {shown(name)}: cannot write there ({error.strerror})'
        ) from None
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OutputError(
            f'--out {shown(name)}: another demo writes there; name another'
        ) from None
    except OSError:  # some network file systems have no locks
        pass
    try:
        yield folder
    finally:
        os.close(number)


def _interrupt(number: int, _: FrameType | None) -> None:
    raise Interrupted(number)
