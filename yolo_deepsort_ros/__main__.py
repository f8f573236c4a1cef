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

"""Lets `python3 -m yolo_deepsort_ros` run the command line."""

import signal
import sys

signal.signal(signal.SIGINT, signal.SIG_DFL)  # while the libraries load, Ctrl-C is no traceback

from yolo_deepsort_ros.cli.commands import main  # noqa: E402, I100

# From here on both end a command in order: files are finished.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as under nohup
    signal.signal(signal.SIGHUP, signal.default_int_handler)
sys.exit(main())
