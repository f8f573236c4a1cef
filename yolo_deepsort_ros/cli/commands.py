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

"""The command line: `python3 -m yolo_deepsort_ros …`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import logging
import os
import sys

from yolo_deepsort_ros.cli.detect_command import add_detect_command
from yolo_deepsort_ros.cli.evaluate_command import add_evaluate_command
from yolo_deepsort_ros.cli.foot_offset_command import add_foot_offset_command
from yolo_deepsort_ros.cli.ground_command import add_ground_command
from yolo_deepsort_ros.cli.model_commands import add_export_command, add_models_command
from yolo_deepsort_ros.cli.options import OneLineParser
from yolo_deepsort_ros.cli.track_command import add_track_command
from yolo_deepsort_ros.cli.track_detections_command import add_track_detections_command
from yolo_deepsort_ros.error_text import memory_line
from yolo_deepsort_ros.errors import YoloDeepsortError

PROGRAM = 'yolo_deepsort_ros'


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status: 2 for wrong use or bad input."""
    logging.basicConfig(format=f'{PROGRAM}: %(message)s', level=logging.WARNING)
    args = _parser().parse_args(arguments)
    try:
        args.run(args)
        print(end='', flush=True)
    except YoloDeepsortError as error:
        print(f'{PROGRAM} {args.command}: {error}', file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output has gone: nobody is left to tell
        _discard_output()
        return 1
    except OSError as error:
        print(f'{PROGRAM} {args.command}: cannot write the output: {error}', file=sys.stderr)
        _discard_output()
        return 2
    except MemoryError as error:
        print(f'{PROGRAM} {args.command}: {memory_line(error)}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _discard_output() -> None:
    """Let the interpreter flush what is left to nowhere when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(prog=PROGRAM, description='YOLO detections and DeepSORT tracks.')
    commands = parser.add_subparsers(dest='command', required=True, metavar='COMMAND')
    for add in (
        add_track_command, add_track_detections_command, add_detect_command,
        add_evaluate_command, add_ground_command, add_foot_offset_command, add_models_command,
        add_export_command,
    ):
        add(commands)
    return parser
