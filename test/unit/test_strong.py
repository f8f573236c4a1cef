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

"""What the profile `strong` keeps that the paper's tracker loses: one scene a mechanism."""

import numpy as np
import pytest

from yolo_deepsort_ros import Detections, Tracker
from yolo_deepsort_ros.boxes import height_ious, widened
from yolo_deepsort_ros.config.tracker_config import PROFILES
from yolo_deepsort_ros.deepsort import kalman_filter
from yolo_deepsort_ros.deepsort.best_pairs import best_pairs
from yolo_deepsort_ros.deepsort.gallery import Gallery
from yolo_deepsort_ros.deepsort.look_distances import LookDistances, UNKNOWN
from yolo_deepsort_ros.deepsort.measurements import Measurements
from yolo_deepsort_ros.deepsort.score_limits import rising, ScoreLimits, ScoreModel

RATE = 10
PERSON = np.array([40.0, 80.0])


def boxes_at(*centres, size=PERSON):
    return [[x - size[0] / 2, y - size[1] / 2, *size] for x, y in centres]


def seen(boxes, scores=None, features=None, classes=None):
    if not len(boxes):
        return Detections.empty()
    return Detections(boxes, [0.9] * len(boxes) if scores is None else scores, classes, features)


def run(frames, profile='strong', motions=None, **values):
    """Return what is reported of each frame."""
    tracker = Tracker(frame_rate=RATE, profile=profile, **values)
    motions = motions or [None] * len(frames)
    return [
        tracker.update(found, index / RATE, motion).reported
        for index, (found, motion) in enumerate(zip(frames, motions, strict=True))
    ]


def without(frames, motions=None, **values):
    """Do the same with some of the profile's values taken out."""
    return run(frames, 'deepsort', motions, **{**PROFILES['strong'], **values})


def ids_of(shown):
    return {number for tracks in shown for number in tracks.ids.tolist()}


def walk(start, step, frames):
    return [np.add(start, np.multiply(step, index)) for index in range(frames)]


def test_who_was_hidden_for_a_second_is_the_same_without_any_look():
    path = walk((100, 100), (4, 0), 40)
    frames = [seen([] if 15 <= index < 25 else boxes_at(centre))
              for index, centre in enumerate(path)]
    assert ids_of(run(frames)) == {1}
    assert len(ids_of(without(frames, iou_max_age=1))) > 1


def chosen(similarities, sure):
    rows, columns = np.nonzero(similarities)
    places = best_pairs(rows, columns, np.asarray(similarities, float)[rows, columns], sure)
    return sorted(zip(rows[places].tolist(), columns[places].tolist(), strict=True))


@pytest.mark.parametrize('sure, pairs', [(np.inf, [(0, 1), (2, 0)]), (0.6, [(0, 0)])])
def test_a_pair_that_is_sure_is_not_given_away_for_the_sum(sure, pairs):
    """The one whose neighbour has left is not pushed on to the neighbour's place."""
    assert chosen([[0.9, 0.85], [0.0, 0.0], [0.85, 0.0]], sure) == pairs


def test_sure_pairs_go_on_with_who_is_left_and_the_rest_is_optimal():
    similarities = [[.9, .8, 0, 0], [.8, .7, 0, 0], [0, 0, .5, .4], [0, 0, .4, 0]]
    assert chosen(similarities, 0.6) == [(0, 0), (1, 1), (2, 3), (3, 2)]


def test_of_no_pairs_none_is_chosen():
    assert chosen(np.zeros((0, 3)), 0.6) == chosen(np.zeros((2, 2)), np.inf) == []


def test_who_bends_keeps_the_id_and_the_box():
    """A dancer's box turns from tall to wide within a few frames."""
    shapes = [(40, 80)] * 10 + [(46, 74), (54, 64), (66, 54), (76, 46)] + [(80, 44)] * 10
    frames = [seen(boxes_at((200, 300 - size[1] / 2), size=size)) for size in shapes]
    free, stiff = (
        without(frames, free_aspect=value, blend_boxes=False)[13] for value in (True, False)
    )
    wrong = [abs(tracks.tlwh[0, 2] - 76) for tracks in (free, stiff)]
    assert wrong[0] < 0.6 * wrong[1]
    assert ids_of(run(frames)) == {1}


