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

"""ROS 2 bags (mcap, sqlite3) as recordings; read by the library rosbags, without ROS."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
import logging
from pathlib import Path
from typing import Any

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.error_text import nearest, shown
from yolo_deepsort_ros.errors import ConfigurationError, InputError, SourceError, YoloDeepsortError
from yolo_deepsort_ros.images.compressed_image import decoded_message
from yolo_deepsort_ros.images.raw_image import unpacked
from yolo_deepsort_ros.images.remarks import Remarks
from yolo_deepsort_ros.sources.bag_files import BagFiles, METADATA, readable
from yolo_deepsort_ros.sources.bag_storage import rosbags
from yolo_deepsort_ros.sources.frame import Frame, Header
from yolo_deepsort_ros.sources.rate import DEFAULT_RATE, rate_of, sane_rate, STEPS_MEASURED
from yolo_deepsort_ros.sources.source import Source

RAW = 'sensor_msgs/msg/Image'
COMPRESSED = 'sensor_msgs/msg/CompressedImage'

_LOG = logging.getLogger(__name__)


class Bag:
    """
    The images of one topic of a bag, as a recording.

    Parameters
    ----------
    path : Path
        A bag's folder, or its only file.
    topic : str
        Where the images are; empty takes the only topic that has any.

    Attributes
    ----------
    topic : str
        The topic read, with its leading slash.
    rate : float
        Images per second by the median step of the first stamps.
    length : int
        Messages of the topic.

    Raises
    ------
    SourceError
        When it cannot be read or has no images.
    ConfigurationError
        When the topic is not one of images, or one of several must be chosen.
    MissingDependencyError
        When the library rosbags is not installed.

    """

    def __init__(self, path: Path, topic: str = '') -> None:
        self.name = str(path)
        self.about = ''
        self.time: float | None = None
        self.path = path
        self._remarks = Remarks(self.name)
        self._files = BagFiles(path)
        typesys = rosbags().typesys
        self._types = typesys.get_typestore(typesys.Stores.ROS2_HUMBLE)  # the same in all
        try:
            self.topic = self._chosen(topic)
            self._connections = [
                found for found in self._files.connections
                if found.topic == self.topic and found.msgtype in (RAW, COMPRESSED)
            ]
            self.length = sum(found.msgcount for found in self._connections)
            self.rate = sane_rate(self._measured_rate(), DEFAULT_RATE)
        except YoloDeepsortError:
            self.close()
            raise
        self._has_ended = False
        self._first_reason = ''
        self.rewind()

    def read_with_header(self) -> tuple[Pixels, Header] | None:
        """
        Return the next image that can be used and its message's header; None at the end.

        Others are left out: the first is told, and at the end how many there were.

        Raises
        ------
        SourceError
            When the bag is damaged here, or none of its images can be used.

        """
        while True:
            with readable(self.name):
                found = next(self._messages, None)
            if found is None:
                self._tell_of_end()
                return None
            self._number += 1
            message, header = found
            try:
                return self._picture(message), header
            except InputError as error:
                self._leave_out(error)

    def _picture(self, message: Any) -> Pixels:
        if hasattr(message, 'encoding'):
            return unpacked(message, self._remarks)
        return decoded_message(
            message.data.tobytes(), message.format, remark=self._remarks
        )

    def _leave_out(self, error: InputError) -> None:
        self._left_out += 1
        text = f'{shown(self.name)}: message {self._number} of {self.topic}: {error}'
        if self._left_out == 1:
            self._first_reason = text
            if self._number > 1:
                _LOG.warning('%s; it is left out', text)

    def _tell_of_end(self) -> None:
        """Hold what came against what was promised; say it once."""
        if self._number and self._left_out == self._number:
            raise SourceError(f'{self._first_reason}; none of its images can be used')
        promised = self._files.promised.get(self.topic, 0)
        if self._has_ended:
            return
        self._has_ended = True
        if self._left_out:
            _LOG.warning(
                '%s: %d of %d images left out; the first: %s', shown(self.name), self._left_out,
                self._number, self._first_reason,
            )
        if self._number < promised:
            _LOG.warning(
                '%s: ended after %d of the %d messages of %s that %s promises', shown(self.name),
                self._number, promised, self.topic, METADATA,
            )

    def time_of(self, header: Header) -> int:
        """Return the stamp; where the first images have none, the time of recording (ns)."""
        return header.stamp if self._is_stamped else header.recorded

    def read(self) -> Pixels | None:
        """Return the next image; None at the end."""
        found = self.read_with_header()
        return found and found[0]

    def rewind(self) -> None:
        """Go back to the first image."""
        self._messages = self._read_messages()
        self._number = self._left_out = 0

    def close(self) -> None:
        """Release the files."""
        self._files.close()

    def _chosen(self, topic: str) -> str:
        kinds: dict[str, str] = {
            found.topic: found.msgtype for found in self._files.connections
        }
        images = sorted(name for name, kind in kinds.items() if kind in (RAW, COMPRESSED))
        if not images:
            raise SourceError(
                f'{shown(self.name)}: no images in this bag (topics: '
                f'{shown(", ".join(sorted(kinds))) or "none"})'
            )
        if not topic and len(images) == 1:
            return images[0]
        if not topic:
            raise ConfigurationError(
                f'topic: {shown(self.name)} has images at {", ".join(images)}; choose one'
            )
        wanted = f'/{topic.lstrip("/")}'
        if wanted in images:
            return wanted
        if wanted in kinds:
            raise ConfigurationError(
                f'topic: {shown(wanted)} of {shown(self.name)} holds {shown(kinds[wanted])}; '
                f'images are at {", ".join(images)}'
            )
        raise ConfigurationError(
            f'topic: {shown(self.name)} has no {shown(wanted)}; {nearest(wanted, images)}'
        )

    def _measured_rate(self) -> float:
        with readable(self.name):
            headers = [header for _, header in islice(self._read_messages(), STEPS_MEASURED)]
        self._is_stamped = any(header.stamp for header in headers)
        first = [self.time_of(header) for header in headers]
        return rate_of([(time - first[0]) / 1e9 for time in first])

    def _read_messages(self) -> Iterator[tuple[Any, Header]]:
        for connection, recorded, data in self._files.messages(self._connections):
            message = self._types.deserialize_cdr(data, connection.msgtype)
            stamp = message.header.stamp
            nanoseconds = stamp.sec * 10**9 + stamp.nanosec
            yield message, Header(nanoseconds, message.header.frame_id, recorded)


class BagSource(Source):
    """
    A bag as fast as it is consumed, stamped by the headers of its messages.

    Where the first headers have no stamp, the times at which messages were recorded count. Of
    images with the same stamp one after the other the first is taken. A stamp that goes
    backwards is passed on: the tracker leaves out what is late.

    Parameters
    ----------
    bag : Bag
        Closed with this source.
    rate : float
        Nominal frames per second; 0 takes the bag's own.
    loop : bool
        Whether to start again at the end; the stamps do too.

    """

    is_live = False

    def __init__(self, bag: Bag, *, rate: float, loop: bool) -> None:
        self.name = bag.name
        self.rate = rate or bag.rate
        self.length = None if loop else bag.length
        self.bag = bag
        self._loop = loop
        self._index = 0
        self._last: float | None = None
        self._repeated = 0
        self._is_closed = False

    def read(self) -> Frame | None:
        """Return the next frame; None at the end."""
        if self._is_closed:
            return None
        while (found := self._next()) is not None:
            image, header = found
            stamp = self.bag.time_of(header) / 1e9
            if stamp != self._last:
                break
            self._tell_of_repeated()
        else:
            return None
        self._last = stamp
        self._index += 1
        return Frame(image, stamp, self._index - 1, header)

    def close(self) -> None:
        """Release the files."""
        self._is_closed = True
        self.bag.close()

    def _next(self) -> tuple[Pixels, Header] | None:
        found = self.bag.read_with_header()
        if found is None and self._index == 0:
            raise SourceError(f'{shown(self.name)}: no image at {self.bag.topic}')
        if found is None and self._loop:
            self.bag.rewind()
            found = self.bag.read_with_header()
        return found

    def _tell_of_repeated(self) -> None:
        self._repeated += 1
        if self._repeated == 1:
            _LOG.warning('%s: images with the stamp of the one before are left out', self.name)
