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


"""The arena: its truth against masks drawn one agent at a time, and its promises."""

import hashlib

import cv2
import numpy as np
import pytest

from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.simulation.arena import Arena, CLASSES, Truth
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig
from yolo_deepsort_ros.simulation.arena.labelled_pictures import labelled_pictures
from yolo_deepsort_ros.simulation.arena.painter import HALF, paint
from yolo_deepsort_ros.sources.arena_source import arena_calibration

SMALL = {'width': 160, 'height': 120}


def arena(*, size=SMALL, rate=30.0, **parameters):
    config = ArenaConfig(**parameters)
    return Arena(config, **size, rate=rate)


def digest(image):
    return hashlib.sha256(image.tobytes()).hexdigest()


@pytest.fixture(scope='module')
def thousand_frames():
    """Ground truth of every second of 1000 frames of the default arena."""
    camera = arena()
    return [camera.render(index)[1] for index in range(0, 1000, 2)]


# --- truth


class OneBody:
    """Each body of a frame, painted alone on a canvas with wide borders."""

    BORDER = 300

    def __init__(self, camera, index):
        moment = index / camera.rate
        view = camera._backdrop.camera_at(moment)
        wide = view.widened(self.BORDER)
        self.masks = {}
        self.distances = {}
        for number, body in enumerate(camera._bodies(camera._new_world().at(moment))):
            patch = paint(body.figure.mesh, body.vertices, wide)
            mask = np.zeros((wide.height, wide.width), bool)
            rows, columns = patch.pixels.shape[:2]
            mask[patch.top:patch.top + rows, patch.left:patch.left + columns] = (
                patch.pixels[..., 3] >= HALF
            )
            name = body.owner or -number  # a pillar has no number of its own
            self.masks[name] = mask
            self.distances[name] = np.hypot(*body.place)

    def visible(self, agent):
        """Return the part before which no nearer body stands, as in the picture."""
        mask = self.masks[agent].copy()
        for name, other in self.masks.items():
            if self.distances[name] < self.distances[agent]:
                mask &= ~other
        return mask[self.BORDER:-self.BORDER, self.BORDER:-self.BORDER]


@pytest.mark.parametrize('sway', [0.0, 3.0])
@pytest.mark.parametrize('index', [0, 100, 333])
def test_truth_equals_masks_painted_one_agent_at_a_time(index, sway):
    camera = arena(seed=1, agents=10, camera_motion=sway)
    _, truth = camera.render(index)
    alone = OneBody(camera, index)
    expected = [agent for agent in range(1, 11) if alone.visible(agent).any()]
    assert truth.ids.tolist() == expected
    for agent, box, visibility in zip(truth.ids, truth.tlwh, truth.visibility, strict=True):
        mask = alone.visible(agent)
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        assert box.tolist() == [
            columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1
        ]
        assert visibility == pytest.approx(mask.sum() / alone.masks[agent].sum())


def test_agents_are_where_the_truth_says():
    """The picture differs from the empty room's inside the boxes, but for shadows."""
    clean = {'noise': 0.0, 'blur': 0.0, 'exposure_drift': 0.0}
    image, truth = arena(**clean).render(60)
    colourful = cv2.absdiff(image, arena(agents=1, seed=0, **clean).render(60)[0]).max(axis=2)
    assert len(truth) >= 6
    for x, y, width, height in truth.tlwh[truth.visibility > 0.9].astype(int)[1:]:
        assert colourful[y:y + height, x:x + width].mean() > 15


def test_boxes_lie_in_the_picture(thousand_frames):
    boxes = np.concatenate([truth.tlwh for truth in thousand_frames])
    assert (boxes[:, :2] >= 0).all() and (boxes[:, 2:] >= 1).all()
    assert (boxes[:, :2] + boxes[:, 2:] <= [SMALL['width'], SMALL['height']]).all()


def test_an_agent_keeps_its_id_and_class(thousand_frames):
    pairs = {
        (agent, class_id) for truth in thousand_frames
        for agent, class_id in zip(truth.ids.tolist(), truth.class_ids.tolist(), strict=True)
    }
    assert sorted(pairs) == [(agent, (agent - 1) % len(CLASSES)) for agent in range(1, 9)]


def test_agents_vanish_and_return_at_least_20_times(thousand_frames):
    is_seen = np.zeros((len(thousand_frames), 9), bool)
    for frame, truth in enumerate(thousand_frames):
        is_seen[frame, truth.ids] = True
    returns = 0
    for seen in is_seen.T[1:]:
        vanished = np.flatnonzero(seen[:-1] & ~seen[1:])
        returns += sum(seen[frame + 1:].any() for frame in vanished)
    assert returns >= 20


