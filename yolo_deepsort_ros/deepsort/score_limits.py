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


"""Which scores are worth what, learnt from the boxes that trusted tracks agree with."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.deepsort.kalman_filter import Indices
from yolo_deepsort_ros.deepsort.track_table import SCORE_BINS as BINS, score_bins, TrackTable

MEMORY = 500  #: boxes; what came before fades, so that another detector is learnt anew
GONE = 2.0  #: frame periods without a match after which a track's boxes are judged
FEW = 20  #: scores of established tracks below which those of all boxes stand in for them
WEAKEST = 0.1  #: score of a box that may go on with a track
STRONG, CANDIDATE = 0.75, 0.5  #: chance to be true from which a box counts as such
STRONG_LIMITS = (0.15, 0.8)  #: of the score from which any track may take a box
SURE_LIMITS = (0.15, 0.9)  #: of the score of which an id needs several
ESTABLISHED = 3  #: matched frames of a track whose scores say what is usual
#: Before anything is known `STRONG` is the chance at this share of a quantile of the scores,
#: falls off with this width, and weighs as many boxes in each bin.
START_SHARE, START_WIDTH, START_WEIGHT = 0.65, 0.1, 10.0
MIN_ODDS = -700.0  #: logarithm; less is no chance, and the exponential of more no number

_CENTRES = (np.arange(BINS) + 0.5) / BINS
_RISE = 1e-9 * np.arange(BINS)  # makes equal chances ascend

Array = NDArray[np.float64]


class ScoreLimits(NamedTuple):
    """
    Scores from which a box may do something.

    Attributes
    ----------
    weak : float
        Go on with a track that was seen in the last frame.
    candidate : float
        Start a track.
    likely : float
        Go on with any track by appearance.
    strong : float
        Go on with any track by overlap.
    sure : float
        Count for an id.

    """

    weak: float
    candidate: float
    likely: float
    strong: float
    sure: float

    @classmethod
    def fixed(cls, threshold: float) -> ScoreLimits:
        """Return one limit for all; 0 lets every box do everything."""
        limit = threshold or -np.inf
        return cls(-np.inf, limit, limit, limit, limit)


class Quantiles(NamedTuple):
    """
    Which scores say what is usual.

    Attributes
    ----------
    start : float
        Of all scores: the start is a share of it, and from it on a box always has a say.
    trusted : float
        Of the scores on established tracks: from it on a track is trusted.

    """

    start: float
    trusted: float


BY_MOTION = Quantiles(0.7, 0.5)
#: Appearance keeps tracks whole, so that weak boxes are seen to belong to strong ones: scores
#: that spread far are those of an honest weak detector, not of false boxes.
BY_LOOKS = Quantiles(0.2, 0.1)


class ScoreModel:
    """
    Learns the chance that a box of a score is on a true object.

    A track is trusted once it is established and one of its scores reaches the median of
    the scores on established tracks. The boxes of trusted tracks, earlier ones too, are
    true; those of tracks that are lost without, and weak boxes that no track takes, are false.
    All is counted in boxes: stamps have no say.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all that was learnt."""
        self._counts = np.zeros((2, BINS))  # boxes of each bin: true, false
        self._recent, self._usual = np.zeros(0), np.zeros(0)  # scores: of all; established
        self._trusted_from = 1.0

    def limits(self, scores: Array, has_looks: bool) -> ScoreLimits:
        """
        Return the limits for a frame with these scores.

        With looks any box may start a track, so that weak ones are tried; an id still needs
        sure ones.
        """
        heard = scores[scores >= WEAKEST]
        self._recent = np.append(self._recent, heard)[-MEMORY:]
        if not len(self._recent):
            most, sure = STRONG_LIMITS[1], SURE_LIMITS[1]
            return ScoreLimits(WEAKEST, sure, most, most, sure)
        quantiles = BY_LOOKS if has_looks else BY_MOTION
        recent = _uncut(self._recent) if has_looks else self._recent
        top = _quantile(recent, quantiles.start)
        self._trusted_from = top
        if len(self._usual) >= FEW:
            self._trusted_from = _quantile(self._usual, quantiles.trusted)
        chances = self._chances(START_SHARE * top)
        candidate, strong = np.interp((CANDIDATE, STRONG), chances + _RISE, _CENTRES)
        # The best boxes always have a say, or another detector would never be learnt.
        sure = min(float(np.clip(strong, *SURE_LIMITS)), top)
        likely = min(max(float(candidate), WEAKEST), sure)
        return ScoreLimits(
            WEAKEST, WEAKEST if has_looks else likely, likely,
            min(float(np.clip(strong, *STRONG_LIMITS)), sure), sure,
        )

    def _chances(self, start: float) -> Array:
        """Return the chance of each bin: counts, smoothed, made to rise with the score."""
        odds = (_CENTRES - start) / START_WIDTH + np.log(STRONG / (1 - STRONG))
        expected = 1 / (1 + np.exp(-np.maximum(odds, MIN_ODDS)))
        true, false = _smoothed(self._counts)
        weights = true + false + START_WEIGHT
        return rising((true + START_WEIGHT * expected) / weights, weights)

    def learn(
        self, table: TrackTable, rows: Indices, scores: Array, lone_scores: Array
    ) -> None:
        """
        Take the outcome of a frame.

        Parameters
        ----------
        table : TrackTable
            Corrected; what it counts of its boxes is cleared where it is used.
        rows : ndarray of int, shape (K,)
            Matched tracks.
        scores : ndarray, shape (K,)
            Of their boxes.
        lone_scores : ndarray
            Of boxes that no track takes and that start none.

        """
        table.unjudged[rows, score_bins(scores)] += 1
        table.best_scores[rows] = np.maximum(table.best_scores[rows], scores)
        established = table.hits[rows] >= ESTABLISHED
        self._usual = np.append(self._usual, scores[established])[-MEMORY:]
        fresh = rows[established & (table.best_scores[rows] >= self._trusted_from)]
        table.is_trusted[fresh] = True
        verdicts = np.stack([table.is_trusted, ~table.is_trusted & (table.missed > GONE)])
        self._counts += verdicts @ table.unjudged
        table.unjudged[verdicts.any(axis=0)] = 0
        self._counts[1] += np.bincount(score_bins(lone_scores), minlength=BINS)
        count = self._counts.sum()
        if count > MEMORY:
            self._counts *= MEMORY / count

    def bury(self, ended: TrackTable) -> None:
        """Count what tracks without trust leave behind as false."""
        self._counts[1] += ended.unjudged.sum(axis=0)


def rising(values: Array, weights: Array) -> Array:
    """
    Return the ascending values that are nearest in weighted squares.

    References
    ----------
    Barlow et al., "Statistical Inference under Order Restrictions", 1972 (pool adjacent
    violators).

    """
    pools: list[tuple[float, float, int]] = []  # mean, weight, values
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        pool = (value, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            mean, heavy, count = pools.pop()
            whole = heavy + pool[1]
            pool = ((mean * heavy + pool[0] * pool[1]) / whole, whole, count + pool[2])
        pools.append(pool)
    return np.repeat([pool[0] for pool in pools], [pool[2] for pool in pools])


def _uncut(scores: Array) -> Array:
    """
    Return the scores with those that a detector has cut off.

    They are taken to be twice as many as lie within the same range above the least one, as
    weak boxes are the more the weaker they are.
    """
    least = scores.min()
    near = scores[scores < 2 * least - WEAKEST]
    return np.concatenate([scores, np.repeat(2 * least - near, 2)])


def _smoothed(counts: Array) -> Array:
    padded = np.hstack([counts[:, :1], counts, counts[:, -1:]])
    return np.asarray((padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]) / 4)


def _quantile(values: Array, share: float) -> float:
    """Return what `numpy.quantile` does, in a tenth of the time."""
    place = share * (len(values) - 1)
    below = int(place)
    ordered = np.partition(values, (below, min(below + 1, len(values) - 1)))
    first, second = ordered[below], ordered[min(below + 1, len(values) - 1)]
    return float(first + (place - below) * (second - first))
