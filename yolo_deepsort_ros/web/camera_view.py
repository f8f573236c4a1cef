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

"""One camera on the page: pictures meet their tracks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
import time
from typing import Any, NamedTuple, TYPE_CHECKING

from yolo_deepsort_ros.visualization.trails import FrameRate
from yolo_deepsort_ros.web.id_history import IdHistory
from yolo_deepsort_ros.web.shown_frame import Picture, Places, ShownFrame, ShownTracks

if TYPE_CHECKING:  # nodes import this module without serving the page
    import asyncio

TRACKS_WAIT = 0.1  #: s that a picture waits for its tracks
MAX_WAITING = 16  #: pictures, and tracks without picture
USUAL_RATE = 30.0  #: Hz; until the rate is known
STALE = 2.0  #: s after which tracks and their places are no news any more


class Keeping(NamedTuple):
    """For how long a tracker keeps an id that is hidden, as its parameters say."""

    max_age: int = 30  #: frame periods
    max_age_s: float = 0.0  #: in its place where it is not 0
    reid_memory: int = 0  #: frame periods after that
    frame_rate: float = 0.0  #: Hz; 0: that of the frames

    def seconds(self, rate: float) -> float:
        """Return the time, at that rate of frames."""
        rate = self.frame_rate or rate or USUAL_RATE
        return (self.max_age_s or self.max_age / rate) + self.reid_memory / rate


class CameraView:
    """
    Pairs pictures and tracks by their stamps, and has the newest pair ready.

    All of it happens in the thread of the server's event loop.

    Parameters
    ----------
    name : str
        The camera's namespace; '' where it has none.
    on_frame : callable
        Called when another frame is the newest.
    on_restart : callable
        Called when the ids have begun anew.

    Attributes
    ----------
    newest : ShownFrame or None
        What clients are to see.
    number : int
        Of the newest frame; 0 before the first.
    tracks : ShownTracks or None
        The newest ones.
    history : IdHistory
    keeping : Keeping
        How long the tracker keeps ids.

    """

    def __init__(
        self, name: str, on_frame: Callable[[], None], on_restart: Callable[[], None]
    ) -> None:
        self.name = name
        self._on_frame = on_frame
        self.history = IdHistory(on_restart)
        self.newest: ShownFrame | None = None
        self.number = 0
        self.tracks: ShownTracks | None = None
        self.rate = 0.0
        self.keeping = Keeping()
        self._rate = FrameRate()
        self._tracks_at = self._places_at = 0.0  # of time.monotonic()
        self._places = Places()
        self._pictures: dict[int, tuple[Picture, asyncio.TimerHandle]] = {}
        self._unpaired: deque[ShownTracks] = deque(maxlen=MAX_WAITING)

    def show(self, picture: Picture, tracks: ShownTracks) -> None:
        """Take a picture and its tracks together."""
        if self._note(tracks):
            self._put(ShownFrame(picture, tracks))

    def add_picture(self, picture: Picture) -> None:
        """Take a picture, whose tracks may have come or not."""
        for tracks in self._unpaired:
            if tracks.stamp == picture.stamp:
                self._put(ShownFrame(picture, tracks))
                return
        if older := self._pictures.pop(picture.stamp, None):
            older[1].cancel()
            self._put(ShownFrame(older[0], None))  # stamps that stand still pair nothing
        while len(self._pictures) >= MAX_WAITING:
            self._pictures.pop(next(iter(self._pictures)))[1].cancel()
        import asyncio
        loop = asyncio.get_running_loop()
        handle = loop.call_later(TRACKS_WAIT, self._give_up, picture.stamp)
        self._pictures[picture.stamp] = picture, handle

    def add_tracks(self, tracks: ShownTracks) -> None:
        """Take tracks, whose picture may have come or not."""
        if not self._note(tracks):
            return
        picture, handle = self._pictures.pop(tracks.stamp, (None, None))
        if picture is None or handle is None:
            self._unpaired.append(tracks)
        else:
            handle.cancel()
            self._put(ShownFrame(picture, tracks))

    def add_places(self, places: Places) -> None:
        """Take where the tracks are on the floor: a moment later than the tracks."""
        self._places, self._places_at = places, time.monotonic()

    @property
    def places(self) -> Places:
        """The newest places, empty ones if none have come lately."""
        return self._places if time.monotonic() - self._places_at < STALE else Places()

    def close(self) -> None:
        """Drop what waits."""
        while self._pictures:
            self._pictures.popitem()[1][1].cancel()
        self._unpaired.clear()

    @property
    def is_fresh(self) -> bool:
        """Whether tracks have come lately."""
        return self.tracks is not None and time.monotonic() - self._tracks_at < STALE

    def as_json(self) -> dict[str, Any]:
        """Return it as `/api/state` has it."""
        tracks = self.tracks
        waited = time.monotonic() - self._tracks_at
        rows = []
        for track in tracks.tracks if tracks and waited < STALE else ():
            row = track.as_json()
            row['seen_s'] = round(row['seen_s'] + waited, 3)
            rows.append({**row, 'age_s': round(self.history.age(track.id) + waited, 3)})
        return {
            'tracks': rows, 'stamp': tracks and tracks.stamp / 1e9,
            'rate_hz': round(self.rate, 2) if waited < STALE else 0.0,
            'latency_ms': tracks and tracks.latency_ms,
        }

    def _note(self, tracks: ShownTracks) -> bool:
        self.history.kept = self.keeping.seconds(self.rate)
        if not self.history.add(tracks):
            return False
        self.tracks, self._tracks_at = tracks, time.monotonic()
        self.rate = self._rate.add(tracks.stamp / 1e9)
        return True

    def _give_up(self, stamp: int) -> None:
        """Show a picture without its tracks."""
        self._put(ShownFrame(self._pictures.pop(stamp)[0], None))

    def _put(self, frame: ShownFrame) -> None:
        stamp = frame.picture.stamp
        for older in [each for each in self._pictures if each < stamp]:
            self._pictures.pop(older)[1].cancel()
        self.newest = frame
        self.number += 1
        self._on_frame()
