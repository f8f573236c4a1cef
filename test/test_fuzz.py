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

"""What `tools/fuzz.py` starts from, and has kept, is taken or refused as it should be."""

from pathlib import Path
import sys

import numpy as np
import pytest

TESTS = Path(__file__).resolve().parent
sys.path.append(str(TESTS.parent / 'tools'))

from fuzz_targets import check, target_of, TARGETS  # noqa: E402, I100

DAMAGED = 150  #: inputs of each target
KEPT = sorted((TESTS / 'fuzz').glob('*/*'))


@pytest.fixture(scope='module')
def targets(tmp_path_factory):
    return {name: target_of(name, tmp_path_factory.mktemp(name)) for name in TARGETS}


@pytest.mark.parametrize('name', TARGETS)
def test_each_good_input_is_taken(targets, name):
    for seed in targets[name].seeds:
        check(targets[name], seed)
        targets[name].read(seed)  # a refusal is an error here


def damaged(data, words, random):
    """Return an input that is cut off, or in which something was changed, put in or doubled."""
    at, other = sorted(random.integers(len(data) + 1, size=2))
    word = words[random.integers(len(words))] if words else b''
    return [
        lambda: data[:at],
        lambda: data[:at] + bytes([random.integers(256)]) + data[at + 1:],
        lambda: data[:at] + random.bytes(int(random.integers(1, 9))) + data[at:],
        lambda: data[:at] + word + data[at:],
        lambda: data[:at] + word + data[at + len(word):],
        lambda: data[:at] + data[at:other] * 2 + data[other:],
        lambda: data[:at] + data[other:],
        lambda: bytes(random.integers(12, size=4, dtype=np.uint8)) + random.bytes(20),
    ][random.integers(8)]()


@pytest.mark.parametrize('name', TARGETS)
def test_damaged_inputs_are_taken_or_refused_in_one_line(targets, name):
    target, random = targets[name], np.random.default_rng(0)
    for _ in range(DAMAGED):
        data = target.seeds[random.integers(len(target.seeds))]
        for _ in range(random.integers(1, 4)):
            data = damaged(data, target.words, random)
        check(target, data[:target.max_bytes])


@pytest.mark.parametrize('path', KEPT, ids=lambda path: f'{path.parent.name} {path.name}')
def test_each_input_that_was_kept_is_taken_or_refused_in_one_line(targets, path):
    check(targets[path.parent.name], path.read_bytes())
