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
    """
    Hands log records to a ROS logger: that of the node which is there for longest.

    The package's log belongs to the process, whatever the number of its nodes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.loggers: list[RcutilsLogger] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Log at the record's level; ROS wants a line of code of its own for each."""
        text, logger = record.getMessage(), next(iter(self.loggers), None)
        if logger is None:  # a thread logs while the last node goes
            return
        if record.levelno >= logging.ERROR:
            logger.error(text)
        elif record.levelno >= logging.WARNING:
            logger.warning(text)
        elif record.levelno >= logging.INFO:
            logger.info(text)
        else:
            logger.debug(text)


_HANDLER = RosLogHandler()


@contextmanager
def forward_logs(logger: RcutilsLogger) -> Iterator[None]:
    """Forward this package's log to a ROS logger for the time being, or to an earlier one."""
    _HANDLER.loggers.append(logger)
    logging.getLogger(PACKAGE).addHandler(_HANDLER)  # once, however often
    try:
        yield
    finally:
        _HANDLER.loggers.remove(logger)
        if not _HANDLER.loggers:
            logging.getLogger(PACKAGE).removeHandler(_HANDLER)
