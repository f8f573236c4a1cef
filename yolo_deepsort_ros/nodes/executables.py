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
The installed programs, one for each node.

The libraries are loaded in here, not at the top: a Ctrl-C that comes while they are ends the
process without a traceback.
"""

from __future__ import annotations

from functools import partial
import importlib
import os
import signal
import sys

from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.nodes.runtime.environment import check_middleware, own_segment, reason_of


def _run(node: str) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        check_middleware(os.environ)
    except ConfigurationError as error:
        print(reason_of(error), file=sys.stderr)
        sys.exit(2)
    os.environ.update(own_segment(os.environ, node))
    main = importlib.import_module(f'yolo_deepsort_ros.nodes.{node}').main
    signal.signal(signal.SIGINT, before)
    main()


annotator_node = partial(_run, 'annotator_node')
camera_node = partial(_run, 'camera_node')
detector_node = partial(_run, 'detector_node')
locator_node = partial(_run, 'locator_node')
pipeline_node = partial(_run, 'pipeline_node')
tracker_node = partial(_run, 'tracker_node')
viewer_node = partial(_run, 'viewer_node')
