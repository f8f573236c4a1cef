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

"""Services, asked until they answer."""

import time


def answer_of(client, request, wait, until):
    """
    Return the answer of a service that is there, asked again after each `wait` seconds.

    A busy node drops the answer to a client that it has not met within 0.1 s. `until` spins until
    a function returns something true, and returns that.
    """
    asked, ask_at = [], 0.0

    def answer():
        nonlocal ask_at
        if time.monotonic() >= ask_at:
            asked.append(client.call_async(request))
            ask_at = time.monotonic() + wait
        return next((future for future in asked if future.done()), None)

    return until(answer, f'the answer of {client.srv_name}').result()
