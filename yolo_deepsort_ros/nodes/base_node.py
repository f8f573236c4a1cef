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

"""What all nodes share: declared parameters, callbacks that never throw, an orderly end."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
import logging
from typing import Generic, TypeVar

from rclpy.impl.rcutils_logger import RcutilsLogger
from rclpy.node import Node
from rclpy.task import Future

from yolo_deepsort_ros.errors import YoloDeepsortError
from yolo_deepsort_ros.nodes.parameters import declare
from yolo_deepsort_ros.parameter import Config

ConfigType = TypeVar('ConfigType', bound=Config)
MessageType = TypeVar('MessageType')

PACKAGE = 'yolo_deepsort_ros'


class RosLogHandler(logging.Handler):
    """Hands what the ROS-free parts log to the node's logger."""

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


class BaseNode(Node, Generic[ConfigType]):
    """
    A node with the parameters of a group.

    Parameters
    ----------
    name : str
        The node's name.
    group : type of Config
        What it declares.

    Attributes
    ----------
    config : Config
        The parameters' values.
    refused : int
        Messages that could not be used.
    finished : Future
        Done when the node has nothing more to do; its exception ends the process.

    """

    def __init__(self, name: str, group: type[ConfigType]) -> None:
        super().__init__(name)
        self._log_handler = RosLogHandler(self.get_logger())
        logging.getLogger(PACKAGE).addHandler(self._log_handler)
        self.config = declare(self, group)
        self.refused = 0
        self.finished = Future()

    def guarded(self, callback: Callable[[MessageType], None]) -> Callable[[MessageType], None]:
        """Return a callback that counts and logs bad messages instead of raising."""
        @wraps(callback)
        def call(message: MessageType) -> None:
            try:
                callback(message)
            except YoloDeepsortError as error:
                self.refused += 1
                self.get_logger().warning(
                    f'{error} ({self.refused} messages refused so far)', throttle_duration_sec=1.0
                )
        return call

    def close(self) -> None:
        """Stop threads and release devices; called once, before the node is destroyed."""

    def destroy_node(self) -> None:
        """Destroy the node; nothing is logged through it any more."""
        logging.getLogger(PACKAGE).removeHandler(self._log_handler)
        super().destroy_node()
