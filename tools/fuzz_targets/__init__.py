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

"""
What `tools/fuzz.py` feeds: one module for each kind of input.

A target is a function of a folder of its own; it returns a `Target`. Each input must be taken, or
be refused by an error of this package in one short line, within a second of processor time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
import time
from typing import Any, NamedTuple

MAX_SECONDS = 1.0  #: of processor time for one input
MAX_LINE = 1000  #: characters of a refusal
#: Where the function of each target is.
TARGETS = {
    'cfg': 'networks', 'weights': 'networks', 'recogniser': 'networks', 'decoders': 'networks',
    'ncnn': 'networks',
    'mot': 'text_files', 'calibration': 'text_files', 'ground': 'text_files',
    'pictures': 'pictures', 'messages': 'messages', 'page': 'page',
}


class Target(NamedTuple):
    """What reads inputs."""

    read: Callable[[bytes], object]
    seeds: Sequence[bytes]  #: good inputs
    words: Sequence[bytes] = ()  #: that mean something
    max_bytes: int = 4096  #: of an input


def target_of(name: str, folder: Path) -> Target:
    """Return a target, which may write into an empty folder."""
    module = import_module(f'fuzz_targets.{TARGETS[name]}')
    made: Target = getattr(module, name)(folder)
    return made


def check(target: Target, data: bytes) -> None:
    """Have an input read; raise when it is neither taken nor refused as it should be."""
    begin = time.process_time()
    refusable(target.read, data)
    took = time.process_time() - begin
    if took > MAX_SECONDS:
        raise AssertionError(f'took {took:.1f} s')


def refusable(read: Callable[..., Any], *given: Any) -> Any:
    """Return what a call returns, or None where it refuses in one short line."""
    from yolo_deepsort_ros.errors import YoloDeepsortError

    try:
        return read(*given)
    except YoloDeepsortError as error:
        text = str(error)
        if '\n' in text or len(text) > MAX_LINE:
            raise AssertionError(f'not one short line: {text!r}') from error
        return None


def writing(path: Path, read: Callable[[Path], Any]) -> Callable[[bytes], object]:
    """Return what reads an input from a file."""
    def run(data: bytes) -> object:
        path.write_bytes(data)
        return read(path)
    return run
