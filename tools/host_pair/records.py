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

"""What a consumer has written: reading it while it runs."""

from __future__ import annotations

from pathlib import Path
import time

PATIENCE = 90.0  #: s; nodes start in 3 on an idle machine


class Records:
    """What a consumer writes: topic, stamp, time of its arrival."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch()

    def since(self, start: float, end: float = float('inf')) -> dict[str, dict[int, float]]:
        """Return arrivals by topic and stamp."""
        found: dict[str, dict[int, float]] = {'tracks': {}, 'image': {}}
        for line in self._path.read_text().splitlines():
            with_topic = line.split()
            if len(with_topic) == 3 and start <= float(with_topic[2]) < end:
                found[with_topic[0]][int(with_topic[1])] = float(with_topic[2])
        return found

    def wait_for(self, topic: str, since: float) -> float:
        """Return the seconds until such a message has come."""
        while not (arrivals := self.since(since)[topic]):
            if time.monotonic() - since > PATIENCE:
                raise TimeoutError(f'{self._path.stem}: no {topic} within {PATIENCE:g} s')
            time.sleep(0.05)
        return min(arrivals.values()) - since
