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

"""Cameras with real drivers, as in the machine of `scripts/test --camera`."""

from __future__ import annotations

import os
from pathlib import Path
import subprocess
import time

LINK = '/dev/v4l/by-id/usb-ACME_Software_Cam_{}-video-index0'
KERNEL = os.environ.get('KERNEL')  #: folder of its modules; set in the machine
VIVID = Path('/sys/bus/platform/drivers/vivid')
STABLE_NAME = '/dev/v4l/by-path/platform-vivid.0-video-index0'


class Vivid:
    """The kernel's test driver, with cameras that stand at YUYV, 320 x 180, 10 Hz."""

    def __init__(self, **options: object) -> None:
        run('modprobe', '-d', KERNEL, '-r', 'vivid')
        values = [f'{name}={value}' for name, value in options.items()]
        run('modprobe', '-d', KERNEL, 'vivid', *values)
        run('udevadm', 'settle')
        self.stand_at()

    def stand_at(self, letters: str = 'YUYV', device: str = '/dev/video0') -> None:
        """Set what the camera gives unless it is asked for another."""
        mode = f'width=320,height=180,pixelformat={letters}'
        run('v4l2-ctl', '-d', device, '--set-fmt-video', mode, '--set-parm', '10')

    @property
    def format(self) -> str:  # noqa: A003
        """The four letters of what the camera gives."""
        return run('v4l2-ctl', '-d', '/dev/video0', '--get-fmt-video').split("'")[1]

    def control(self, name: str, value: int = 1, device: str = '/dev/video0') -> None:
        run('v4l2-ctl', '-d', device, '-c', f'{name}={value}')

    def unplug(self) -> None:
        (VIVID / 'unbind').write_text('vivid.0')

    def plug(self) -> str:
        """Return the camera's new path."""
        (VIVID / 'bind').write_text('vivid.0')
        run('udevadm', 'settle')
        return os.path.realpath(STABLE_NAME)


def run(*command: str | None) -> str:
    """Return what a command says; it must not fail."""
    done = subprocess.run(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def wait_for(condition, what: str, seconds: float = 60.0):
    """Return what a condition returns as soon as that is true."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f'no {what}'
        time.sleep(0.05)
    return value


def name_of(webcam):
    return LINK.format(webcam.serial)


def plug(webcam):
    webcam.plug()
    wait_for(lambda: os.path.exists(name_of(webcam)), 'webcam')
    run('udevadm', 'settle')


def unplug(webcam):
    webcam.unplug()
    wait_for(lambda: not os.path.exists(name_of(webcam)), 'end of the webcam')
