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

"""The tracker's parameters, declared once as in `config`, and its profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yolo_deepsort_ros.config.config import Config
from yolo_deepsort_ros.config.parameter import parameter

CHI_SQUARE_95 = 9.4877  #: quantile, 4 degrees of freedom (Wojke 2017, sec. 2.2)

#: What each profile of the tracker sets; the gains are in docs/performance/accuracy.md.
PROFILES: dict[str, dict[str, Any]] = {
    'deepsort': {},
    'strong': {
        'n_init': 2, 'iou_max_age': 30,
        'staged': True, 'learn_scores': True, 'free_aspect': True, 'blend_boxes': True,
        'camera_motion': True, 'reid_memory': 300,
    },
}
PROFILES['fast'] = {**PROFILES['strong'], 'reid_every': 10}


#: What each profile sets of the detector: the tracker gains from weak boxes as well.
DETECTOR_PROFILES: dict[str, dict[str, Any]] = {
    'deepsort': {}, 'strong': {'confidence': 0.1}, 'fast': {'confidence': 0.1},
}


@dataclass(frozen=True)
class SharedConfig(Config):
    """What the detector and the tracker both keep to."""

    profile: str = parameter(
        'deepsort', 'Set of decisions: the paper, the best ids, or the same with appearance only '
                    'where needed; it sets what is not given, the confidence of the detector too',
        choices=tuple(PROFILES), is_live=True,
    )

    detect_every: int = parameter(
        1, 'Frames from one detection to the next, the same in detector and tracker; between '
           'them tracks follow their motion', unit='frames', low=1, high=1000,
    )


@dataclass(frozen=True)
class TrackerConfig(SharedConfig):
    """
    DeepSORT (Wojke 2017); the defaults are the paper's.

    A profile brings the values of `PROFILES`; those that are given count before it.
    """

    max_cosine_distance: float = parameter(
        0.2, 'Largest appearance distance (1 - cosine) of a match', low=0.0, high=2.0,
        is_live=True,
    )
    gallery_budget: int = parameter(
        100, 'Newest appearance vectors kept of each track', low=1, high=10000
    )
    max_iou_distance: float = parameter(
        0.7, 'Largest overlap distance (1 - IoU) of a match in the second stage',
        low=0.0, high=1.0, is_live=True,
    )
    max_age: int = parameter(
        30, 'Frame periods that a confirmed track lives without a match',
        unit='frame periods', low=1, high=100000, is_live=True,
    )
    max_age_s: float = parameter(
        0.0, 'The same in seconds, in place of max_age; 0: max_age counts',
        unit='s', low=0.0, high=1e6, is_live=True,
    )
    n_init: int = parameter(
        3, 'Matched frames that confirm a track', low=1, high=1000, is_live=True,
    )
    frame_rate: float = parameter(
        0.0, "Nominal rate, the filter's unit of time; 0: on the command line the source's, in "
             'the graph the median of the first stamp steps of detections',
        unit='Hz', low=0.0, high=1000.0,
    )

    late_periods: int = parameter(
        3, 'Frame periods by which a stamp may lie before the last one and be late: the frame is '
           'left out; further back, a second one shows that time has started again',
        unit='frame periods', low=0, high=100000, is_live=True,
    )

    gating_distance: float = parameter(
        CHI_SQUARE_95,
        'Largest squared Mahalanobis distance of a match by appearance: the chi-square quantile '
        'of 4 degrees of freedom (0.99: 13.277, 0.999: 18.467)',
        low=0.0, high=1e6, is_live=True,
    )
    cascade: bool = parameter(
        True, 'Tracks seen more recently choose first; false: all choose at once, for objects '
              'that stay away for long', is_live=True,
    )
    iou_max_age: int = parameter(
        1, 'Frame periods without a match up to which a detection without appearance may go '
           'on with a track by overlap',
        unit='frame periods', low=1, high=100000, is_live=True,
    )
    low_score_threshold: float = parameter(
        0.0, 'Weaker detections only go on with tracks left over, by overlap, and start none; '
             '0: all are treated alike', low=0.0, high=1.0, is_live=True,
    )
    staged: bool = parameter(
        False, "Confirmed tracks choose first, and of these the pairs that are each other's best; "
               'then weak detections, at last tentative tracks', is_live=True,
    )
    learn_scores: bool = parameter(
        False, 'Learn from the tracks which scores are worth what, in place of one threshold; '
               'low_score_threshold above 0 beats it', is_live=True,
    )
    free_aspect: bool = parameter(
        False, 'Let boxes change their shape quickly, for people who bend and cars that turn, and '
               'keep it while they are not seen'
    )
    blend_boxes: bool = parameter(
        False, 'Show boxes between the detection and the filter, by a share that is learnt from '
               "the detections' noise", is_live=True,
    )
    camera_motion: bool = parameter(
        False, "Move the tracks with the picture's background, for cameras that move"
    )
    class_aware: bool = parameter(
        False, 'A track is matched with detections of its class only', is_live=True,
    )
    class_voting: bool = parameter(
        False, "A track's class is that of most of its matches by score, not that of the last",
        is_live=True,
    )
    reid_memory: int = parameter(
        0, 'How long the looks of a track are kept after its end, to give its id to the same '
           'object when it comes back', unit='frame periods', low=0, high=100000,
    )
    reid_memory_distance: float = parameter(
        0.0, 'Largest appearance distance (1 - cosine) of an object that comes back so: motion '
             'has no say; 0 learns it from objects seen at the same time, which differ for '
             'certain', low=0.0, high=2.0, is_live=True,
    )
    reid_every: int = parameter(
        1, 'Frame periods after which an object that no other one is near is looked at again; '
           '1: all are looked at in each frame', unit='frame periods', low=1, high=1000,
        is_live=True,
    )

    def brings(self) -> Mapping[str, Any]:
        """Return what the profile sets."""
        return PROFILES[self.profile]
