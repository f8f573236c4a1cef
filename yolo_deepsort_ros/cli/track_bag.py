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

"""Bags with the tracks of their images; written by the library rosbags, without ROS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
import shutil
from typing import Any

import numpy as np

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import OutputError
from yolo_deepsort_ros.sources.bag import Bag
from yolo_deepsort_ros.sources.bag_files import BagFiles, readable
from yolo_deepsort_ros.sources.bag_storage import rosbags
from yolo_deepsort_ros.sources.frame import Header
from yolo_deepsort_ros.tracks import Tracks

VERSION = 8  #: of the format: the newest one whose QoS entries Humble reads
#: Of a type that the original does not define; players need neither.
UNKNOWN_HASH = f'RIHS01_{"0" * 64}'
TRACKS_TYPE = 'vision_msgs/msg/Detection2DArray'
#: As vision_msgs 4 has them; a test compares their hash with the official one.
DEFINITIONS = f'\n{"=" * 80}\n'.join((
    'std_msgs/Header header\nvision_msgs/Detection2D[] detections',
    'MSG: vision_msgs/Detection2D\nstd_msgs/Header header\n'
    'vision_msgs/ObjectHypothesisWithPose[] results\nvision_msgs/BoundingBox2D bbox\nstring id',
    'MSG: vision_msgs/ObjectHypothesisWithPose\nvision_msgs/ObjectHypothesis hypothesis\n'
    'geometry_msgs/PoseWithCovariance pose',
    'MSG: vision_msgs/ObjectHypothesis\nstring class_id\nfloat64 score',
    'MSG: vision_msgs/BoundingBox2D\nvision_msgs/Pose2D center\nfloat64 size_x\nfloat64 size_y',
    'MSG: vision_msgs/Pose2D\nvision_msgs/Point2D position\nfloat64 theta',
    'MSG: vision_msgs/Point2D\nfloat64 x\nfloat64 y',
))


class TrackBag:
    """
    Writes a bag that holds all of another one, and the tracks of its images.

    A context manager. The tracks are vision_msgs/Detection2DArray with `id` filled, at
    `tracks` beside the topic of the images; what the original has there is left out. After an
    error no bag is left.

    Parameters
    ----------
    path : str or Path
        The folder to make.
    original : Bag
        Where the images come from. Its kind of files is kept, so that a robot that recorded
        it can play the new one.

    Raises
    ------
    OutputError
        Here, in `write` and in `close`, when the bag is already there or cannot be written.
    SourceError
        When the original is damaged.

    """

    def __init__(self, path: str | Path, original: Bag) -> None:
        self._path = Path(path)
        if self._path.exists():
            raise OutputError(f'{shown(path)}: is there already; name a folder to make')
        self._name = original.name
        library = rosbags()
        self._types = message_types(library)
        kinds = library.rosbag2.StoragePlugin
        self._original = BagFiles(original.path)
        self._bag = library.rosbag2.Writer(
            self._path, version=VERSION,
            storage_plugin=kinds.MCAP if self._original.is_mcap else kinds.SQLITE3,
        )
        with self._or_discard():
            self._open(tracks_topic(original.topic))

    def write(self, header: Header, tracks: Tracks, names: Sequence[str]) -> None:
        """
        Write the tracks of one image.

        Parameters
        ----------
        header : Header
            Of the image's message.
        tracks : Tracks
            All of them are written.
        names : sequence of str
            What `class_id` says of each class.

        """
        message = tracks_message(self._types.types, header, tracks, names)
        with self._or_discard():
            self._copy_until(header.recorded)
            data = self._types.serialize_cdr(message, TRACKS_TYPE)
            self._write(self._tracks, header.recorded, data)

    def close(self) -> None:
        """Copy what is left of the original and finish the bag."""
        with self._or_discard():
            self._copy_until(None)
            with writable(self._path):
                self._bag.close()
        self._original.close()

    def __enter__(self) -> TrackBag:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is None:
            self.close()
        else:
            self._discard()

    def _open(self, topic: str) -> None:
        with writable(self._path):
            self._bag.open()
            self._copies = {
                found.id: self._added(found)
                for found in self._original.connections if found.topic != topic
            }
            self._tracks = self._bag.add_connection(topic, TRACKS_TYPE, typestore=self._types)
        self._left = self._originals()
        with readable(self._name):
            self._next = next(self._left, None)

    def _added(self, found: Any) -> Any:
        """Add a topic as the original has it; a type that it does not define, as known here."""
        given: dict[str, Any] = {
            'msgdef': found.msgdef.data, 'rihs01': found.digest or UNKNOWN_HASH
        }
        if not found.msgdef.data and found.msgtype in self._types.types:
            given = {'typestore': self._types}
        return self._bag.add_connection(
            found.topic, found.msgtype, **given,
            serialization_format=found.ext.serialization_format,
            offered_qos_profiles=found.ext.offered_qos_profiles,
        )

    def _originals(self) -> Iterator[tuple[Any, int, bytes]]:
        for found, recorded, data in self._original.messages(self._original.connections):
            if found.id in self._copies:
                yield self._copies[found.id], recorded, data

    def _copy_until(self, recorded: int | None) -> None:
        """Copy what was recorded up to that time; None for all."""
        while self._next is not None and (recorded is None or self._next[1] <= recorded):
            self._write(*self._next)
            with readable(self._name):
                self._next = next(self._left, None)

    def _write(self, topic: Any, recorded: int, data: bytes) -> None:
        with writable(self._path):
            self._bag.write(topic, recorded, data)

    @contextmanager
    def _or_discard(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._discard()
            raise

    def _discard(self) -> None:
        if self._original.is_open:
            self._bag.abort()
            self._original.close()
            shutil.rmtree(self._path, ignore_errors=True)


@contextmanager
def writable(path: Path) -> Iterator[None]:
    """Turn whatever the library raises at a full disk, or another trouble, into one line."""
    try:
        yield
    except Exception as error:  # noqa: B902  each storage has its own
        reason = shown(getattr(error, 'strerror', None) or error)
        raise OutputError(f'{shown(path)}: cannot write the bag ({reason})') from None


def tracks_topic(images: str) -> str:
    """Return where the tracks of such images are: `/front/image_raw` gives `/front/tracks`."""
    return f'{images.removesuffix("/compressed").rpartition("/")[0]}/tracks'


def message_types(library: Any) -> Any:
    """Return the library's messages and those of `DEFINITIONS`."""
    types = library.typesys.get_typestore(library.typesys.Stores.ROS2_HUMBLE)
    types.register(library.typesys.get_types_from_msg(DEFINITIONS, TRACKS_TYPE))
    return types


