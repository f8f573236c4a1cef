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
The exceptions that a caller may want to catch.

YoloDeepsortError
├── ConfigurationError   an unknown parameter, or a value out of its range
├── InputError           data that cannot be used: arrays, messages, text files
│   └── StampError       a frame whose time stamp cannot follow the one before
├── OutputError          a file that cannot be written
├── ModelError           a network file that cannot be read or run
├── DownloadError        a file that cannot be fetched
├── SourceError          a camera, video, folder or stream that yields no frames
└── MissingDependencyError   an optional library that is not installed

Each carries one line that names the offending value and the remedy: it is shown to
users as it stands.
"""


class YoloDeepsortError(Exception):
    """Root of everything this package raises on purpose."""


class ConfigurationError(YoloDeepsortError, ValueError):
    """An unknown parameter, or a value out of its range."""


class InputError(YoloDeepsortError, ValueError):
    """Data that cannot be used: an array, a message, a line of a text file."""


class StampError(InputError):
    """A frame whose time stamp cannot follow the one before."""


class OutputError(YoloDeepsortError):
    """A file that cannot be written."""


class ModelError(YoloDeepsortError):
    """A network file that cannot be read or run."""


class DownloadError(YoloDeepsortError):
    """A file that cannot be fetched."""


class SourceError(YoloDeepsortError):
    """A camera, video, folder or stream that yields no frames."""


class MissingDependencyError(YoloDeepsortError):
    """An optional library that is not installed."""
