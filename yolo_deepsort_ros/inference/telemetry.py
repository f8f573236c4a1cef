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


"""Libraries that would report their use to their makers, without that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import sys


@contextmanager
def without_telemetry() -> Iterator[None]:
    """
    Import OpenVINO or NNCF in the body, so that nothing is reported.

    The mere import of either sends an event over the network, unless the package
    `openvino_telemetry` is absent: so it is, for as long as the body lasts.
    """
    before = sys.modules.get('openvino_telemetry')
    sys.modules['openvino_telemetry'] = None  # type: ignore[assignment]  # the way to say so
    try:
        yield
    finally:
        del sys.modules['openvino_telemetry']
        if before is not None:
            sys.modules['openvino_telemetry'] = before
