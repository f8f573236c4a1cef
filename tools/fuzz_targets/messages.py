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

"""Messages as they come from the middleware: their bytes in CDR, then our conversions."""

from __future__ import annotations

from pathlib import Path

from fuzz_targets import refusable, Target
import numpy as np
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.images.raw_depth import depth_in_metres
from yolo_deepsort_ros.images.raw_image import KNOWN
from yolo_deepsort_ros.nodes.messages.camera_info import usable_calibration
from yolo_deepsort_ros.nodes.messages.conversions import (
    array_to_image, ClassNames, detections_to_message, image_to_array, message_to_detections,
    message_to_objects,
)
from yolo_deepsort_ros.nodes.stages.locator_input_stage import tracks_of

KINDS = (Image, CompressedImage, Detection2DArray, CameraInfo)


def messages(folder: Path) -> Target:
    """Return what converts a message; the first byte says which."""
    def read(data: bytes) -> None:
        kind = KINDS[(data[:1] or b'\0')[0] % len(KINDS)]
        try:
            message = deserialize_message(data[1:], kind)
        except Exception:  # the middleware drops it
            return
        convert(message)

    head = Header(frame_id='camera')
    found = Detections([[1, 2, 30, 40], [5, 6, 7, 8]], [0.9, 0.5], [0, 1])
    shots = [array_to_image(np.arange(72, dtype=np.uint8).reshape(4, 6, 3), head)]
    for encoding in KNOWN:
        shots.append(array_to_image(np.zeros((4, 8, 3), np.uint8), head))
        shots[-1].encoding = encoding
    info = CameraInfo(header=head, width=640, height=480, distortion_model='plumb_bob')
    info.k[0] = info.k[4] = 500.0
    info.k[8] = info.r[0] = info.r[4] = info.r[8] = 1.0
    parts = detections_to_message(found, head, ['person', 'dog'])
    for number, part in enumerate(parts.detections):
        part.id = str(number + 1)
    seeds = [b'\x00' + serialize_message(shot) for shot in shots]
    seeds += [b'\x02' + serialize_message(parts), b'\x03' + serialize_message(info)]
    seeds.append(b'\x01' + serialize_message(CompressedImage(header=head, format='jpeg')))
    words = [encoding.encode() for encoding in KNOWN] + [
        b'16UC1', b'32FC1', b'\0\0\0\0\0\0\xf8\x7f', b'\0\0\0\0\0\0\xf0\x7f', b'9' * 30]
    return Target(read, seeds, words, max_bytes=2048)


def convert(message: object) -> None:
    """Do with a message what the nodes do."""
    if isinstance(message, CameraInfo):
        usable_calibration(message)
    elif isinstance(message, Detection2DArray):
        with np.errstate(all='ignore'):
            objects = message_to_objects(message).usable
            tracks_of(message, objects, ClassNames())
            detections = message_to_detections(message, ClassNames())
        assert len(detections) == len(objects.names)
        assert np.isfinite(detections.tlwh).all()
    else:
        for read in (image_to_array, depth_in_metres)[:2 if isinstance(message, Image) else 1]:
            picture = refusable(read, message)
            assert picture is None or picture.size > 0
