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

"""Where one frame of tf2 is in another, at the time of a stamp."""

from __future__ import annotations

import math
import os
import time
from typing import Any

from builtin_interfaces.msg import Time
import numpy as np
from rclpy.time import Time as RosTime

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.error_text import quoted, shown
from yolo_deepsort_ros.errors import ConfigurationError, InputError

POLL = 0.01  #: s
UNIT = 1e-3  #: by which the length of a rotation's quaternion may differ from one


class Transforms:
    """
    Listens to tf2; what is asked for may come a moment later than the question.

    Parameters
    ----------
    node : Node
        Whose executor hands over what comes, in another thread than that which asks.

    Raises
    ------
    ConfigurationError
        When tf2_ros is not installed.

    """

    def __init__(self, node: Any) -> None:
        try:
            import tf2_ros  # Late: only machines with ROS have it.
        except ImportError as error:
            distro = os.environ.get('ROS_DISTRO', '<distro>')
            raise ConfigurationError(
                f'target_frame needs tf2_ros, which does not load ({shown(error)}): apt install '
                f'ros-{distro}-tf2-ros-py, or give ground_points or camera_height and leave '
                f'target_frame empty'
            ) from None
        self._error: type[Exception] = tf2_ros.TransformException
        self._node = node
        self._buffer = tf2_ros.Buffer()
        self._listener = tf2_ros.TransformListener(self._buffer, node, spin_thread=False)

    def close(self) -> None:
        """Listen no more."""
        self._listener.unregister()

    def pose(
        self, target: str, source: str, stamp: Time, deadline: float
    ) -> tuple[Floats, Floats]:
        """
        Return how a frame lies in another.

        Parameters
        ----------
        target, source : str
            Names of the frames.
        stamp : Time
            When.
        deadline : float
            Until when it may come, as `time.monotonic` has it: nobody stops or sets that.

        Returns
        -------
        (ndarray, shape (3, 3), ndarray, shape (3,))
            The rotation that carries axes of `source` into those of `target`, and the place
            of the origin of `source` there, in metres.

        Raises
        ------
        InputError
            When tf2 knows none for that time, or it is none.

        """
        while True:
            try:
                found = self._buffer.lookup_transform(target, source, RosTime.from_msg(stamp))
            except self._error as error:
                if time.monotonic() >= deadline:
                    raise InputError(
                        f'tf2 has no transform from {quoted(source)} to {quoted(target)} for the '
                        f'time of the stamp ({shown(error)}); publish it, or raise transform_wait'
                    ) from None
                time.sleep(POLL)
                continue
            return _matrices(found.transform, f'from {quoted(source)} to {quoted(target)}')


def _matrices(transform: Any, name: str) -> tuple[Floats, Floats]:
    turn, shift = transform.rotation, transform.translation
    x, y, z, w = numbers = (turn.x, turn.y, turn.z, turn.w)
    place = np.array([shift.x, shift.y, shift.z], np.float64)
    length = math.hypot(*numbers)
    if not np.isfinite(place).all() or not abs(length - 1) < UNIT:
        raise InputError(f'the transform of tf2 {name} is none: {quoted(numbers)}, {place}')
    x, y, z, w = (number / length for number in numbers)
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]), place
