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

"""A system clock of the nodes alone, by libfaketime: the machine's own is never set."""

from __future__ import annotations

from pathlib import Path

LIBRARY = 'lib/*/faketime/libfaketime.so.1'  #: below /usr


def faked_clock(file: Path) -> dict[str, str]:
    """Return the environment of a process whose clock follows a file; nothing without library."""
    library = next(Path('/usr').glob(LIBRARY), None)
    set_clock(file, 0)
    return {} if library is None else {
        'LD_PRELOAD': str(library), 'FAKETIME_TIMESTAMP_FILE': str(file),
        'FAKETIME_CACHE_DURATION': '1', 'FAKETIME_DONT_FAKE_MONOTONIC': '1',
    }


def set_clock(file: Path, seconds: float) -> None:
    """Set the clock that a file is read for so far from the machine's."""
    new = file.with_suffix('.new')
    new.write_text(f'{seconds:+g}\n', encoding='utf-8')
    new.replace(file)
