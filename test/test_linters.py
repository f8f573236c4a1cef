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

"""The linters of ament, as `colcon test` runs them; each is skipped where it is not installed."""

from importlib.util import find_spec
from pathlib import Path
import subprocess
import sys
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYTHON = (
    'yolo_deepsort_ros', 'test', 'tools', 'benchmarks', 'examples', 'launch', 'scripts',
    'setup.py',
)
XML = sorted([ROOT / 'package.xml', *ROOT.glob('underlay/*/package.xml'),
              *ROOT.glob('config/*.xml')])
#: What ament_pep257 leaves out of all of pydocstyle's errors.
LEFT_OUT = 'D100,D101,D102,D103,D104,D105,D106,D107,D203,D212,D404'


@pytest.mark.parametrize(('module', 'options'), [
    ('flake8', []),  # setup.cfg says the rest, as ament_flake8 has it
    ('pydocstyle', [f'--ignore={LEFT_OUT}']),
])
def test_python(module, options):
    if not find_spec(module):
        pytest.skip(f'the Python module {module} is not installed')
    files = [name for name in PYTHON if (ROOT / name).exists()]
    done = subprocess.run(
        [sys.executable, '-m', module, *options, *files], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    assert (done.returncode, done.stdout) == (0, '')


@pytest.mark.parametrize('path', XML, ids=lambda path: str(path.relative_to(ROOT)))
def test_xml(path):
    ElementTree.parse(path)
    if path.name == 'package.xml':
        package = pytest.importorskip('catkin_pkg.package')
        warnings = []
        package.parse_package(str(path), warnings=warnings).validate(warnings=warnings)
        assert warnings == []
