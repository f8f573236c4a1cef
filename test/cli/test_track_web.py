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

"""`track --web`."""

import json
import re
import subprocess
import sys
from urllib.request import urlopen

import pytest

from yolo_deepsort_ros.cli.options import with_port


@pytest.mark.parametrize(('words', 'written_out'), [
    (['--web', 'arena'], ['--web=8080', 'arena']),
    (['--web', '9000', 'arena'], ['--web', '9000', 'arena']),
    (['arena', '--web'], ['arena', '--web=8080']),
    (['--web', '--show'], ['--web=8080', '--show']),
    (['--web=0', 'x'], ['--web=0', 'x']),
    ([], []),
])
def test_a_number_after_web_is_its_port_and_nothing_else_is(words, written_out):
    assert with_port(words) == written_out


def test_the_page_answers_as_soon_as_its_line_is_there():
    pytest.importorskip('aiohttp')
    command = [
        sys.executable, '-m', 'yolo_deepsort_ros', 'track', '--web', '0', 'arena',
        '--set', 'rate=10',
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        line = process.stderr.readline()
        address = re.fullmatch(r'track: page at (http://127\.0\.0\.1:\d+/)\n', line)[1]
        state = {'cameras': {}}
        while not any(camera['tracks'] for camera in state['cameras'].values()):
            with urlopen(f'{address}api/state') as response:
                state = json.load(response)
        (name, camera), = state['cameras'].items()
        assert name == ''
        assert {'id', 'class', 'score', 'x', 'y', 'w', 'h', 'age_s', 'seen_s'} == set(
            camera['tracks'][0]
        )
        process.send_signal(2)
        out, _ = process.communicate()
        assert process.returncode == 0
        assert json.loads(out.splitlines()[-1])['frames'] > 0
