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

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.deepsort import kalman_filter
from yolo_deepsort_ros.deepsort.ambiguity import looks_wanted
from yolo_deepsort_ros.deepsort.association import Associator
from yolo_deepsort_ros.deepsort.detector_model import DetectorModel
from yolo_deepsort_ros.deepsort.ended_tracks import EndedTracks
from yolo_deepsort_ros.deepsort.frame_clock import FrameClock
from yolo_deepsort_ros.deepsort.gallery import Gallery
from yolo_deepsort_ros.deepsort.kalman_filter import Indices
from yolo_deepsort_ros.deepsort.measurements import Measurements
from yolo_deepsort_ros.deepsort.similarity import similarity
from yolo_deepsort_ros.deepsort.staged_association import StagedAssociator
from yolo_deepsort_ros.deepsort.track_table import TrackTable
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.stamp_order import Order
from yolo_deepsort_ros.tracks import Tracks


class Tracker:
    """
    Follows objects from frame to frame by motion and appearance.

    Parameters
    ----------
    config : TrackerConfig, optional
        All parameters at once; or give them by name.
    **parameters
        Fields of `TrackerConfig`.

    Raises
    ------
    ConfigurationError
        For an unknown parameter or a value out of its range.

    Examples
    --------
    >>> tracker, found = Tracker(), Detections([[10.0, 20.0, 30.0, 60.0]], [0.9])
    >>> [tracker.update(found, frame / 30).reported.ids.tolist() for frame in range(4)]
    [[], [], [1], [1]]

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
        self._gallery = Gallery(self.config.gallery_budget)
        self._lost = EndedTracks(self._gallery, self.config.reid_memory)
        self._table = TrackTable.empty()
        self._detector = DetectorModel()
        self._shape = kalman_filter.shape_model(self.config.free_aspect)
        self._last_id = 0
        self._frames = 0
        self._unseen = 0.0  # frame periods since the last update
        self._shown = Tracks.empty()  # what was returned last

    def reset(self) -> None:
        """Forget all tracks, stamps and ids: the next confirmed track is number 1."""
        self._last_id = 0
        self._detector.clear()
        self._clock.reset()
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
            Time of the frame in seconds, on any clock. A frame whose stamp equals the last
            one, or lies up to `late_periods` before it, is late: it is left out. One further
            back is left out, too, until a second one, later than the first, shows that time
            has started again: then all tracks are dropped, and new ones go on numbering.
        camera_motion : array_like, shape (2, 3), optional
            Where the background's pixels of the frame before lie now, as a similarity
            [A | b]; None for a camera that stands still.

        Returns
        -------
        Tracks
            All live tracks, tentative ones with id 0; copies. After a frame left out they
            are as before, and none is `reported`.

        Raises
        ------
        StampError
            When the stamp is not finite.
        InputError
            When the features differ in length from those of the live tracks, or the camera
            motion is not such a matrix. A refused call changes nothing.

        """
        found = self._checked(detections)
        if not self._move(stamp, camera_motion):
            return self._shown.unreported
        self._shown = self._taken(found)
        return self._shown

    def predict(self, stamp: float, camera_motion: ArrayLike | None = None) -> Tracks:
        """
        Move the tracks on to a frame in which nobody looked for objects.

        It counts as no miss: what was matched in the last `update` is still reported, at
        its predicted place. Parameters, results and errors are those of `update`.
        """
        if not self._move(stamp, camera_motion):
            return self._shown.unreported
        self._shown = self._table.snapshot(self._clock.rate, looked=False)
        return self._shown

    def is_late(self, stamp: float) -> bool:
        """
        Tell whether a frame of this stamp would be left out; nothing is changed.

        Raises
        ------
        StampError
            When it is not finite.

        """
        return self._clock.judge(stamp, self.config.late_periods) is Order.LATE

    @property
    def setbacks(self) -> int:
        """How often time has started again, which drops all tracks."""
        return self._clock.restarts

    @property
    def late(self) -> int:
        """Frames left out, since their stamps were not later than one before."""
        return self._clock.late

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
        if self.config.reid_every == 1:
            return np.ones(len(detections), np.bool_)
        periods = self._clock.ahead(stamp)
        return looks_wanted(self._table, periods, detections.tlwh, self.config.reid_every)

    def _checked(self, detections: Detections) -> Measurements:
        found = Measurements.of(detections, in_order=self.config.staged)
        known, length = self._gallery.feature_length, found.features.shape[1]
        if length and known not in (0, length):
            raise InputError(
                f'features have length {length}, those of the live tracks {known}: '
                f'reset the tracker to change the network'
            )
        return found

    def _move(self, stamp: float, camera_motion: ArrayLike | None) -> bool:
        """Carry the tracks over to the time and the camera of a frame, unless it is late."""
        motion = None if camera_motion is None else similarity(camera_motion)
        order, periods = self._clock.take(stamp, self.config.late_periods)
        if order is Order.LATE:
            return False
        if order is Order.RESTART:
            self._forget()
        self._frames += 1
        self._unseen += periods
        self._table.move(periods, self._shape)
        if motion is not None:
            self._table.states = kalman_filter.move_camera(self._table.states, motion)
        return True

    def _taken(self, found: Measurements) -> Tracks:
        """Match, correct, end and start tracks by the detections of a frame."""
        table, config = self._table, self.config
        has_looks = bool(self._gallery.feature_length or found.described.any())
        periods, self._unseen = self._unseen, 0.0
        table.miss(periods)
        self._end(table.missed > self._longest_miss())
        limits = self._detector.limits(config, found.scores, has_looks)
        kind = StagedAssociator if config.staged else Associator
        matched = kind(config, self._table, self._gallery, found, periods, limits).associate()
        was_seen = self._table.missed[matched.rows] == periods
        self._correct(matched.rows, matched.columns, found, limits.sure)
        self._detector.learn(config, self._table, matched, found, was_seen)
        self._lost.learn(self._table, matched.rows, found, matched.columns)
        self._end((self._table.ids == 0) & (self._table.missed > 0))
        self._start(matched.free_columns, found, limits.sure)
        if self._lost.age(periods):
            self._keep_slots()
        share, coast = self._detector.share(config), has_looks or not config.staged
        return self._table.snapshot(self._clock.rate, looked=True, share=share, coast=coast)

    def _longest_miss(self) -> float:
        """Frame periods that a track may go without a match."""
        in_time = self.config.max_age_s * self._clock.rate
        return in_time or self.config.max_age + 0.5  # `time_since_update` is rounded

    def _correct(
        self, rows: Indices, columns: Indices, found: Measurements, sure: float
    ) -> None:
        """Apply to each row its detection, and confirm those seen often enough."""
        table, config = self._table, self.config
        table.correct(rows, columns, found, sure, self._shape)
        table.classify(rows, columns, found, config.class_voting)
        self._remember(table.slots[rows], columns, found)
        ready = (table.ids[rows] == 0) & (table.sure_hits[rows] >= config.n_init)
        if ready.any():
            order = ready.nonzero()[0][rows[ready].argsort()]  # of birth
            self._confirm(rows[order])

    def _confirm(self, rows: Indices) -> None:
        """Give these tracks their ids: new ones, or those of lost tracks that they go on."""
        table = self._table
        if len(self._lost.table):
            known, past = self._lost.recall(table.select(rows), self.config)
            table.ids[rows[known]] = past.ids
            table.slots[rows[known]] = past.slots
            table.ages[rows[known]] = past.ages
            table.hits[rows[known]] += past.hits
            rows = np.delete(rows, known)
            self._keep_slots()
        table.ids[rows] = self._last_id + 1 + np.arange(len(rows))
        self._last_id += len(rows)

    def _start(self, columns: Indices, found: Measurements, sure: float) -> None:
        """Start a tentative track at each detection that nobody claimed."""
        if not len(columns):
            return
        slots = self._gallery.allocate(len(columns))
        self._remember(slots, columns, found)
        born = TrackTable.born(found, columns, slots, sure, self._shape)
        self._table = self._table.joined(born)
        if self._frames == 1 and self.config.staged:  # who is there at the start is no newcomer
            self._confirm(born.sure_hits.nonzero()[0])

    def _remember(self, slots: Indices, columns: Indices, found: Measurements) -> None:
        """Add the features, where there are any, to the gallery."""
        described = found.described[columns]
        if described.any():
            self._gallery.add(slots[described], found.features[columns[described]])

    def _end(self, dead: NDArray[np.bool_]) -> None:
        if dead.any():
            ended, self._table = self._table.select(dead), self._table.select(~dead)
            self._detector.bury(ended)
            self._lost.take(ended)
            self._keep_slots()

    def _keep_slots(self) -> None:
        """Release all places in the gallery but those of live and lost tracks."""
        live, lost = self._table, self._lost.table
        slots = self._gallery.keep(np.concatenate([live.slots, lost.slots]))
        live.slots, lost.slots = slots[:len(live)], slots[len(live):]

    def _forget(self) -> None:
        self._gallery.clear()
        self._lost.clear()
        self._table = TrackTable.empty()
        self._frames = 0
        self._unseen = 0.0