def tracks_message(types: Any, header: Header, tracks: Tracks, names: Sequence[str]) -> Any:
    """Make a Detection2DArray of tracks; boxes by centre and size, `id` the decimal number."""
    def make(name: str, *fields: Any) -> Any:
        return types[name](*fields)

    stamp = make('builtin_interfaces/msg/Time', *divmod(header.stamp, 10**9))
    made_header = make('std_msgs/msg/Header', stamp, header.frame_id)
    pose = make(
        'geometry_msgs/msg/PoseWithCovariance',
        make('geometry_msgs/msg/Pose', make('geometry_msgs/msg/Point', 0.0, 0.0, 0.0),
             make('geometry_msgs/msg/Quaternion', 0.0, 0.0, 0.0, 1.0)),
        np.zeros(36),
    )
    detections = []
    rows = (tracks.ids, tracks.tlwh, tracks.scores, tracks.class_ids)
    for number, (x, y, w, h), score, kind in zip(*(a.tolist() for a in rows), strict=True):
        hypothesis = make('vision_msgs/msg/ObjectHypothesis', names[kind], score)
        result = make('vision_msgs/msg/ObjectHypothesisWithPose', hypothesis, pose)
        centre = make('vision_msgs/msg/Pose2D',
                      make('vision_msgs/msg/Point2D', x + w / 2, y + h / 2), 0.0)
        box = make('vision_msgs/msg/BoundingBox2D', centre, w, h)
        detections.append(
            make('vision_msgs/msg/Detection2D', made_header, [result], box, str(number))
        )
    return make(TRACKS_TYPE, made_header, detections)
