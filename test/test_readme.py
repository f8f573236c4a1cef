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

"""What the README shows works."""

from pathlib import Path
import re

from yolo_deepsort_ros.simulation.arena import Arena
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig
from yolo_deepsort_ros.visualization.video import VideoWriter

README = (Path(__file__).resolve().parents[1] / 'README.md').read_text(encoding='utf-8')
SNIPPETS = re.findall(r'```python\n(.*?)```', README, re.DOTALL)


def test_the_library_example_runs(tmp_path, monkeypatch, capsys):
    example = next(snippet for snippet in SNIPPETS if 'Detector(' in snippet)
    monkeypatch.chdir(tmp_path)
    arena = Arena(ArenaConfig())
    with VideoWriter('arena.mp4', 30.0) as video:
        for number in range(4):
            video.write(arena.render(number)[0])
    exec(example, {})
    out = capsys.readouterr().out
    assert out.startswith('[] []\n' * 2 + '[1 2')  # no id before the third frame


def test_every_file_that_it_links_to_is_there():
    root = Path(__file__).resolve().parents[1]
    for link in re.findall(r'\]\(((?!http)[^)#]+)\)', README):
        assert (root / link).exists(), link