def test_a_car_that_turns_keeps_the_id_and_the_box():
    """Seen from behind it is square, from the side two and a half times as wide."""
    turn = np.clip((np.arange(30) - 10) / 6, 0, 1)
    frames = [
        seen(boxes_at((100 + 2 * index + 50 * share, 300), size=(60 + 100 * share, 60)))
        for index, share in enumerate(turn)
    ]
    free, stiff = (
        without(frames, free_aspect=value, blend_boxes=False)[16] for value in (True, False)
    )
    assert abs(free.tlwh[0, 2] - 160) < 0.5 * abs(stiff.tlwh[0, 2] - 160)
    assert ids_of(run(frames)) == {1}


def test_who_goes_behind_something_does_not_shrink_on_there(monkeypatch):
    """A low wall hides the feet, then all; what comes out is as tall as what went in."""
    heights = [80.0] * 10 + [74.0, 68.0, 62.0, 56.0, 50.0] + [0.0] * 8 + [80.0] * 5
    frames = [seen([[200 + 2 * index, 100, 30, height]] if height else [])
              for index, height in enumerate(heights)]
    assert ids_of(run(frames)) == {1}
    monkeypatch.setattr(
        kalman_filter, 'FREE_SHAPE', kalman_filter.FREE_SHAPE._replace(held=1.0))
    assert len(ids_of(run(frames))) == 2


@pytest.mark.parametrize('seed', range(3))
def test_two_who_cross_keep_their_ids_though_one_is_hidden_and_boxes_are_noisy(seed):
    random = np.random.default_rng(seed)
    frames = []
    for index in range(40):
        near, far = (100 + 6 * index, 260), (340 - 6 * index, 270)
        boxes = [*boxes_at(near), *boxes_at(far, size=(30, 60))]
        noisy = np.add(boxes, random.normal(0, 2, (2, 4)))
        frames.append(seen(noisy[:1] if abs(near[0] - far[0]) < 14 else noisy))
    shown = run(frames)
    assert ids_of(shown) == {1, 2}
    tall = [tracks.ids[tracks.tlwh[:, 3].argmax()] for tracks in (shown[5], shown[-1])]
    assert tall[0] == tall[1]
    assert len(ids_of(without(frames, iou_max_age=1))) > 2


def test_who_jumps_further_than_foreseen_is_found_by_wide_boxes():
    places = [(100, 100)] * 10 + [(138, 100)] * 10
    frames = [seen(boxes_at(place)) for place in places]
    assert ids_of(run(frames)) == {1}
    assert len(ids_of(run(frames, profile='deepsort', iou_max_age=30))) == 2


def test_weak_boxes_go_on_with_a_track_and_start_none():
    frames = [seen(boxes_at((100, 100)))] * 10
    frames += [seen(boxes_at((100, 100), (400, 100)), [0.2, 0.2])] * 10
    shown = run(frames)
    assert ids_of(shown) == {1}
    assert shown[-1].hits.tolist() == [20]


def test_a_second_box_on_the_same_object_is_no_object():
    frames = [seen(boxes_at((100, 100)))] * 5
    frames += [seen(boxes_at((100, 100), (106, 100)), [0.9, 0.9])] * 5
    assert ids_of(run(frames)) == {1}
    assert len(ids_of(run(frames, profile='deepsort'))) == 2


def flickering(frames, true_score, false_score, seed=0):
    """Four steady objects; false boxes that come for three frames, here and there."""
    random = np.random.default_rng(seed)
    result = []
    for index in range(frames):
        if index % 3 == 0:
            places = random.uniform((300, 200), (3000, 2000), (2, 2))
        result.append(seen(
            boxes_at(*((100 + 200 * n + index, 100) for n in range(4)), *places),
            [true_score] * 4 + [false_score] * 2,
        ))
    return result


def test_scores_of_boxes_that_no_trusted_track_has_start_no_track_any_more():
    frames = flickering(200, 0.95, 0.7)
    late = ids_of(run(frames)[100:])
    assert len(late) == 4
    assert len(ids_of(run(frames, low_score_threshold=0.6)[100:])) > 5, 'a given value beats it'


def test_a_detector_of_another_scale_is_learnt_anew():
    frames = flickering(150, 0.95, 0.7) + flickering(400, 0.45, 0.2)
    newcomer = [seen(boxes_at((500 + index, 700)), [0.45]) for index in range(8)]
    tracker = Tracker(frame_rate=RATE, profile='strong')
    for index, found in enumerate(frames + newcomer):
        shown = tracker.update(found, index / RATE).reported
    assert len(shown) == 1, 'what scored too little for the first detector gets an id'