def test_mostly_visible_but_often_hidden(thousand_frames):
    shares = np.concatenate([truth.visibility for truth in thousand_frames])
    assert 0.6 < (shares > 0.9).mean() < 0.9
    assert 0.03 < (shares < 0.4).mean() < 0.15


def test_mot_rows_count_what_is_visible_and_excuse_the_rest():
    truth = Truth(
        np.array([2, 5]), np.array([1, 0]), np.array([[1.0, 2, 3, 4], [5, 6, 7, 8]]),
        np.array([0.4, 0.39]), np.array([[3.0, -1.0], [4, 2]]), np.array([[0.5, 0.0], [0, 1]]),
    )
    assert truth.rows_3d(7)[0] == '7,2,3.0000,-1.0000,0.0000,0.5000,0.0000,0.0000\n'
    assert truth.mot_rows(7).tolist() == [
        [7, 2, 1, 2, 3, 4, 1, 1, 0.4], [7, 5, 5, 6, 7, 8, 0, 8, 0.39],
    ]


def test_truth_is_read_only():
    _, truth = arena().render(0)
    with pytest.raises(ValueError, match='read-only'):
        truth.tlwh[0] = 0


# --- metres

LOW = {'camera_height': 1.2, 'camera_pitch': 0.1}


@pytest.mark.parametrize('options', [{}, LOW, {**LOW, 'camera_speed': 0.5}])
@pytest.mark.parametrize('index', [0, 150])
def test_places_are_where_the_picture_shows_them(options, index):
    """The pose and the calibration carry places to the feet of the boxes, and depth agrees."""
    camera = arena(size={'width': 320, 'height': 240}, seed=2, agents=6, **options)
    shot = camera.look(index)
    k = np.reshape(arena_calibration(320, 240).k, (3, 3))
    depth = shot.depth() / 1000
    whole = np.flatnonzero(shot.truth.visibility > 0.95)
    assert len(whole)
    for place, (left, top, width, height) in zip(
        shot.truth.places[whole], shot.truth.tlwh[whole], strict=True
    ):
        seen = k @ shot.pose.rotation.T @ ([*place, 0.3] - shot.pose.position)
        column, row = seen[:2] / seen[2]
        assert left - 2 <= column <= left + width + 2
        assert top - 2 <= row <= top + height + 2
        inside = depth[int(top):int(top + height), int(left):int(left + width)]
        near = np.abs(inside[inside > 0] - seen[2]) < 0.8
        assert near.mean() > 0.15


def test_depth_has_noise_that_grows_and_holes():
    camera = arena(size={'width': 320, 'height': 240}, agents=1)
    first, second = (camera.look(index).depth().astype(float) for index in (0, 1))
    for depth in (first, second):
        assert 0.03 < (depth == 0).mean() < 0.2
    both = (first > 0) & (second > 0)
    near, far = (both & (first > low) & (first < high) for low, high in ((0, 7e3), (11e3, 2e4)))
    noise = [np.median(np.abs(first - second)[part]) for part in (near, far)]
    assert 0 < noise[0] < 0.6 * noise[1] < 300
    assert np.array_equal(first, camera.look(0).depth())


def test_the_camera_drives_at_its_speed_with_turns():
    camera = arena(**LOW, camera_speed=0.5, agents=1)
    poses = [camera.survey(index)[0] for index in range(0, 600, 6)]
    steps = np.diff([pose.position for pose in poses], axis=0)
    assert np.linalg.norm(steps, axis=1) == pytest.approx(0.5 * 0.2, rel=0.02)
    ahead = np.array([pose.rotation[:, 2] for pose in poses])
    turns = np.degrees(np.arctan2(ahead[:, 1], ahead[:, 0]))
    assert turns.min() < -15 and turns.max() > 15
    assert camera.survey(0)[0].position.tolist() == poses[0].position.tolist()


def test_velocities_are_those_of_the_places():
    camera = arena(seed=3)
    before, now, after = (camera.render(index)[1] for index in (59, 60, 61))
    both = [agent for agent in now.ids if agent in before.ids and agent in after.ids]
    moved = [truth.places[np.isin(truth.ids, both)] for truth in (before, after)]
    true = now.velocities[np.isin(now.ids, both)]
    assert np.median(np.abs((moved[1] - moved[0]) * 15 - true)) < 0.05


