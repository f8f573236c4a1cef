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

"""From one thread to the next."""

from threading import Event
import time

import pytest

from yolo_deepsort_ros.nodes.sync.stage_queue import StageQueue

PATIENCE = 60.0


@pytest.fixture
def slow():
    """Return a use that waits to be let go, what it was given, and what lets it go."""
    used, go = [], Event()

    def use(item):
        used.append(item)
        assert go.wait(PATIENCE)

    yield use, used, go
    go.set()


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_a_newer_item_takes_the_place_of_the_one_that_waits(slow):
    use, used, go = slow
    replaced = []
    queue = StageQueue('test', use, lambda: replaced.append(1))
    queue.put(1)
    wait_for(lambda: used)
    for item in (2, 3, 4):
        queue.put(item)
    go.set()
    queue.drain(PATIENCE)
    assert (used, len(replaced)) == ([1, 4], 2)
    queue.close()


def test_as_many_wait_as_there_is_room_for(slow):
    use, used, go = slow
    replaced = []
    queue = StageQueue('test', use, lambda: replaced.append(1), room=2)
    queue.put(1)
    wait_for(lambda: used)
    for item in (2, 3, 4):
        queue.put(item)
    go.set()
    queue.drain(PATIENCE)
    assert (used, len(replaced)) == ([1, 3, 4], 1)
    queue.close()


def test_without_replacement_all_are_used_in_order():
    used = []
    queue = StageQueue('test', used.append)
    for item in range(100):
        queue.put(item)
    queue.drain(PATIENCE)
    assert used == list(range(100))
    queue.close()


def test_an_idle_thread_has_begun_when_put_returns(slow):
    use, _, go = slow
    queue = StageQueue('test', use)
    for item in range(3):
        go.clear()
        queue.put(item)
        assert queue._is_busy
        assert not queue._waiting
        go.set()
        queue.drain(PATIENCE)
    queue.close()


def test_draining_ends_at_the_latest_when_asked(slow):
    use, used, _ = slow
    queue = StageQueue('test', use)
    queue.put(1)
    wait_for(lambda: used)
    start = time.monotonic()
    queue.drain(0.05)
    assert 0.05 <= time.monotonic() - start < PATIENCE


def test_what_waits_at_the_close_is_dropped(slow):
    use, used, go = slow
    queue = StageQueue('test', use)
    queue.put(1)
    wait_for(lambda: used)
    queue.put(2)
    go.set()
    queue.close()
    queue.put(3)
    assert used in ([1], [1, 2])  # the thread may have been quicker
    assert not queue._thread.is_alive()
