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
From messages to arrays and back; nothing else in the package does it.

Boxes on the wire are centre and size in pixels of the source image; `results[0]` holds
the class name in `class_id` and the score. Only vision_msgs 4 is known, as Humble and all
later distributions have it. Of a box that is turned (`theta`) the upright one around it counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import sys
from typing import Any, NamedTuple, TypeAlias

from builtin_interfaces.msg import Time
import cv2
import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.boxes import Boxes
from yolo_deepsort_ros.detections import Detections, MIN_SIDE, usable
from yolo_deepsort_ros.error_text import quoted, shown
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.images.compressed_image import decoded_message, encoded, JPEG_FORMAT
from yolo_deepsort_ros.images.picture_header import jpeg_size
from yolo_deepsort_ros.images.raw_image import KNOWN, rows_of, unpacked
from yolo_deepsort_ros.images.remarks import ignored, Remark
from yolo_deepsort_ros.tracks import Tracks

AnyImage: TypeAlias = Image | CompressedImage

REMEDY = 'publish bgr8, rgb8 or mono8'
#: What cv_bridge is known to raise, beside its own error (a TypeError), over the distributions.
BRIDGE_ERRORS = (AttributeError, KeyError, RuntimeError, TypeError, ValueError, cv2.error)


def stamp_to_nanoseconds(stamp: Time) -> int:
    """Return a stamp as one integer, exactly."""
    return int(stamp.sec) * 10**9 + int(stamp.nanosec)


def stamp_to_seconds(stamp: Time) -> float:
    """Return a stamp in seconds; today's lose less than a microsecond."""
    return stamp_to_nanoseconds(stamp) / 1e9


def seconds_to_stamp(seconds: float) -> Time:
    """Return a stamp, rounded to a nanosecond."""
    whole, rest = divmod(round(seconds * 1e9), 10**9)
    return Time(sec=whole, nanosec=rest)


def full_size(message: AnyImage) -> tuple[int, int] | None:
    """Return width and height of a picture that can be decoded to a smaller one, else None."""
    return jpeg_size(message.data.tobytes()) if isinstance(message, CompressedImage) else None


def image_to_array(
    message: AnyImage, reduction: int = 1, remark: Remark = ignored
) -> Pixels:
    """
    Return a message's picture in blue, green, red.

    Parameters
    ----------
    message : sensor_msgs/Image or sensor_msgs/CompressedImage
        One of the encodings `raw_image.KNOWN`, of any `step`; any other goes through cv_bridge.
        Compressed, any format that OpenCV decodes.
    reduction : int
        How many times smaller a picture with a `full_size` is to be, as `Detector.reduction`
        says.
    remark : callable
        Told of a picture that can be used though something is odd, as `images.remarks` has it.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        Of bgr8 a read-only view of the message's data, otherwise a new array.

    Raises
    ------
    InputError
        For a size of zero, a `step` or `data` too short, an encoding that is unknown, for
        compressed data that is truncated or no picture.

    """
    if isinstance(message, CompressedImage):
        return decoded_message(message.data.tobytes(), message.format, reduction, remark)
    if message.encoding in KNOWN:
        return unpacked(message, remark)
    return _through_cv_bridge(message)


def array_to_image(pixels: Pixels, header: Header) -> Image:
    """Make a bgr8 message of a picture of shape (H, W, 3), with that header."""
    height, width = pixels.shape[:2]
    message = Image(header=header, height=height, width=width, encoding='bgr8', step=3 * width)
    # The setter of `data` checks every element on Humble: 60 ms for VGA.
    message.data.frombytes(np.ascontiguousarray(pixels).data)
    return message


def jpeg_to_message(jpeg: bytes, header: Header) -> CompressedImage:
    """Make a message of a JPEG, with that header."""
    message = CompressedImage(header=header, format=JPEG_FORMAT)
    message.data.frombytes(jpeg)
    return message


def array_to_compressed(pixels: Pixels, header: Header, quality: int) -> CompressedImage:
    """Make a message of a picture of shape (H, W, 3) as a JPEG, with that header."""
    return jpeg_to_message(encoded(pixels, quality), header)


class Objects(NamedTuple):
    """What a Detection2DArray says, as arrays."""

    ids: NDArray[np.int64]  #: (N,); 0 where `id` is not a number of up to 18 digits
    tlwh: Boxes  #: (N, 4)
    scores: NDArray[np.float64]  #: (N,)
    names: list[str]  #: `class_id`; '' without a hypothesis

    @property
    def usable(self) -> Objects:
        """Those whose box and score can be used; see `Detections`."""
        is_usable = usable(self.tlwh, self.scores)
        if is_usable.all():
            return self
        names = [name for name, good in zip(self.names, is_usable, strict=True) if good]
        return Objects(self.ids[is_usable], self.tlwh[is_usable], self.scores[is_usable], names)


def message_to_objects(message: Detection2DArray) -> Objects:
    """Read a message of detections or tracks; of several hypotheses the best counts."""
    found = message.detections
    best = [max((r.hypothesis for r in d.results), key=lambda h: h.score, default=None)
            for d in found]
    boxes = [(d.bbox.center.position.x, d.bbox.center.position.y, d.bbox.size_x, d.bbox.size_y,
              d.bbox.center.theta) for d in found]
    tlwh, angles = np.split(np.array(boxes, np.float64).reshape(-1, 5), [4], axis=1)
    if angles.any():
        tlwh[:, 2:] = _upright(tlwh[:, 2:], angles)
    tlwh[:, :2] -= tlwh[:, 2:] / 2
    return Objects(
        ids=np.array([id_number(d.id) for d in found], np.int64),
        tlwh=tlwh,
        scores=np.array([0.0 if h is None else h.score for h in best], np.float64),
        names=['' if h is None else h.class_id for h in best],
    )


