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

"""The files that the page is made of."""

from __future__ import annotations

from importlib import resources

#: Their names, and of which type each is.
FILES = {
    'page.html': 'text/html', 'page.css': 'text/css', 'icon.svg': 'image/svg+xml',
    **{f'{name}.js': 'text/javascript' for name in (
        'main', 'link', 'tile', 'colours', 'timeline', 'health', 'settings', 'ground', 'element'
    )},
}


def page_file(name: str) -> bytes:
    """Return the content of one of `FILES`."""
    return resources.files('yolo_deepsort_ros').joinpath('web', 'page', name).read_bytes()