def test_the_limits_know_no_seconds():
    """Stamps may be frame numbers: the same boxes a hundred times slower give the same ids."""
    frames = flickering(120, 0.95, 0.7)
    both = []
    for rate in (0.1, 1000.0):
        tracker = Tracker(frame_rate=rate, profile='strong')
        both.append([tracker.update(found, index / rate).ids.tolist()
                     for index, found in enumerate(frames)])
    assert both[0] == both[1]


def test_all_scores_being_one_is_no_reason_to_wait():
    frames = [seen(boxes_at(place), [1.0]) for place in walk((100, 100), (2, 0), 5)]
    assert ids_of(run(frames)) == {1}


def test_nothing_seen_yet_asks_for_high_scores():
    limits = ScoreModel().limits(np.zeros(0), False)
    assert limits.weak < limits.candidate == limits.sure > limits.strong
    assert ScoreLimits.fixed(0.0).strong == -np.inf


def test_rising_pools_what_falls():
    values = rising(np.array([1.0, 3.0, 2.0, 2.5, 5.0]), np.array([1.0, 1.0, 3.0, 1.0, 1.0]))
    np.testing.assert_allclose(values, [1.0, 2.25, 2.25, 2.5, 5.0])


def test_the_shown_box_is_smoothed_as_far_as_the_detections_are_noisy():
    random, path = np.random.default_rng(1), walk((100, 300), (3, 0), 150)
    for noise, nearer_to_detection in ((0.0, True), (6.0, False)):
        noisy = [np.add(centre, random.normal(0, noise, 2)) for centre in path]
        frames = [seen(boxes_at(centre)) for centre in noisy]
        shown, plain = run(frames)[-1], without(frames, blend_boxes=False)[-1]
        detected = boxes_at(noisy[-1])[0]
        share = 1 - np.linalg.norm(shown.tlwh - detected) / max(
            np.linalg.norm(plain.tlwh - detected), 1e-9)
        assert (share > 0.4) == nearer_to_detection or noise == 0


def test_with_looks_weak_objects_get_ids_and_looks_decide_who_comes_back():
    red, blue = [1.0, 0.0], [0.0, 1.0]
    here, frames = boxes_at((100, 100)), []
    frames += [seen(here, [0.2], [red])] * 10 + [seen([])] * 10
    assert ids_of(run(frames + [seen(here, [0.2], [red])] * 4)) == {1}
    assert ids_of(run(frames + [seen(here, [0.2], [blue])] * 4)) == {1, 2}


@pytest.mark.parametrize('weakest, known', [(0.1, False), (0.3, True)])
def test_the_limits_allow_for_what_a_detector_cuts_off_where_there_are_looks(weakest, known):
    """What scores little is told from what is false only where weaker boxes come as well."""
    random, frames, looks = np.random.default_rng(0), [], np.eye(6)
    for index in range(100):
        places = [(100 + 200 * n, 100) for n in range(4)]
        if index % 2:
            places.append(tuple(random.uniform((300, 200), (3000, 2000))))
        score = weakest if index % 8 == 1 else 0.35
        frames.append(seen(boxes_at(*places), [0.9] * 4 + [score] * (index % 2),
                           looks[:len(places)]))
    newcomer = seen(boxes_at((500, 700)), [0.35], looks[5:])
    assert len(run(frames + [newcomer] * 4)[-1].ids[-1:]) == known


def test_who_comes_back_in_another_pose_is_known_by_the_look():
    red = [[1.0, 0.0]]
    upright, striding = (boxes_at((100, 100), size=size) for size in ((40, 80), (60, 80)))
    frames = [seen(upright, None, red)] * 10 + [seen([])] * 3 + [seen(striding, None, red)] * 4
    assert ids_of(run(frames)) == {1}


def test_who_was_away_is_known_by_the_look_in_a_box_that_is_likely_true():
    red, blue = [1.0, 0.0], [0.0, 1.0]
    both, other = boxes_at((100, 100), (400, 100)), boxes_at((400, 100))
    frames = [seen(both, [0.9, 0.9], [red, blue])] * 20 + [seen(other, [0.9], [blue])] * 4
    shown = run([*frames, seen(both, [0.5, 0.9], [red, blue])])
    assert shown[-1].ids.tolist() == [1, 2]


