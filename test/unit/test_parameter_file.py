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

"""`config/tracking.yaml` says what `config.py` says."""

from pathlib import Path
import runpy

import yaml

from yolo_deepsort_ros.config import NODES
from yolo_deepsort_ros.nodes.parameter_file import overrides, render

ROOT = Path(__file__).resolve().parents[2]


def test_the_files_made_from_the_declarations_are_up_to_date():
    tool = runpy.run_path(str(ROOT / 'tools' / 'render_parameters.py'))
    for path, text in tool['rendered']().items():
        command = 'scripts/run python3 tools/render_parameters.py'
        assert path.read_text(encoding='utf-8') == text, command


def test_it_holds_every_parameter_of_every_node_with_its_default():
    content = yaml.safe_load(render())
    assert list(content) == [f'/**/{node}' for node in NODES]
    for node, group in NODES.items():
        values = content[f'/**/{node}']['ros__parameters']
        assert list(values) == list(group.parameters())
        assert group.from_mapping(values) == group()


def test_overrides_reach_every_node_that_knows_the_name():
    assert overrides({'threads': 2, 'classes': ('person', 'car')}) == {
        '/**/detector': {'ros__parameters': {'threads': 2, 'classes': ['person', 'car']}},
        '/**/tracker': {'ros__parameters': {'threads': 2}},
    }
