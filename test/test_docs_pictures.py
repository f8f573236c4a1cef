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

"""The docs' diagrams and charts are what the tree and the figures say."""

from __future__ import annotations

from pathlib import Path
import subprocess
import sys
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / 'docs' / 'pictures'
REMEDY = 'run scripts/run python3 tools/draw_docs.py'


@pytest.fixture(scope='module')
def drawn(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp('pictures')
    subprocess.run(
        [sys.executable, str(ROOT / 'tools' / 'draw_docs.py'), '--out', str(folder)], check=True)
    return folder


def test_they_are_drawn_from_what_is_there_now(drawn):
    names = sorted(path.name for path in drawn.iterdir())
    assert names == sorted(path.name for path in FOLDER.glob('*.svg'))
    for name in names:
        assert (drawn / name).read_bytes() == (FOLDER / name).read_bytes(), f'{name}: {REMEDY}'


@pytest.mark.parametrize('path', sorted(FOLDER.glob('*.svg')), ids=lambda path: path.name)
def test_each_says_what_it_shows_and_loads_nothing(path):
    picture = ElementTree.parse(path).getroot()
    assert picture.find('{http://www.w3.org/2000/svg}title').text
    text = path.read_text(encoding='utf-8')
    assert 'prefers-color-scheme:dark' in text
    assert 'href' not in text
    assert '@import' not in text