def _upright(sizes: NDArray[np.float64], angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Return the sizes of the upright boxes around turned ones.

    Parameters
    ----------
    sizes : ndarray, shape (N, 2)
        Width and height; NaN comes out where one is that of no box.
    angles : ndarray, shape (N, 1)
        Radians.

    """
    with np.errstate(invalid='ignore'):
        sines, cosines = np.abs(np.sin(angles)), np.abs(np.cos(angles))
        upright = sizes * cosines + sizes[:, ::-1] * sines
    return np.where((sizes >= MIN_SIDE).all(axis=1, keepdims=True), upright, np.nan)


def id_number(text: str) -> int:
    """Return an id as a number that 64 bits hold, 0 for any other text."""
    return int(text) if text.isdecimal() and len(text) <= 18 else 0


class ClassNames:
    """Numbers the class names of any detector in the order in which they are first seen."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._indices: dict[str, int] = {}

    def __getitem__(self, index: int) -> str:
        return self._names[index]

    @property
    def names(self) -> Sequence[str]:
        """The names by their numbers; new ones come to its end."""
        return self._names

    def index(self, name: str) -> int:
        """Return the number of a name; a new one gets the next."""
        if name not in self._indices:
            self._indices[name] = len(self._names)
            self._names.append(name)
        return self._indices[name]


def message_to_detections(message: Detection2DArray, names: ClassNames) -> Detections:
    """Read the detections of a message; boxes that cannot be used are left out."""
    found = message_to_objects(message).usable
    return Detections(found.tlwh, found.scores, [names.index(name) for name in found.names])


def detections_to_message(
    found: Detections, header: Header, names: Sequence[str],
    parts: list[Detection2D] | None = None,
) -> Detection2DArray:
    """
    Make a message of detections.

    Parameters
    ----------
    found : Detections
        What it says.
    header : Header
        Of the message and of each part.
    names : sequence of str
        What `class_id` says of each class.
    parts : list of Detection2D, optional
        Those of earlier messages, which are published: they are written over, and more are
        added as needed. To make new ones takes as long as to publish them.

    """
    names = [names[i] for i in found.class_ids]
    return _array_message(header, found.tlwh, found.scores, names, parts)


def tracks_to_message(
    tracks: Tracks, header: Header, names: Sequence[str] | ClassNames,
    parts: list[Detection2D] | None = None, last_seen: Mapping[int, Header] | None = None,
) -> Detection2DArray:
    """Make a message of tracks; a part has the header of when it was `last_seen`, by its id."""
    message = _array_message(
        header, tracks.tlwh, tracks.scores, [names[i] for i in tracks.class_ids], parts
    )
    for detection, number in zip(message.detections, tracks.ids.tolist(), strict=True):
        detection.id = str(number)
        if last_seen:
            detection.header = last_seen.get(number, header)
    return message


def _array_message(
    header: Header, tlwh: Boxes, scores: NDArray[np.float64], names: list[str],
    parts: list[Detection2D] | None,
) -> Detection2DArray:
    parts = [] if parts is None else parts
    while len(parts) < len(names):
        parts.append(Detection2D(results=[ObjectHypothesisWithPose()]))
    detections = parts[:len(names)]
    objects = zip(detections, tlwh.tolist(), scores.tolist(), names, strict=True)
    for detection, (left, top, width, height), score, name in objects:
        detection.header = header
        detection.results[0].hypothesis.class_id = name
        detection.results[0].hypothesis.score = score
        detection.bbox.center.position.x = left + width / 2
        detection.bbox.center.position.y = top + height / 2
        detection.bbox.size_x = width
        detection.bbox.size_y = height
    return Detection2DArray(header=header, detections=detections)


def _through_cv_bridge(message: Image) -> Pixels:
    try:
        # Late: on some robots it was built for another NumPy and does not load.
        from cv_bridge import CvBridge
    except (AttributeError, ImportError) as error:
        raise InputError(
            f'image encoding {quoted(message.encoding)} needs cv_bridge, which does not load '
            f'({shown(error)}); {REMEDY}'
        ) from None
    bridge = CvBridge()
    try:
        kind, channels = bridge.encoding_to_dtype_with_channels(message.encoding)
    except BRIDGE_ERRORS:
        raise InputError(
            f'image encoding {quoted(message.encoding)} is unknown to the cv_bridge installed; '
            f'{REMEDY}'
        ) from None
    packed = _packed(message, np.dtype(kind), channels)
    try:
        return np.asarray(bridge.imgmsg_to_cv2(packed, 'bgr8'), np.uint8)
    except BRIDGE_ERRORS:
        raise InputError(
            f'image encoding {quoted(message.encoding)} is nothing that the cv_bridge installed '
            f'can turn into colours; {REMEDY}'
        ) from None


def _packed(message: Image, kind: np.dtype[Any], channels: int) -> Image:
    """Copy without padding, in this machine's byte order: not every cv_bridge honours both."""
    rows = rows_of(message, channels * kind.itemsize)
    sent = kind.newbyteorder('>' if message.is_bigendian else '<')
    values = np.ascontiguousarray(rows).view(sent).astype(kind)
    packed = Image(
        header=message.header, height=message.height, width=message.width,
        encoding=message.encoding, is_bigendian=int(sys.byteorder == 'big'),
        step=message.width * channels * kind.itemsize,
    )
    packed.data.frombytes(values.view(np.uint8).data)
    return packed
