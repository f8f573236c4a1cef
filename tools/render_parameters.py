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
Write what is made from the parameters' declarations in `yolo_deepsort_ros/config/`.

    scripts/run python3 tools/render_parameters.py

brings `config/tracking.yaml` and `docs/parameters.md` up to date; a test fails when they are
not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import json
from pathlib import Path

from yolo_deepsort_ros.config.arena_settings import ARENA_SETTINGS
from yolo_deepsort_ros.config.node_configs import NODES
from yolo_deepsort_ros.config.parameter import Parameter
from yolo_deepsort_ros.nodes.parameters import parameter_file
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig

ROOT = Path(__file__).resolve().parents[1]
HEAD = """\
# Parameters

<!-- made from yolo_deepsort_ros/config/ by scripts/run python3 tools/render_parameters.py -->

Every parameter of every node, with its default. The same names are options of the command
line (`--set NAME=VALUE`) and keywords in Python. ⟳ marks those that `ros2 param set` changes
while the node is active; the others act when the node is configured. The node `pipeline` has
the parameters of all nodes, but for those of the images that they take in.

"""


def rendered() -> dict[Path, str]:
    """Return the files and the text that each should have."""
    return {
        ROOT / 'config' / 'tracking.yaml': parameter_file.render(),
        ROOT / 'docs' / 'parameters.md': HEAD + '\n'.join([*_tables(), *_arena()]),
    }


def _tables() -> Iterator[str]:
    shown: set[str] = set()
    for node, group in NODES.items():
        fresh = [declared for name, declared in group.parameters().items() if name not in shown]
        again = [f'`{name}`' for name in group.parameters() if name in shown]
        shown.update(group.parameters())
        yield f'## {node}'
        yield ''
        if again:
            yield f'Also {", ".join(again)}, as above.'
            yield ''
        if fresh:
            yield from _rows(fresh)


def _arena() -> Iterator[str]:
    yield '## The source arena'
    yield ''
    yield (
        'Options of `source`, as in `source: arena:agents=8,seed=3`, or in a file of YAML with '
        'such names and values: `source: arena:own.yaml`.'
    )
    yield ''
    yield from _rows(ArenaConfig.parameters().values())
    settings = ', '.join(
        f'`{name}: {json.dumps(value)}`' for name, value in ARENA_SETTINGS.items()
    )
    yield 'With the arena these are the defaults of detector and tracker: ' + settings + '.'
    yield ''


def _rows(parameters: Iterable[Parameter]) -> Iterator[str]:
    yield '| name | default | range | meaning |'
    yield '|---|---|---|---|'
    yield from map(_row, parameters)
    yield ''


def _row(declared: Parameter) -> str:
    default = list(declared.default) if declared.is_list else declared.default
    shown = str(default).lower() if declared.kind is bool else default
    limits = declared.range_text.replace('|', '\\|')
    text = declared.text.replace('<', '&lt;')
    live = ' ⟳' if declared.is_live else ''
    return (
        f'| `{declared.name}`{live} | {"" if shown == "" else f"`{shown}`"} '
        f'| {f"{limits} {declared.unit}".strip()} | {text} |'
    )


if __name__ == '__main__':
    for path, text in rendered().items():
        path.write_text(text, encoding='utf-8')