def test_without_a_depth_camera_there_is_no_depth():
    assert arena(depth=False).look(0).depth is None


# --- determinism


def test_the_same_frames_in_any_order():
    first, second = arena(seed=4, camera_motion=1.0), arena(seed=4, camera_motion=1.0)
    forward = [digest(first.render(index)[0]) for index in range(12)]
    assert [digest(second.render(index)[0]) for index in (11, 3, 3, 0)] == [
        forward[index] for index in (11, 3, 3, 0)
    ]
    assert len(set(forward)) == 12


def test_nothing_global_matters():
    np.random.seed(1)  # noqa: NPY002
    before = digest(arena().render(5)[0])
    np.random.seed(2)  # noqa: NPY002
    other = arena(seed=9)
    camera = arena()
    other.render(3)
    assert digest(camera.render(5)[0]) == before


def test_seeds_differ():
    assert digest(arena(seed=1).render(0)[0]) != digest(arena(seed=2).render(0)[0])


@pytest.mark.parametrize('rate', [7.0, 60.0, 100.0])
def test_the_rate_only_samples(rate):
    seconds = 7
    slow, fast = arena().render(30 * seconds), arena(rate=rate).render(round(rate * seconds))
    assert fast[1].ids.tolist() == slow[1].ids.tolist()
    assert fast[1].tlwh.tolist() == slow[1].tlwh.tolist()


def test_a_picture_is_the_callers_own():
    camera = arena(noise=0.0, blur=0.0)
    image, _ = camera.render(0)
    before = digest(image)
    image[:] = 0
    assert digest(camera.render(0)[0]) == before


# --- parameters


@pytest.mark.parametrize('name, low, high', [
    ('noise', 0.0, 10.0), ('blur', 0.0, 2.0), ('exposure_drift', 0.0, 0.3),
    ('camera_motion', 0.0, 2.0),
])
def test_each_defect_shows(name, low, high):
    image, worse = (arena(**{name: value}).render(80)[0] for value in (low, high))
    assert cv2.absdiff(image, worse).mean() > 1


def test_noise_has_the_strength_asked_for():
    calm, noisy = (arena(noise=value).render(3)[0] for value in (0.0, 6.0))
    middling = (calm > 40) & (calm < 215)
    difference = noisy[middling].astype(float) - calm[middling]
    assert difference.std() == pytest.approx(6.0, rel=0.05)
    assert abs(difference.mean()) < 0.2


def test_noise_is_new_in_each_frame():
    camera = arena(noise=6.0, blur=0.0, exposure_drift=0.0)
    first, second = (camera.render(index)[0] for index in (3, 4))
    assert np.median(cv2.absdiff(first, second)) > 3  # most of the room stands still


@pytest.mark.parametrize('size', [(64, 64), (97, 64), (64, 333), (321, 99)])
def test_any_size(size):
    image, truth = arena(size={'width': size[0], 'height': size[1]}).render(0)
    assert image.shape == (size[1], size[0], 3) and image.dtype == np.uint8
    assert len(truth)


@pytest.mark.parametrize('agents', [1, 3, 40])
def test_any_number_of_agents(agents):
    camera = arena(agents=agents)
    seen = {agent for index in range(0, 400, 50) for agent in camera.render(index)[1].ids}
    assert seen <= set(range(1, agents + 1)) and len(seen) > 0.8 * agents


@pytest.mark.parametrize('size, rate, message', [
    ((16, 16), 30.0, 'an arena of 16 x 16 pixels cannot be drawn; give 64 to 4096'),
    ((640, 63), 30.0, '640 x 63'),
    ((9999, 480), 30.0, '9999 x 480'),
    ((640, 480), 0.0, 'rate: 0 is no rate for the arena'),
    ((640, 480), float('nan'), 'rate: nan'),
])
def test_refused_with_a_reason(size, rate, message):
    with pytest.raises(ConfigurationError, match=message):
        arena(size={'width': size[0], 'height': size[1]}, rate=rate)


def test_no_agents_are_refused():
    with pytest.raises(ConfigurationError, match='agents: 0 is out of range 1'):
        arena(agents=0)


# --- training pictures


def test_labelled_pictures_are_of_the_size_and_number_asked_for():
    found = list(labelled_pictures([11, 12], 3, **SMALL))
    assert [image.shape for image, _ in found] == [(120, 160, 3)] * 6
    assert {digest(image) for image, _ in found} == {
        digest(image) for image, _ in labelled_pictures([11, 12], 3, **SMALL)
    }
    assert len({digest(image) for image, _ in found}) == 6
