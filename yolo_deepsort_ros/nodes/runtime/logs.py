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

"""Hands what the ROS-free parts log to a node's logger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import logging

from rclpy.impl.rcutils_logger import RcutilsLogger

PACKAGE = 'yolo_deepsort_ros'


class RosLogHandler(logging.Handler):
    """Hands log records to a ROS logger."""

    def __init__(self, logger: RcutilsLogger) -> None:
        super().__init__()
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        """Log at the record's level; ROS wants a line of code of its own for each."""
        text = record.getMessage()
        if record.levelno >= logging.ERROR:
            self._logger.error(text)
        elif record.levelno >= logging.WARNING:
            self._logger.warning(text)
        elif record.levelno >= logging.INFO:
            self._logger.info(text)
        else:
            self._logger.debug(text)


@contextmanager
def forward_logs(logger: RcutilsLogger) -> Iterator[None]:
    """Forward this package's log to a ROS logger for the time being."""
    handler = RosLogHandler(logger)
    logging.getLogger(PACKAGE).addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger(PACKAGE).removeHandler(handler)
