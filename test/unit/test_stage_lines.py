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

from yolo_deepsort_ros.nodes.health.stage_lines import read_stage_lines, stage_line, Visit
from yolo_deepsort_ros.stage_timer import StageTimer

STAMP = 1_700_000_000.123456716  #: of an image, in seconds


def test_lines_are_found_among_others():
    visits = [Visit(STAMP, STAMP + 0.02, {'forward': 12.5, 'nms': 0.25}), Visit(2.0, 3.0, {})]
    log = '\n'.join([
        '[INFO] [1.0] [detector]: stages of images: all of them',
        f'[DEBUG] [1700000000.2] [bench.detector]: {stage_line(visits[:1])}',
        f'detector-2] [DEBUG] [1700000000.3] [detector]: {stage_line(visits[1:])}',
        '[DEBUG] [4.0] [detector]: stages of images: [[1.5, 2.5, {"for',  # still being written
    ])
    assert list(read_stage_lines(log)) == visits


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
