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

"""The README's consumer hears tracks and ends without a traceback."""

from __future__ import annotations

import os
from pathlib import Path
import re
import signal
import subprocess
import sys

import pytest
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose

README = (Path(__file__).resolve().parents[2] / 'README.md').read_text(encoding='utf-8')
[SNIPPET] = [s for s in re.findall(r'```python\n(.*?)```', README, re.DOTALL) if 'rclpy' in s]


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_it_listens_and_ends_without_a_traceback(peer, number):
    consumer = subprocess.Popen(
        [sys.executable, '-u', '-c', SNIPPET, '--ros-args', '-r', '__ns:=/demo_1'], text=True,
        env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    found = Detection2D(id='7', results=[ObjectHypothesisWithPose()])
    found.results[0].hypothesis.class_id = 'dog'
    peer.publish('/demo_1/tracks', Detection2DArray(detections=[found]))
    assert consumer.stdout.readline() == "[('7', 'dog', 0.0)]\n"
    consumer.send_signal(number)
    assert consumer.communicate(timeout=30) == ('', '')
