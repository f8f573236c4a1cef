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

"""Bags made for tests."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

rosbag2 = pytest.importorskip('rosbags.rosbag2', reason='the library rosbags is not installed')
typesys = pytest.importorskip('rosbags.typesys')

TYPES = typesys.get_typestore(typesys.Stores.ROS2_HUMBLE)
START = 1_700_000_000_123_456_789  #: ns; no number of seconds in floating point
DELAY = 5_000_000  #: ns from stamp to recording
TOPIC = '/front/image_raw'


def header(stamp: int, frame_id: str = 'camera') -> Any:
    time = TYPES.types['builtin_interfaces/msg/Time'](*divmod(stamp, 10**9))
    return TYPES.types['std_msgs/msg/Header'](time, frame_id)


def raw(pixels: Any, stamp: int, **fields: Any) -> Any:
    """Make an image message; `fields` override what follows from the pixels."""
    height, width = pixels.shape[:2]
    values = {
        'header': header(stamp), 'height': height, 'width': width, 'encoding': 'bgr8',
        'is_bigendian': 0, 'step': pixels[0].nbytes, 'data': pixels.reshape(-1), **fields,
    }
    return TYPES.types['sensor_msgs/msg/Image'](**values)


def compressed(pixels: Any, stamp: int) -> Any:
    data = np.asarray(cv2.imencode('.png', pixels)[1], np.uint8).reshape(-1)
    return TYPES.types['sensor_msgs/msg/CompressedImage'](header(stamp), 'png', data)


def text(words: str) -> Any:
    return TYPES.types['std_msgs/msg/String'](words)


def write_bag(
    path: Path, messages: Iterable[tuple[str, int, Any]], storage: str = 'mcap'
) -> Path:
    """Write messages with their topics and times of recording as a bag; return its folder."""
    with rosbag2.Writer(
        path, version=9, storage_plugin=rosbag2.StoragePlugin[storage.upper()]
    ) as bag:
        topics: dict[str, Any] = {}
        for topic, recorded, message in messages:
            kind = message.__msgtype__
            if topic not in topics:
                topics[topic] = bag.add_connection(topic, kind, typestore=TYPES)
            bag.write(topics[topic], recorded, TYPES.serialize_cdr(message, kind))
    return path


def image_bag(path: Path, pictures: Iterable[Any], rate: float, storage: str = 'mcap',
              make: Any = raw, topic: str = TOPIC) -> Path:
    """Write pictures as a bag, one every 1 / rate seconds."""
    stamps = (START + round(i / rate * 1e9) for i in range(10**6))
    return write_bag(path, (
        (topic, stamp + DELAY, make(picture, stamp))
        for stamp, picture in zip(stamps, pictures)  # noqa: B905
    ), storage)
