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

"""
YAML as ROS reads it: words and numbers mean what they mean to yaml-cpp and to rcl.

PyYAML follows YAML 1.1 to the letter. It takes `8e-05` for a word, `1:30` for 90 and
`2024-01-01` for a date.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import InputError

_INT, _FLOAT, _BOOL = (f'tag:yaml.org,2002:{kind}' for kind in ('int', 'float', 'bool'))
#: First line of the files of OpenCV's FileStorage; no directive of YAML has a colon.
_OPENCV_DIRECTIVE = re.compile(rb'\A(\xef\xbb\xbf)?%YAML:[^\r\n]*')


def yaml_documents(content: bytes) -> list[Any]:
    """
    Return the documents of a YAML file, as mappings, lists, words and numbers.

    Tags that nobody here knows, such as OpenCV's `!!opencv-matrix`, are read past.

    Raises
    ------
    InputError
        When it is no YAML; the text says why in one line.

    """
    try:
        return list(yaml.load_all(_OPENCV_DIRECTIVE.sub(b'', content), _Loader))
    except Exception as error:  # noqa: B902  of a number that cannot be, almost any
        raise InputError(shown(' '.join(str(error).split()))) from None


class _Loader(yaml.SafeLoader):
    """Takes words for numbers and truth values as ROS does."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Read a value of an unknown tag as if it had none."""
        if node.tag not in self.yaml_constructors:
            node.tag = self.resolve(  # type: ignore[no-untyped-call]
                type(node), node.value, (True, False)
            )
        return super().construct_object(node, deep)

    def construct_integer(self, node: yaml.ScalarNode) -> int:
        """Read decimal, 0x… and 0… as C does."""
        text = self.construct_scalar(node)
        is_octal = re.fullmatch('[-+]?0[0-7]+', text)
        return int(text, 8 if is_octal else 0)


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern) for tag, pattern in resolvers
        if tag not in (_INT, _FLOAT) and not tag.endswith((':timestamp', ':value'))
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in (
    (_INT, r'[-+]?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$', '-+0123456789'),
    (_FLOAT, r'[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$', '-+.0123456789'),
    (_FLOAT, r'[-+]?\.(inf|Inf|INF)$|\.(nan|NaN|NAN)$', '-+.'),
    (_BOOL, '[yYnN]$', 'yYnN'),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))
_Loader.add_constructor(_INT, _Loader.construct_integer)
_Loader.bool_values = {**yaml.SafeLoader.bool_values, 'y': True, 'n': False}
