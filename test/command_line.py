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

"""The command line, in this process and in one of its own."""

from pathlib import Path
import signal
import subprocess
import sys

from yolo_deepsort_ros.cli.commands import main

FRAMES = 12  #: of the pictures that the tests in `cli/` share
ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, '-m', 'yolo_deepsort_ros')


def run(capsys, *arguments):
    """Return the exit status, the lines of stdout and of stderr."""
    status = main([str(argument) for argument in arguments])
    shown = capsys.readouterr()
    return status, shown.out.splitlines(), shown.err.splitlines()


def started(*arguments, **how):
    """Start the command line in a process of its own, which hears of its terminal's end."""
    how.setdefault('preexec_fn', lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL))
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)], cwd=ROOT, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, **how,
    )
