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

"""Follows where tracks are, in metres on the floor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.locating.box_edges import box_edges, BoxEdges
from yolo_deepsort_ros.locating.class_heights import Height
from yolo_deepsort_ros.locating.depth_image import (
    DEPTH_SHARE, Expectation, ROUND, SURFACE_NOISE, Surfaces, surfaces,
)
from yolo_deepsort_ros.locating.floor_view import along_and_across, FloorView
from yolo_deepsort_ros.locating.position_filter import PositionFilter
from yolo_deepsort_ros.locating.positions import Positions
from yolo_deepsort_ros.tracks import Tracks

Rows = NDArray[np.int64]

MAX_ABSENCE = 5.0  #: s, for which the place of an id that is not shown is kept
LOOSE_HEIGHT = 0.5  #: spread of an unknown height, as a share of the first look at it
LEVEL_SPREADS = 3.0  #: spreads of a height by which the camera must stand above or below a head
MAX_SPREAD = 30.0  #: m; a place less certain is not known
#: Frames in a row, of a box beside its object by so many standard deviations, that make another
#: one of it: trackers swap ids.
SWAPPED, ASIDE = 2, 3.0
BODY_NOISE = 0.1  #: of a body's radius: of a surface, in each frame anew
#: How well the middle of a body can be known at all, along the ray and across: shares of its
#: radius. Bodies are not round, so this does not average out.
BODY_SPREADS = (0.25, 0.15)


class Locator:
    """
    Turns tracks into positions, velocities and sizes in metres.

    Parameters
    ----------
    class_heights : mapping of str to Height, optional
        Heights by class name; they locate objects whose foot is cut or hidden.
    foot_offset : float
        How far the floor lies below the lower edge of the detector's boxes, as a share of
        their height.

    Examples
    --------
    >>> import numpy as np
    >>> from yolo_deepsort_ros import Detections, Tracker
    >>> from yolo_deepsort_ros.calibration import Calibration
    >>> from yolo_deepsort_ros.locating.floor_view import FloorView
    >>> camera = Calibration.ideal(640, 480, (500, 0, 319.5, 0, 500, 239.5, 0, 0, 1))
    >>> view = FloorView.from_pose(camera, height=1.2, pitch=0.1)
    >>> tracker, locator = Tracker(n_init=2), Locator()
    >>> found = Detections([[229.5, 183.5, 80.0, 200.0]], [0.9], [0])
    >>> for stamp in (0.0, 0.1):
    ...     tracks = tracker.update(found, stamp).reported
    ...     positions = locator.update(tracks, ['person'], stamp, view, (640, 480))
    >>> np.round(positions.places, 1).tolist()  # 3 m ahead, 0.3 m to the left
    [[3.0, 0.3]]

    """

    def __init__(
        self, class_heights: Mapping[str, Height] | None = None, foot_offset: float = 0.0
    ) -> None:
        self.class_heights = dict(class_heights or {})
        self.foot_offset = foot_offset
        self.reset()

    def reset(self) -> None:
        """Forget all places."""
        self._filter = PositionFilter.empty()
        self._ids = np.zeros(0, np.int64)
        self._seen = np.zeros(0)  # stamps of the last frames that showed them
        self._aside = np.zeros(0, np.int64)  # last frames in a row that showed them elsewhere
        self._stamp = -np.inf

    def update(
        self,
        tracks: Tracks,
        labels: Sequence[str],
        stamp: float,
        view: FloorView,
        size: Sequence[int] | None = None,
        depth: NDArray[np.float32] | None = None,
    ) -> Positions:
        """
        Locate a frame's tracks.

        Parameters
        ----------
        tracks : Tracks
            With ids; those whose `time_since_update` is not zero are moved on, not measured.
        labels : sequence of str
            Names of the classes, in the order of `Tracks.class_ids`.
        stamp : float
            Seconds; when it goes back, all is forgotten.
        view : FloorView
            Of the camera in this frame. The places are in its frame of metres.
        size : (int, int), optional
            Width and height of the picture; without it no box counts as cut by its border.
        depth : ndarray of float32, shape (H, W), optional
            Registered depth in metres, of the picture's size.

        Returns
        -------
        Positions
            Of the tracks whose place is known, in their order.

        """
        if stamp < self._stamp:
            self.reset()
        self._forget(stamp)
        seconds = stamp - self._stamp if len(self._ids) else 0.0
        self._filter.predict(seconds)
        self._stamp = stamp
        is_seen = tracks.time_since_update == 0
        edges = box_edges(tracks.tlwh, size, self.foot_offset)
        edges = _undistorted(edges, view)
        self._forget_swapped(tracks, edges, view, is_seen)
        rows = self._rows_of(tracks.ids)
        expected = () if depth is None else self._expectations(rows, edges, view)
        sides = surfaces(depth, tracks.tlwh, view, expected)
        rows = self._begin(rows, tracks, labels, edges, sides, view, is_seen)
        by_edges = is_seen & (rows >= 0)
        self._filter.update_by_edges(
            rows[by_edges], edges.of(by_edges), view, seconds
        )
        by_depth = by_edges & np.isfinite(sides.ranges)
        if by_depth.any():
            chosen = Surfaces(*(values[by_depth] for values in sides))
            self._use_depth(
                rows[by_depth], tracks.tlwh[by_depth, 2], edges.noise[by_depth, 0], chosen, view)
        self._seen[rows[rows >= 0]] = stamp
        return self._positions(tracks, rows, edges, by_edges, by_depth, view)

    def _begin(
        self, rows: Rows, tracks: Tracks, labels: Sequence[str], edges: BoxEdges, sides: Surfaces,
        view: FloorView, is_seen: NDArray[np.bool_],
    ) -> Rows:
        """Begin to follow the tracks that are new, as far as they can be placed; return rows."""
        is_new = is_seen & (rows < 0) & (tracks.ids > 0)
        if not is_new.any():
            return rows
        known = [self.class_heights.get(labels[i]) for i in tracks.class_ids[is_new]]
        means = np.array([height.mean if height else np.nan for height in known])
        spreads = np.array([height.spread if height else np.nan for height in known])
        pixels, noise = edges.pixels[is_new], edges.noise[is_new]
        feet = np.where(
            np.isfinite(noise[:, 1:2]), view.meet(pixels[:, :2]), np.nan
        )
        if view.knows_heights:
            surfaced = _surface_places(view, Surfaces(*(values[is_new] for values in sides)))
            feet = np.where(np.isfinite(feet), feet, surfaced)
            heads = view.meet(pixels[:, [0, 2]], np.nan_to_num(means))
            # At the camera's own height a head lies on the horizon wherever it is.
            is_telling = np.isfinite(noise[:, 2]) & (
                np.abs(view.camera_height - means) > LEVEL_SPREADS * spreads
            )
            feet = np.where(np.isfinite(feet) | ~is_telling[:, np.newaxis], feet, heads)
        looks = _looks_of_height(pixels[:, 2], feet, view)
        looks = np.where(np.isfinite(noise[:, 2]) & (looks > 0), looks, 1.0)
        spreads = np.where(np.isfinite(means), spreads, LOOSE_HEIGHT * looks)
        means = np.where(np.isfinite(means), means, looks)
        is_placed = np.isfinite(feet).all(axis=1)
        self._filter.add(feet[is_placed], means[is_placed], spreads[is_placed])
        ids = tracks.ids[is_new][is_placed]
        rows = rows.copy()
        rows[np.flatnonzero(is_new)[is_placed]] = len(self._ids) + np.arange(len(ids))
        self._ids = np.concatenate([self._ids, ids])
        self._seen = np.concatenate([self._seen, np.full(len(ids), self._stamp)])
        self._aside = np.concatenate([self._aside, np.zeros(len(ids), np.int64)])
        return rows

    def _expectations(
        self, rows: Rows, edges: BoxEdges, view: FloorView
    ) -> tuple[Expectation, Expectation]:
        """Return how far along the floor the tracks are, by the past and by their feet."""
        expected, spreads = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
        is_old = rows >= 0
        away = self._filter.means[rows[is_old], :2] - view.camera_position[:2]
        expected[is_old] = np.linalg.norm(away, axis=1)
        covariances = self._filter.covariances[rows[is_old]]
        spreads[is_old] = np.sqrt(covariances[:, 0, 0] + covariances[:, 1, 1])
        foot, noise = edges.pixels[:, :2], np.zeros((len(rows), 2))
        noise[:, 1] = edges.noise[:, 1]
        with np.errstate(invalid='ignore'):  # of edges that are not seen
            near, far = (view.meet(spots) for spots in (foot + noise, foot - noise))
        near, far = (
            np.linalg.norm(spots - view.camera_position[:2], axis=1) for spots in (near, far)
        )
        return Expectation(expected, spreads), Expectation((near + far) / 2, (far - near) / 2)

    def _use_depth(
        self, rows: Rows, widths: Floats, noise: Floats, sides: Surfaces, view: FloorView
    ) -> None:
        """Correct by the ranges of surfaces, carried to the middle of the objects."""
        means = self._filter.means[rows]
        middles = np.column_stack([means[:, :2], means[:, 4] / 2])
        depths = view.project(middles)[2]
        # Half the width, as of a round body seen from the side.
        radii = widths / 2 / view.focal_length * depths
        places = _surface_places(view, sides, ROUND * sides.coverages * radii)
        along_noise = SURFACE_NOISE + DEPTH_SHARE * sides.ranges + BODY_NOISE * radii
        across_noise = noise / view.focal_length * depths
        covariances = along_and_across(sides.bearings, along_noise, across_noise)
        self._filter.update_by_places(rows, places, covariances)

    def _forget(self, stamp: float) -> None:
        self._keep(stamp - self._seen <= MAX_ABSENCE)

    def _forget_swapped(
        self, tracks: Tracks, edges: BoxEdges, view: FloorView, is_seen: NDArray[np.bool_]
    ) -> None:
        """Forget the objects whose id another one has now: their boxes lie beside them."""
        rows = self._rows_of(tracks.ids)
        told = is_seen & (rows >= 0)
        rows, widths = rows[told], tracks.tlwh[told, 2]
        off, spread = self._filter.sideways(
            rows, edges.pixels[told, 0], edges.noise[told, 0], view)
        is_aside = np.abs(off) > np.maximum(widths / 2, ASIDE * spread)
        self._aside[rows] = np.where(is_aside, self._aside[rows] + 1, 0)
        self._keep(self._aside < SWAPPED)

    def _keep(self, is_kept: NDArray[np.bool_]) -> None:
        kept = np.flatnonzero(is_kept)
        if len(kept) < len(self._ids):
            self._filter.keep(kept)
            self._ids, self._seen = self._ids[kept], self._seen[kept]
            self._aside = self._aside[kept]

    def _rows_of(self, ids: NDArray[np.int64]) -> Rows:
        """Return the rows of the filter that hold these ids, -1 for none."""
        if not len(self._ids):
            return np.full(len(ids), -1)
        order = np.argsort(self._ids)
        places = np.searchsorted(self._ids, ids, sorter=order).clip(max=len(order) - 1)
        rows = order[places]
        return np.where(self._ids[rows] == ids, rows, -1)

    def _positions(
        self, tracks: Tracks, rows: Rows, edges: BoxEdges, by_edges: NDArray[np.bool_],
        by_depth: NDArray[np.bool_], view: FloorView,
    ) -> Positions:
        spread = np.full(len(tracks), np.inf)
        known = rows >= 0
        spread[known] = np.sqrt(np.trace(self._filter.covariances[rows[known], :2, :2],
                                         axis1=1, axis2=2))
        known &= spread <= MAX_SPREAD
        means, covariances = self._filter.means[rows[known]], self._filter.covariances[rows[known]]
        ways = tuple(
            _way(*row) for row in zip(
                by_depth[known], by_edges[known] & np.isfinite(edges.noise[known, 1]),
                by_edges[known] & np.isfinite(edges.noise[known, 2]) & view.knows_heights,
                strict=True,
            )
        )
        widths = np.full(len(means), np.nan)
        heights = np.full(len(means), np.nan)
        if view.knows_heights:
            heights = means[:, 4]
            depths = view.project(np.column_stack([means[:, :2], np.zeros(len(means))]))[2]
            widths = tracks.tlwh[known, 2] / view.focal_length * depths
            covariances[:, :2, :2] += along_and_across(
                means[:, :2] - view.camera_position[:2],
                *np.multiply.outer(BODY_SPREADS, widths / 2))
        return Positions(
            tracks.ids[known], means[:, :2], means[:, 2:4], covariances[:, :4, :4], heights,
            widths, ways,
        )


def _way(by_depth: bool, by_foot: bool, by_head: bool) -> str:
    named = zip(('depth', 'ground', 'height'), (by_depth, by_foot, by_head), strict=True)
    return '+'.join(name for name, is_used in named if is_used) or 'motion'


def _undistorted(edges: BoxEdges, view: FloorView) -> BoxEdges:
    """Return the edges as a lens without distortion would show them."""
    if view.lens is None:
        return edges
    feet = view.ideal(edges.pixels[:, :2])
    heads = view.ideal(edges.pixels[:, [0, 2]])
    return edges._replace(pixels=np.column_stack([feet, heads[:, 1]]))


def _looks_of_height(upper: Floats, places: Floats, view: FloorView) -> Floats:
    """Return how tall objects at places look whose upper edge lies at a row of pixels."""
    if not view.knows_heights:
        return np.full(len(upper), np.nan)
    flat = view.matrix[:, :2] @ places.T + view.matrix[:, 3:]
    up = view.matrix[:, 2]
    with np.errstate(divide='ignore', invalid='ignore'):
        return np.asarray((flat[1] - upper * flat[2]) / (upper * up[2] - up[1]))


def _surface_places(view: FloorView, sides: Surfaces, behind: Floats | float = 0.0) -> Floats:
    """Return the points of the floor that lie metres behind surfaces."""
    away = (sides.ranges + behind)[:, np.newaxis] * sides.bearings
    return np.asarray(view.camera_position[:2] + away)
