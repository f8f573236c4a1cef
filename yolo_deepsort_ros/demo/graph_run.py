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

"""The demo with ROS 2: the nodes in processes of their own, watched from their graph."""

from __future__ import annotations

import json
import os
from pathlib import Path
import signal
import sys
from tempfile import TemporaryDirectory
from typing import Any

from ament_index_python.packages import get_package_share_directory
import yaml

from yolo_deepsort_ros.config.source_config import is_arena
from yolo_deepsort_ros.demo.consumer import Consumer
from yolo_deepsort_ros.demo.endings import Interrupted
from yolo_deepsort_ros.demo.judging import arena_parameters, judge
from yolo_deepsort_ros.demo.placing import Placing
from yolo_deepsort_ros.demo.processes import NodeProcesses, PACKAGE
from yolo_deepsort_ros.demo.watching import Watch
from yolo_deepsort_ros.evaluation.mot import read_mot
from yolo_deepsort_ros.files import user_path
from yolo_deepsort_ros.nodes.parameters.parameter_file import overrides
from yolo_deepsort_ros.nodes.runtime.environment import private_graph, shared_memory
from yolo_deepsort_ros.simulation.arena.arena_config import arena_source
from yolo_deepsort_ros.visualization.window import Window


def run_nodes(
    values: dict[str, Any], folder: Path, window: Window | None, placing: Placing | None,
    port: int | None = None,
) -> int:
    """
    Run the nodes, fill the folder, show what they draw, print the figures as JSON.

    With a port there is a page, too.
    """
    os.environ.update(shared_memory(os.environ, get_package_share_directory(PACKAGE)))
    os.environ.update(private_graph(os.environ))
    namespace = f'/demo_{os.getpid()}'
    exit_code, arena = 0, None
    with TemporaryDirectory(prefix='yolo_deepsort_demo_') as scratch:
        truth = Path(scratch, 'gt.txt') if is_arena(values['source']) else None
        if truth:
            values, arena = arena_parameters(values, truth)
            truth = user_path(arena.truth)
            if placing:
                arena = arena.replace(truth_3d=arena.truth_3d or str(Path(scratch, 'gt_3d.csv')))
            values['source'] = arena_source(arena, Path(scratch, 'arena.yaml'))
            print(
                f'demo: {arena.ahead} frames of the arena are drawn first',
                file=sys.stderr, flush=True,
            )
        parameters = Path(scratch, 'parameters.yaml')
        parameters.write_text(yaml.safe_dump(overrides(values)), encoding='utf-8')
        with (
            NodeProcesses(namespace, parameters, Path(scratch), port=port) as processes,
            Consumer(namespace) as consumer,
            Watch(consumer, processes, folder, window) as watch,
        ):
            try:
                watch.until_end()
            except Interrupted as signalled:
                exit_code = signalled.exit_code
            finally:
                _ignore_signals()
        figures = watch.summary()
        record = consumer.record
        figures.update(judge(
            folder, record.frames, record.rate, truth, record.lost_frames, consumer.class_indices
        ))
        if placing and record.frames:
            if arena:
                figures.update(placing.judged(folder, record.frames, arena, values))
            else:
                placing.locate(
                    read_mot(folder / 'tracks.txt'), record.seconds, watch.size,
                    consumer.class_indices,
                )
    print(json.dumps(figures), flush=True)
    return exit_code


def _ignore_signals() -> None:
    """From here on the end is near and bounded: let it be orderly."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
