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

"""What each image cost, told in the log and found there again."""

import re

from yolo_deepsort_ros.nodes.stage_lines import read_stage_lines, stage_line
from yolo_deepsort_ros.stage_timer import StageTimer

STAMP = 1_700_000_000.123456716  #: of an image, in seconds


def test_lines_are_found_among_others():
    stages = {'forward': 12.5, 'nms': 0.25}
    log = '\n'.join([
        '[INFO] [1.0] [detector]: stages of war: {}',
        f'[DEBUG] [1700000000.2] [bench.detector]: {stage_line(STAMP, stages)}',
        f'detector-2] [DEBUG] [1700000000.3] [detector]: {stage_line(2.0, {})}',
        '[DEBUG] [4.0] [detector]: stages of 1.123456789: {"for',  # still being written
    ])
    assert list(read_stage_lines(log)) == [
        (STAMP, 1700000000.2, stages), (2.0, 1700000000.3, {}),
    ]


def test_a_stamp_goes_there_and_back():
    line = f'[5.0] [detector]: {stage_line(STAMP, {})}'
    assert re.search(r'\d+\.\d{9}', line)
    assert [found.stamp for found in read_stage_lines(line)] == [STAMP]


def test_newest_stages_are_those_since_they_were_taken():
    timer = StageTimer()
    for name in ('detect', 'embed', 'detect'):
        with timer.stage(name):
            pass
    assert set(timer.take_newest_ms()) == {'detect', 'embed'}
    with timer.stage('track'):
        pass
    assert set(timer.take_newest_ms()) == {'track'}
    assert timer.take_newest_ms() == {}
    assert set(timer.medians_ms) == {'detect', 'embed', 'track'}
