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

"""How Sphinx, and rosdoc2 with it, makes a site of these pages."""

from importlib.metadata import version as version_of

project = 'yolo_deepsort_ros'
copyright = 'The yolo_deepsort_ros authors'  # noqa: A001
author = 'The yolo_deepsort_ros authors'
try:
    release = version_of('yolo_deepsort_ros')
except ModuleNotFoundError:
    release = ''
extensions = ['myst_parser', 'numpydoc', 'sphinx.ext.autodoc']
html_theme = 'furo'
html_title = project
source_suffix = {'.rst': 'restructuredtext', '.md': 'markdown'}
myst_heading_anchors = 3
myst_enable_extensions = ['colon_fence']
# Links to files of the repository are right where it is browsed; on the site they are not pages.
suppress_warnings = ['myst.xref_missing']
autodoc_typehints = 'none'
numpydoc_show_class_members = False
