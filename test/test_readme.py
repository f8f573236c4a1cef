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

"""What the README shows works, and what it and the docs name is there."""

from pathlib import Path
import re

import pytest

from yolo_deepsort_ros.simulation.arena import Arena
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig
from yolo_deepsort_ros.visualization.video import VideoWriter

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / 'README.md').read_text(encoding='utf-8')
PAGES = [*ROOT.glob('*.md'), *sorted((ROOT / 'docs').rglob('*.md'))]
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


def anchors(page):
    """Return what a link to a heading of a page ends in, as browsers of repositories make it."""
    text = re.sub(r'^```.*?^```', '', page.read_text(encoding='utf-8'), flags=re.DOTALL | re.M)
    headings = re.findall(r'^#+ (.*)', text, re.M)
    return [re.sub(r'[^\w\- ]', '', line.lower()).replace(' ', '-') for line in headings]


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_and_heading_that_a_page_links_to_is_there(page):
    for link in re.findall(r'\]\(((?!http)[^)]+)\)', page.read_text(encoding='utf-8')):
        name, _, anchor = link.partition('#')
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_module_that_a_page_names_is_there(page):
    names = re.findall(r'`([\w/.]+\.py)`', page.read_text(encoding='utf-8'))
    files = [f'/{path.relative_to(ROOT).as_posix()}' for path in ROOT.rglob('*.py')
             if not path.relative_to(ROOT).parts[0].startswith('.')]
    assert [name for name in names if not any(file.endswith(f'/{name}') for file in files)] == []
