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

"""Pixel formats and codecs by their four letters."""

from __future__ import annotations


def fourcc(letters: str) -> int:
    """Return the number that stands for a pixel format or codec of four letters."""
    return int.from_bytes(letters.encode('latin-1'), 'little')


def fourcc_letters(number: float) -> str:
    """Return the four letters of a pixel format or codec."""
    return (int(number) & 0xFFFFFFFF).to_bytes(4, 'little').decode('latin-1')
