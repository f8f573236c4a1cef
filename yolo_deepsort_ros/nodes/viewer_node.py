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

"""A page in a browser: what the cameras see, how the nodes are, who is to be followed."""

from __future__ import annotations

import sys

from yolo_deepsort_ros.config.node_configs import ViewerConfig
from yolo_deepsort_ros.nodes.runtime.managed_node import ManagedNode
from yolo_deepsort_ros.nodes.runtime.running import run
from yolo_deepsort_ros.nodes.stages.viewer_stage import ViewerStage


class ViewerNode(ManagedNode[ViewerConfig]):
    """
    Serves a page of all cameras in its namespace and in those below.

    Subscriptions, publications, services called
        Those of `ViewerStage`.

    """

    def __init__(self) -> None:
        super().__init__('viewer', ViewerConfig)
        self.add_stage(ViewerStage(self), lambda config: config)


def main() -> None:
    """Run the node in this process."""
    sys.exit(run(ViewerNode))