def leaving(alike, away=60):
    """
    Return frames of two people, of whom one leaves; somebody comes in elsewhere.

    Their looks and those of the one who comes differ by `alike` (1 - cosine).
    """
    random = np.random.default_rng(0)

    def look(cosine, axis):
        vector = np.eye(6)[0] * cosine + np.eye(6)[axis] * np.sqrt(1 - cosine * cosine)
        return vector + random.normal(0, 0.003, 6)

    near, far, door = boxes_at((100, 100)), boxes_at((500, 300)), boxes_at((900, 600))
    people = [1 - alike / 2] * 3
    frames = [seen(near + far, None, [look(people[0], 1), look(people[1], 2)])
              for _ in range(120)]
    frames += [seen(far, None, [look(people[1], 2)]) for _ in range(away)]
    return {
        axis: frames + [seen(far + door, None, [look(people[1], 2), look(people[2], axis)])
                        for _ in range(5)]
        for axis in (1, 3)
    }


@pytest.mark.parametrize('alike', [0.5, 0.08])
def test_who_leaves_is_known_again_and_a_stranger_is_not_whatever_the_network(alike):
    scenes = leaving(alike)
    assert ids_of(run(scenes[1])) == {1, 2}
    assert ids_of(run(scenes[3])) == {1, 2, 3}
    assert ids_of(without(scenes[1], reid_memory=0)) == {1, 2, 3}
    if alike < 0.1:
        assert ids_of(without(scenes[3], reid_memory_distance=0.1)) == {1, 2}, 'a fixed limit'


def test_who_left_is_forgotten_after_the_memory():
    assert ids_of(run(leaving(0.5, away=400)[1])) == {1, 2, 3}


def test_two_boxes_on_one_object_teach_nothing():
    distances, found = LookDistances(), seen(boxes_at((100, 100), (110, 100)), None, np.eye(2))
    gallery = Gallery(10)
    slots = gallery.allocate(2)
    found = Measurements.of(found)
    gallery.add(slots, found.features)
    for _ in range(1000):
        distances.learn(gallery, slots, found, np.arange(2))
    assert distances.limit(1) == UNKNOWN


def test_the_more_have_left_the_more_alike_one_must_look():
    distances, gallery, random = LookDistances(), Gallery(10), np.random.default_rng(0)
    slots, boxes = gallery.allocate(9), boxes_at(*[(100 * n, 100) for n in range(9)])
    for _ in range(200):
        found = Measurements.of(seen(boxes, None, random.normal(1, 1, (9, 8))))
        gallery.add(slots, found.features)
        distances.learn(gallery, slots, found, np.arange(9))
    limits = [distances.limit(count) for count in (1, 2, 5, 50)]
    assert limits == sorted(limits, reverse=True)
    assert 0 < limits[-1] < limits[0]


def test_a_weak_shadow_of_an_object_is_no_object_whatever_its_class():
    shadow = [90, 66, 30, 70]
    frames = [seen(boxes_at((100, 100)), [0.95], [[1.0, 0.0]], [0])] * 3
    both = [*boxes_at((100, 100)), shadow]
    frames += [seen(both, [0.95, 0.6], [[1.0, 0.0], [0.0, 1.0]], [0, 1])] * 12
    assert ids_of(run(frames, class_aware=True)) == {1}


def test_a_jerk_of_the_camera_is_no_motion_of_who_stands():
    jerk = np.array([[1.0, 0, 150], [0, 1, 60]])
    places = boxes_at((300, 300), (420, 300), (540, 300))
    moved = [[x + 150, y + 60, w, h] for x, y, w, h in places]
    frames = [seen(places)] * 8 + [seen(moved)] * 8
    motions = [None] * 8 + [jerk] + [None] * 7
    assert ids_of(run(frames, motions=motions)) == {1, 2, 3}
    assert run(frames, motions=motions)[-1].ids.tolist() == [1, 2, 3]
    assert run(frames)[-1].ids.tolist() != [1, 2, 3]


def test_objects_of_two_classes_do_not_take_each_others_boxes():
    frames = [seen(boxes_at((100, 100)), classes=[0])] * 5
    frames += [seen(boxes_at((100, 100)), classes=[2])] * 5
    assert ids_of(run(frames)) == {1}
    assert ids_of(run(frames, class_aware=True)) == {1, 2}


def test_a_second_run_gives_the_same_bytes():
    frames = flickering(80, 0.9, 0.6)
    first, second = (b''.join(tracks.tlwh.tobytes() + tracks.ids.tobytes() for tracks in
                              run(frames)) for _ in range(2))
    assert first == second


def test_heights_overlap_wherever_the_boxes_are():
    boxes = [[0, 0, 10, 100]] * 3
    others = [[500, 0, 10, 100], [0, 50, 10, 100], [0, 100, 10, 10]]
    np.testing.assert_allclose(height_ious(boxes, others), [1, 1 / 3, 0])
    assert widened([[10, 10, 20, 40]], 0.5).tolist() == [[0, -10, 40, 80]]
