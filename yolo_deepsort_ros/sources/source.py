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

"""What every source of frames can do."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.files import Closable
from yolo_deepsort_ros.sources.frame import Frame


class Source(Closable):
    """
    Frames one after the other; iterable, and a context manager that closes itself.

    Attributes
    ----------
    name : str
        What to call the source in a message: of a URL what `public_url` leaves.
    rate : float
        Frames per second; 0 when unknown.
    mode : str
        What it gives, for people, as in `640 x 480, MJPG, 30 Hz`; '' when unknown.
    calibration : Calibration or None
        Of the camera, where the source itself knows it.
    length : int or None
        Frames that will come, as far as the source knows; None when unknown.
    is_live : bool
        True when frames come by themselves and those not read in time are dropped.
    is_even : bool
        True when its frames are 1 / rate apart in its own time.

    """

    name: str
    rate: float
    mode: str
    calibration: Calibration | None = None
    length: int | None = None
    is_live: bool
    is_even: bool = False

    @abstractmethod
    def read(self) -> Frame | None:
        """
        Wait for the next frame.

        Returns
        -------
        Frame or None
            None at the end, and after `close`.

        Raises
        ------
        SourceError
            When the source fails.

        """

    @abstractmethod
    def close(self) -> None:
        """Release the source; a `read` that waits in another thread returns None."""

    def __iter__(self) -> Iterator[Frame]:
        while (frame := self.read()) is not None:
            yield frame
