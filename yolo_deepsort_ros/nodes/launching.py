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

"""What the launch files share; nothing else in the package knows of launch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
import os
import sys

from ament_index_python.packages import get_package_share_directory
from launch.actions import DeclareLaunchArgument
from launch.conditions import IfCondition, InvalidConditionExpressionError
from launch.launch_context import LaunchContext
from launch.substitutions import LaunchConfiguration

from yolo_deepsort_ros.error_text import nearest, quoted
from yolo_deepsort_ros.errors import ConfigurationError

PACKAGE = 'yolo_deepsort_ros'
SHARE: str = get_package_share_directory(PACKAGE)
LOG_LEVELS = ('debug', 'info', 'warn', 'error', 'fatal')
DEFAULTS = os.path.join(SHARE, 'config', 'tracking.yaml')


def declarations(
    arguments: Mapping[str, tuple[str | None, str]]
) -> list[DeclareLaunchArgument]:
    """Return what declares arguments, given as name: (default, text); None: it must be given."""
    return [
        DeclareLaunchArgument(name, default_value=default, description=text)
        for name, (default, text) in arguments.items()
    ]


def value_of(context: LaunchContext, name: str) -> str:
    """Return the value of an argument."""
    return str(LaunchConfiguration(name).perform(context))


def list_of(context: LaunchContext, name: str) -> list[str]:
    """Return the parts of an argument, which stand between commas."""
    value = value_of(context, name)
    return value.split(',') if value else []


def is_true(context: LaunchContext, name: str) -> bool:
    """Return the value of an argument that is true or false."""
    try:
        return bool(IfCondition(LaunchConfiguration(name)).evaluate(context))
    except InvalidConditionExpressionError:
        given = quoted(value_of(context, name))
        raise ConfigurationError(f'{name}: {given} is neither true nor false') from None


def log_level(context: LaunchContext) -> str:
    """Return the value of the argument `log_level`; rcl would name it in each node."""
    level = value_of(context, 'log_level')
    if level.lower() not in LOG_LEVELS:
        raise ConfigurationError(f'log_level: {quoted(level)} is none of {", ".join(LOG_LEVELS)}')
    return level


def check_names(file: str, known: Iterable[str]) -> None:
    """
    Refuse an argument that a launch file has not; launch itself would pass over it.

    Parameters
    ----------
    file : str
        The launch file; where it is not the one started, nobody knows whose an argument is.
    known : iterable of str
        Its arguments.

    """
    known = list(known)
    if os.path.basename(file) not in map(os.path.basename, sys.argv):
        return
    for word in sys.argv:
        name, sign, _ = word.partition(':=')
        if sign and name not in known:
            raise ConfigurationError(f'{quoted(name)} is no argument; {nearest(name, known)}')
