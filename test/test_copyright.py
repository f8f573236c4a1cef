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

"""Every file of code says whose it is and under which licence."""

from pathlib import Path
import subprocess

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEADER = Path(__file__).read_text(encoding='utf-8').split('\n\n', 1)[0]


def sources():
    """Return the Python files that belong to the project."""
    listed = subprocess.run(
        ['git', 'ls-files', '--cached', '--others', '--exclude-standard', '*.py'], cwd=ROOT,
        capture_output=True, text=True,
    )
    if listed.returncode:
        return [str(p.relative_to(ROOT)) for p in (ROOT / 'yolo_deepsort_ros').rglob('*.py')]
    return [line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


@pytest.mark.parametrize('path', sources())
def test_licence_header(path):
    text = (ROOT / path).read_text(encoding='utf-8')
    assert not text.strip() or text.startswith(HEADER), f'{path} lacks the licence header'


def test_the_header_is_the_apache_licence():
    assert 'Licensed under the Apache License, Version 2.0' in HEADER
    assert 'Apache License' in (ROOT / 'LICENSE').read_text(encoding='utf-8')
