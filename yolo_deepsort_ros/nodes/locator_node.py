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

"""Tracks in, where they are in metres out."""

from __future__ import annotations

import sys

from yolo_deepsort_ros.config.node_configs import LocatorConfig
from yolo_deepsort_ros.nodes.runtime.managed_node import ManagedNode
from yolo_deepsort_ros.nodes.runtime.running import run
from yolo_deepsort_ros.nodes.stages.locating_stage import LocatingStage
from yolo_deepsort_ros.nodes.stages.locator_input_stage import LocatorInputStage


class LocatorNode(ManagedNode[LocatorConfig]):
    """
    Says where tracks are, how fast they move and how tall they are.

    Subscriptions
        Those of `LocatorInputStage` and `LocatingStage`.
    Publications
        Those of `LocatingStage`.

    """

    def __init__(self) -> None:
        super().__init__('locator', LocatorConfig)
        locating = self.add_stage(LocatingStage(self), lambda config: config.locating)
        self.add_stage(LocatorInputStage(self, locating), lambda config: config.topics)


def main() -> None:
    """Run the node in this process."""
    sys.exit(run(LocatorNode))
