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

"""What is to be said of names that a node was given and does not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from yolo_deepsort_ros.config.node_configs import PARAMETERS
from yolo_deepsort_ros.config.parameter import Parameter
from yolo_deepsort_ros.config.parameter_names import unknown_name
from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.nodes import qos

#: What every node understands beside the parameters of its own.
COMMON = ('use_sim_time', 'start_type_description_service')


def remarks(given: Iterable[str], known: Mapping[str, Parameter]) -> Iterator[str]:
    """
    Yield a line for each name that no node knows, with the nearest one that this node knows.

    A parameter of another node may stand in a section for all of them.

    Parameters
    ----------
    given : iterable of str
        The names that ROS hands to the node.
    known : mapping
        The parameters of the node, by name.

    """
    for name in given:
        if name.startswith(qos.OVERRIDE_PREFIX):
            if not qos.is_override(name):
                yield f'unknown parameter {quoted(name)}; {qos.OVERRIDE_FORM}'
        elif name not in PARAMETERS and name not in COMMON:
            yield unknown_name(name, known)
