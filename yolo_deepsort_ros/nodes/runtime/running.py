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

"""Runs one node in this process, from `main` to the exit code."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
import ctypes
import faulthandler
import gc
import os
import signal
import sys
from typing import NoReturn

import rclpy
from rclpy.exceptions import ParameterException
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.logging import get_logger
from rclpy.utilities import remove_ros_args

from yolo_deepsort_ros.error_text import memory_line, shown
from yolo_deepsort_ros.errors import YoloDeepsortError
from yolo_deepsort_ros.nodes.runtime.environment import check_domain, reason_of
from yolo_deepsort_ros.nodes.runtime.logs import PACKAGE
from yolo_deepsort_ros.nodes.runtime.malloc import give_back_free_blocks, keep_large_blocks
from yolo_deepsort_ros.nodes.runtime.managed_node import ManagedNode
from yolo_deepsort_ros.nodes.runtime.parent_process import end_with_parent

USAGE_ERROR = 2
#: s; rclpy may wake its executor for a SIGTERM just before ROS is shut down, and never again.
SIGNAL_CHECK = 0.5
STOP_WAIT = 4.0  #: s; a stop takes tenths of one, and ros2 launch sends SIGTERM after 5 s


def run(make_node: Callable[[], ManagedNode]) -> NoReturn:
    """
    Run a node until it has finished, or SIGINT or SIGTERM arrives, and end the process.

    Its exit code is 0, or 2 after an error that the user can mend, which is logged in one line.

    Python is not taken down: nothing is left to do, and that takes nine tenths of a stop, which
    are seconds on a busy machine. A thread that a camera's driver still holds would come back
    into a Python that is gone, too; OpenCV then ends the process with an abort.
    """
    status = _status(make_node)
    gc.collect()  # the state machine of the node holds its participant: others hear that it goes
    sys.stdout.flush()
    sys.stderr.flush()
    ctypes.CDLL(None).fflush(None)  # the log file of ROS
    os._exit(status)


def _status(make_node: Callable[[], ManagedNode]) -> int:
    try:
        return _run(make_node)
    except (KeyboardInterrupt, ExternalShutdownException):
        return 0
    except Exception:
        # Once a signal has shut ROS down under a node at work, its next call fails.
        if rclpy.ok():
            raise
        return 0
    finally:
        rclpy.try_shutdown()


def _run(make_node: Callable[[], ManagedNode]) -> int:
    parent = os.getppid()
    keep_large_blocks()
    try:
        check_domain(os.environ)
        rclpy.init()
    except (RuntimeError, UnicodeError, YoloDeepsortError) as error:
        print(reason_of(error), file=sys.stderr)
        return USAGE_ERROR
    logger = get_logger(PACKAGE)
    try:
        node = make_node()
        logger = node.get_logger()
        if left := remove_ros_args(sys.argv)[1:]:
            logger.warning(
                f'nothing reads {shown(" ".join(left))}: a parameter is given as '
                f'--ros-args -p NAME:=VALUE'
            )
        if node.ends_with_parent and not end_with_parent(parent):
            return 0
        _spin(node)
    except (YoloDeepsortError, ParameterException) as error:
        logger.fatal(str(error))
        return USAGE_ERROR
    except MemoryError as error:
        logger.fatal(memory_line(error))
        return USAGE_ERROR
    return 0


def _spin(node: ManagedNode) -> None:
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    try:
        # `spin_once_until_future_complete` leaves a callback on the future at each call.
        end = node.create_guard_condition(lambda: None)
        node.finished.add_done_callback(lambda _: end.trigger())
        if node.autostart:
            node.bring_up()
            give_back_free_blocks()
        while rclpy.ok() and not node.finished.done():
            executor.spin_once(SIGNAL_CHECK)
        if node.finished.done():
            node.finished.result()
    finally:
        # The launch system and the terminal may each send one.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _bound_the_stop()
        node.close()
        executor.shutdown()
        node.destroy_node()


def _bound_the_stop() -> None:
    """
    End the process with exit code 1, come what may, when its stop takes too long.

    A driver may keep a stage from its end. Fast DDS 2.14 (Jazzy) waits for itself for ever when
    another participant's leaving is noticed just then: `DomainParticipant::set_listener` holds
    the mutex that the discovery callback, for whose end it waits, needs. It keeps Python's lock,
    so that only a watchdog outside of Python helps.
    """
    silence = open(os.devnull, 'w')  # noqa: SIM115
    with suppress(RuntimeError):  # no memory for its thread
        faulthandler.dump_traceback_later(STOP_WAIT, exit=True, file=silence)
