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

"""DeepSORT: from the detections of each frame to tracks with persistent ids."""

from __future__ import annotations

import logging
import time
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo_deepsort_ros.boxes import xyah_to_tlwh
from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.deepsort import kalman_filter
from yolo_deepsort_ros.deepsort.ambiguity import ambiguous
from yolo_deepsort_ros.deepsort.association import Associator
from yolo_deepsort_ros.deepsort.ended_tracks import LostTracks
from yolo_deepsort_ros.deepsort.frame_clock import FrameClock
from yolo_deepsort_ros.deepsort.gallery import Gallery
from yolo_deepsort_ros.deepsort.kalman_filter import Indices
from yolo_deepsort_ros.deepsort.measurements import Measurements
from yolo_deepsort_ros.deepsort.track_table import TrackTable
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.tracks import Tracks

logger = logging.getLogger(__name__)

LOG_PAUSE = 10.0  #: s; between two lines of stamps that come in no order
MIN_ZOOM = 0.1  #: of areas, from one frame to the next; more is no camera's motion


class Tracker:
    """
    Follows objects from frame to frame by motion and appearance.

    Parameters
    ----------
    config : TrackerConfig, optional
        All parameters at once; or give them by name.
    **parameters
        Fields of `TrackerConfig`.

    Attributes
    ----------
    setbacks : int
        How often the stamps have gone backwards, which drops all tracks.

    Raises
    ------
    ConfigurationError
        For an unknown parameter or a value out of its range.

    Notes
    -----
    With its defaults it takes the decisions of the published algorithm. Ids are given at
    confirmation, from 1, and never twice.

    References
    ----------
    Wojke, Bewley, Paulus, "Simple Online and Realtime Tracking with a Deep Association
    Metric", ICIP 2017, sections 2.1 to 2.4.

    """

    def __init__(self, config: TrackerConfig | None = None, **parameters: Any) -> None:
        self.config = TrackerConfig.resolve(config, parameters)
        self._clock = FrameClock(self.config.frame_rate)
        self._gallery = Gallery(self.config.gallery_budget, self.config.gallery_smoothing)
        self._lost = LostTracks(self._gallery, self.config.reid_memory)
        self._table = TrackTable.empty()
        self._last_id = 0
        self._frames = 0
        self._unseen = 0.0  # frame periods since the last update
        self.setbacks = 0
        self._logged = -LOG_PAUSE  # when the last of them was, on the machine's own clock

    def reset(self) -> None:
        """Forget all tracks, stamps and ids: the next confirmed track is number 1."""
        self._last_id = 0
        self._forget()

    def adopt(self, config: TrackerConfig) -> None:
        """
        Go on with the same tracks and other values of the live parameters.

        Raises
        ------
        ConfigurationError
            When any other parameter differs; then nothing is changed.

        """
        self.config.check_successor(config)
        self.config = config

    def update(
        self, detections: Detections, stamp: float, camera_motion: ArrayLike | None = None
    ) -> Tracks:
        """
        Take the detections of the next frame.

        Parameters
        ----------
        detections : Detections
            With features, or without, all or some: those without are matched by overlap
            alone.
        stamp : float
            Time of the frame in seconds, on any clock. When it lies before the last one
            all tracks are dropped; new ones go on numbering.
        camera_motion : array_like, shape (2, 3), optional
            Where the background's pixels of the frame before lie now, as a similarity
            [A | b]; None for a camera that stands still.

        Returns
        -------
        Tracks
            All live tracks, tentative ones with id 0; copies.

        Raises
        ------
        StampError
            When the stamp equals the last one or is not finite.
        InputError
            When the features differ in length from those of the live tracks, or the camera
            motion is not such a matrix. A refused call changes nothing.

        """
        found = self._checked(detections)
        table = self._moved(stamp, camera_motion)
        periods, self._unseen = self._unseen, 0.0
        table.miss(periods)
        self._end(table.missed > self._longest_miss())
        matched = Associator(
            self.config, self._table, self._gallery, found, periods
        ).associate()
        self._correct(matched.rows, matched.columns, found)
        self._end((self._table.ids == 0) & (self._table.missed > 0))
        self._start(matched.free_columns, found)
        if self._lost.age(periods):
            self._keep_slots()
        return self._table.snapshot(self._clock.rate, looked=True)

    def predict(self, stamp: float, camera_motion: ArrayLike | None = None) -> Tracks:
        """
        Move the tracks on to a frame in which nobody looked for objects.

        It counts as no miss: what was matched in the last `update` is still reported, at
        its predicted place. Parameters, results and errors are those of `update`.
        """
        return self._moved(stamp, camera_motion).snapshot(self._clock.rate, looked=False)

    @property
    def wants_detections(self) -> bool:
        """Whether the next frame is one of every `detect_every` that go to `update`."""
        return self._frames % self.config.detect_every == 0

    def wanted(self, detections: Detections, stamp: float) -> NDArray[np.bool_]:
        """
        Tell whose appearance matters in the frame to come; nothing is changed.

        Returns
        -------
        ndarray of bool, shape (N,)
            All true unless `reid_every` is above 1: then false where motion alone tells
            the track, and that was looked at a short time ago.

        """
        wanted = np.ones(len(detections), np.bool_)
        table = self._table
        if self.config.reid_every == 1 or not len(table):
            return wanted
        periods = self._clock.ahead(stamp)
        is_stale = table.looked + periods >= self.config.reid_every
        predicted = xyah_to_tlwh(kalman_filter.predict(table.states, periods)[:, 0])
        return ambiguous(predicted, detections.tlwh, is_stale)

    def _checked(self, detections: Detections) -> Measurements:
        found, known = Measurements.of(detections), self._gallery.feature_length
        length = found.features.shape[1]
        if length and known not in (0, length):
            raise InputError(
                f'features have length {length}, those of the live tracks {known}: '
                f'reset the tracker to change the network'
            )
        return found

    def _moved(self, stamp: float, camera_motion: ArrayLike | None) -> TrackTable:
        """Carry the tracks over to the time and the camera of the next frame."""
        motion = None if camera_motion is None else _similarity(camera_motion)
        if not self._clock.check(stamp):
            self._tell_of_setback(stamp)
            self._forget()
        periods = self._clock.advance(stamp)
        self._frames += 1
        self._unseen += periods
        self._table.move(periods)
        if motion is not None:
            self._table.states = kalman_filter.move_camera(self._table.states, motion)
        return self._table

    def _tell_of_setback(self, stamp: float) -> None:
        self.setbacks += 1
        if time.monotonic() - self._logged >= LOG_PAUSE:
            self._logged = time.monotonic()
            logger.warning(
                'the clock went backwards to %.3f s: all tracks are dropped (setbacks so far: %d)',
                stamp, self.setbacks,
            )

    def _longest_miss(self) -> float:
        """Frame periods that a track may go without a match."""
        if self.config.max_age_s:
            return self.config.max_age_s * self._clock.rate
        return self.config.max_age + 0.5  # whole periods: `time_since_update` is rounded

    def _correct(self, rows: Indices, columns: Indices, found: Measurements) -> None:
        """Apply to each row its detection, and confirm those seen often enough."""
        table, config = self._table, self.config
        table.correct(rows, columns, found, config.nsa_kalman)
        table.classify(rows, columns, found, config.class_voting)
        self._remember(table.slots[rows], columns, found)
        ready = (table.ids[rows] == 0) & (table.hits[rows] >= config.n_init)
        if ready.any():
            order = ready.nonzero()[0][rows[ready].argsort()]  # of birth
            self._confirm(rows[order], columns[order], found)

    def _confirm(self, rows: Indices, columns: Indices, found: Measurements) -> None:
        """Give these tracks their ids: new ones, or those of lost tracks that they go on."""
        table = self._table
        if len(self._lost.table):
            known, past = self._lost.recall(
                found, columns, self.config.reid_memory_distance, self.config.class_aware
            )
            table.ids[rows[known]] = past.ids
            table.slots[rows[known]] = past.slots
            table.ages[rows[known]] = past.ages
            table.hits[rows[known]] += past.hits
            rows = np.delete(rows, known)
            self._keep_slots()
        table.ids[rows] = self._last_id + 1 + np.arange(len(rows))
        self._last_id += len(rows)

    def _start(self, columns: Indices, found: Measurements) -> None:
        """Start a tentative track at each detection that nobody claimed."""
        if not len(columns):
            return
        slots = self._gallery.allocate(len(columns))
        self._remember(slots, columns, found)
        self._table = self._table.joined(TrackTable.born(found, columns, slots))

    def _remember(self, slots: Indices, columns: Indices, found: Measurements) -> None:
        """Add the features, where there are any, to the gallery."""
        described = found.described[columns]
        if described.any():
            self._gallery.add(slots[described], found.features[columns[described]])

    def _end(self, dead: NDArray[np.bool_]) -> None:
        if dead.any():
            self._lost.take(self._table.select(dead))
            self._table = self._table.select(~dead)
            self._keep_slots()

    def _keep_slots(self) -> None:
        """Release all places in the gallery but those of live and lost tracks."""
        live, lost = self._table, self._lost.table
        slots = self._gallery.keep(np.concatenate([live.slots, lost.slots]))
        live.slots, lost.slots = slots[:len(live)], slots[len(live):]

    def _forget(self) -> None:
        self._clock.reset()
        self._gallery.clear()
        self._lost.clear()
        self._table = TrackTable.empty()
        self._frames = 0
        self._unseen = 0.0


def _similarity(motion: ArrayLike) -> NDArray[np.float64]:
    """Return the matrix, or raise for what no camera does."""
    try:
        matrix = np.array(motion, np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f'camera_motion is not a matrix: {error}') from None
    if matrix.shape != (2, 3) or not np.isfinite(matrix).all():
        raise InputError(f'camera_motion {matrix.tolist()} is not a finite 2 x 3 matrix')
    scale = float(np.linalg.det(matrix[:, :2]))
    if not MIN_ZOOM <= scale <= 1 / MIN_ZOOM:
        raise InputError(
            f'camera_motion changes areas by {scale:.3g}: leave it out where it is unknown'
        )
    return matrix
