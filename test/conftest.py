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

"""Fixtures that several test folders share."""

from __future__ import annotations

from contextlib import suppress
import os
from pathlib import Path
import signal
import sys
from typing import Any

import pytest

with suppress(ImportError):  # a robot may lack it; then test/property is not for it either
    from hypothesis import settings
    # How long one example takes is the machine's affair.
    settings.register_profile('short', deadline=None)
    settings.load_profile('short')
    settings.register_profile('long', max_examples=1000, deadline=None)

# Helpers of the tests; pytest 6 of Ubuntu 22.04 has no setting for it.
for folder in ('', 'test', 'test/golden'):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / folder))

# A job in the background of a script is born deaf to Ctrl-C, and so would be all that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

SHARED_DATA = Path(__file__).resolve().parents[2] / 'shared' / 'data'


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `scripts/test --full` ask for all."""
    parser.addoption('--long', action='store_true', help='run the long tests, too')


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Leave the names of the failed tests to the summary of `scripts/test`."""
    failed = [
        report.nodeid for kind in ('failed', 'error')
        for report in terminalreporter.stats.get(kind, [])
    ]
    if failed and (path := os.environ.get('FAILED_TESTS_FILE')):
        Path(path).write_text(''.join(f'{name}\n' for name in failed), encoding='utf-8')


@pytest.fixture
def long_run(request: pytest.FixtureRequest) -> None:
    """Let a test run only where time does not matter."""
    if not request.config.getoption('--long'):
        pytest.skip('takes long: scripts/test --full runs it')


@pytest.fixture(scope='session')
def shared_data() -> Path:
    """Real models, pictures and sequences; they lie beside the project, not in it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f'no real data: {SHARED_DATA.parent.name}/data is not beside the project')
    return SHARED_DATA
