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

"""What cameras with real drivers are tested with."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from real_cameras import KERNEL, plug, run, unplug, Vivid
from software_webcam import Webcam


def pytest_collection_modifyitems(items):
    """Skip what needs the machine, visibly, outside it."""
    here = Path(__file__).parent
    for item in items:
        if KERNEL is None and here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason='needs camera drivers: scripts/test --camera'))


@pytest.fixture
def vivid():
    """Return what loads the driver, with one camera unless it is told otherwise."""
    return partial(Vivid, n_devs=1, node_types='0x1')


@pytest.fixture(scope='module')
def drivers():
    run('modprobe', '-d', KERNEL, '-r', 'vivid')
    run('modprobe', '-d', KERNEL, '-a', 'vhci_hcd', 'uvcvideo')


@pytest.fixture
def webcam(drivers):
    """Yield a webcam that is plugged in."""
    webcam = Webcam()
    plug(webcam)
    yield webcam
    unplug(webcam)
