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

"""The states of other nodes, when their answers come and when they do not."""

from __future__ import annotations

from types import SimpleNamespace

from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
import pytest
from rclpy.task import Future
from yolo_deepsort_ros.nodes.health import lifecycle_states
from yolo_deepsort_ros.nodes.health.lifecycle_states import (
    ANSWER_WAIT, LifecycleStates, LOADING,
)


class Service:
    """One node's `get_state`; what was asked waits for the test's answer."""

    def __init__(self):
        self.asked = []

    def service_is_ready(self):
        return True

    def call_async(self, request):
        assert isinstance(request, GetState.Request)
        self.asked.append(Future())
        return self.asked[-1]

    def remove_pending_request(self, future):
        self.asked.remove(future)

    def answer(self, state):
        self.asked[-1].set_result(GetState.Response(current_state=State(id=state)))


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(
        lifecycle_states, 'time', SimpleNamespace(monotonic=lambda: now.seconds))
    return now


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def states(service):
    return LifecycleStates(SimpleNamespace(create_client=lambda kind, name: service))


def test_one_question_at_a_time(states, service, clock):
    assert states.may_work('/camera')
    clock.seconds += 0.9 * ANSWER_WAIT
    assert states.may_work('/camera')
    assert len(service.asked) == 1
    service.answer(State.PRIMARY_STATE_INACTIVE)
    assert not states.may_work('/camera')
    assert len(service.asked) == 2


def test_a_lost_answer_is_asked_for_again(states, service, clock):
    """A node that is killed with a question open comes back in another state."""
    states.may_work('/camera')
    clock.seconds += 1.1 * ANSWER_WAIT
    assert states.may_work('/camera')
    assert len(service.asked) == 1  # the old one is forgotten
    service.answer(State.PRIMARY_STATE_UNCONFIGURED)
    assert not states.may_work('/camera')


def test_a_node_that_never_answered_may_load_for_a_while(states, clock):
    assert not states.may_work('/camera', may_load=True)
    assert states.may_work('/camera')  # it has talked before: it hangs
    clock.seconds += 0.9 * LOADING
    assert not states.may_work('/camera', may_load=True)
    clock.seconds += 0.2 * LOADING
    assert states.may_work('/camera', may_load=True)


def test_a_node_without_a_state_may_work(clock):
    absent = SimpleNamespace(service_is_ready=lambda: False)
    states = LifecycleStates(SimpleNamespace(create_client=lambda kind, name: absent))
    assert states.may_work('/driver', may_load=True)
