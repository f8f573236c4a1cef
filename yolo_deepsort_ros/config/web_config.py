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

"""Parameters of the page in a browser."""

from __future__ import annotations

from dataclasses import dataclass

from yolo_deepsort_ros.config.config import Config
from yolo_deepsort_ros.config.parameter import parameter

DEFAULT_PORT = 8080


@dataclass(frozen=True)
class WebConfig(Config):
    """Where the page is served, and to whom."""

    web_port: int = parameter(
        DEFAULT_PORT, 'Port of the page; 0 takes one that is free', low=0, high=65535
    )
    web_host: str = parameter(
        '127.0.0.1', 'Address that the page is served at: 127.0.0.1 for this machine alone, '
                     '0.0.0.0 or :: for all networks, which then needs a token'
    )
    web_token: str = parameter(
        '', 'Secret that the address of the page must hold; empty: a new one at each start where '
            'others than this machine can reach the page, else none'
    )
    web_control: str = parameter(
        'auto', 'Whether the page may select, set, reset and record; auto: where only this '
                'machine can reach it', choices=('auto', 'true', 'false'),
    )
    web_allowed_hosts: tuple[str, ...] = parameter(
        (), 'Further names, or name:port, under which browsers know this machine'
    )
    web_recordings: str = parameter(
        '', 'Folder for what the button of the page records; empty: no recording'
    )


@dataclass(frozen=True)
class PageConfig(WebConfig):
    """The same in a node that has other work."""

    web: bool = parameter(False, 'Serve a page in a browser, as the viewer node does')
