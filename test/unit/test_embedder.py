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

"""Vectors that tell objects apart, with and without a network."""

import numpy as np
from onnx_files import HALF, write_mean_colour_network
import pytest

from yolo_deepsort_ros import Detections, Embedder
from yolo_deepsort_ros.config.network_config import AUTO_BACKENDS, EmbedderConfig
from yolo_deepsort_ros.config.node_configs import TrackerNodeConfig
from yolo_deepsort_ros.errors import ConfigurationError, InputError, ModelError
from yolo_deepsort_ros.inference.opencv import OpenCVNetwork
from yolo_deepsort_ros.models.onnx.writer import GraphWriter

pytestmark = pytest.mark.filterwarnings('error')
BOXES = np.array([[10, 10, 30, 60], [100, 40, 8, 8], [60, 5, 50.5, 20.25], [0, 0, 160, 120]])


@pytest.fixture(scope='module')
def picture():
    return np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)


@pytest.fixture(scope='module', params=['descriptor', 'opencv', 'onnxruntime'])
def embedder(request, tmp_path_factory):
    if request.param == 'descriptor':
        return Embedder()
    if request.param == 'onnxruntime':
        pytest.importorskip('onnxruntime')
    path = write_mean_colour_network(tmp_path_factory.mktemp('reid') / 'mean.onnx')
    return Embedder(path, backend=request.param)


def test_unit_vectors_one_for_each_box(embedder, picture):
    features = embedder.embed(picture, BOXES)
    assert features.shape == (4, embedder.dimension)
    assert features.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(features, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize('none', [[], np.zeros((0, 4))])
def test_no_boxes(embedder, picture, none):
    assert embedder.embed(picture, none).shape == (0, embedder.dimension)


def test_together_is_as_one_by_one(embedder, picture):
    single = [embedder.embed(picture, [box])[0] for box in BOXES]
    np.testing.assert_allclose(embedder.embed(picture, BOXES), single, atol=1e-5)


def test_only_the_part_on_the_picture_counts(embedder, picture):
    np.testing.assert_allclose(
        embedder.embed(picture, [[-50, -30, 80, 90]]),
        embedder.embed(picture, [[0, 0, 30, 60]]), atol=1e-6)


@pytest.mark.parametrize('box, nearest', [
    ((500, 500, 20, 20), (159, 119, 1, 1)),
    ((-500, 30, 20, 1), (0, 30, 1, 1)),
    ((50, -90, 4, 20), (50, 0, 4, 1)),
    ((20.4, 30.4, 0.1, 0.1), (20, 30, 1, 1)),
    ((20, 30, -5, -5), (20, 30, 1, 1)),
    ((1e12, -1e12, 1e12, 1e9), (159, 0, 1, 1)),
])
def test_a_box_without_a_pixel_takes_the_nearest(embedder, picture, box, nearest):
    features = embedder.embed(picture, [box])
    np.testing.assert_allclose(features, embedder.embed(picture, [nearest]), atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(features), 1, atol=1e-5)


@pytest.mark.parametrize('value', [0, 127, 255])
def test_plain_pictures(embedder, value):
    features = embedder.embed(np.full((50, 50, 3), value, np.uint8), [[5, 5, 20, 20]])
    np.testing.assert_allclose(np.linalg.norm(features), 1, atol=1e-5)


def test_the_frame_is_not_changed(embedder, picture):
    before = picture.copy()
    embedder.embed(picture, BOXES)
    np.testing.assert_array_equal(picture, before)


def test_a_vector_of_length_zero_becomes_one_that_says_nothing(tmp_path):
    network = write_mean_colour_network(tmp_path / 'a.onnx', last='Relu')
    black = np.zeros((20, 20, 3), np.uint8)  # whose means are negative, hence 0
    features = Embedder(network).embed(black, [[0, 0, 9, 9]])
    np.testing.assert_allclose(features, 3 ** -0.5, rtol=1e-6)


def test_a_crop_without_a_number_leaves_the_others_theirs(tmp_path, caplog):
    embedder = Embedder(write_mean_colour_network(tmp_path / 'a.onnx', last='Sqrt'))
    picture = np.zeros((20, 40, 3), np.uint8)  # whose roots are NaN
    picture[:, 20:] = 255
    boxes = np.array([[0, 0, 9, 9], [25, 0, 9, 9]])
    for _ in range(2):
        features = embedder.embed(picture, boxes)
    assert np.isnan(features).tolist() == [[True] * 3, [False] * 3]
    assert caplog.text.count('matched by overlap alone') == 1
    Detections(boxes, [0.9, 0.9]).with_features(features)


def test_a_network_that_yields_no_numbers(tmp_path):
    with pytest.raises(ModelError, match='NaN or infinite'):
        Embedder(write_mean_colour_network(tmp_path / 'a.onnx', last='Log'))


@pytest.mark.parametrize('boxes, words', [
    ([[0, 0, np.nan, 5]], 'NaN or infinite'),
    ([[0, 0, np.inf, 5]], 'NaN or infinite'),
    ([1, 2, 3, 4], r'shape \(4,\)'),
    ([[1, 2, 3]], r'shape \(1, 3\)'),
])
def test_what_are_no_boxes(embedder, picture, boxes, words):
    with pytest.raises(InputError, match=words):
        embedder.embed(picture, boxes)


def test_what_is_no_picture(embedder):
    with pytest.raises(InputError, match='must hold uint8'):
        embedder.embed(np.zeros((5, 5, 3)), BOXES)


def test_the_descriptor_tells_colours_and_their_places_apart():
    red, blue = (0, 0, 255), (255, 0, 0)
    picture = np.empty((60, 120, 3), np.uint8)
    picture[:] = red
    picture[:30, 30:60] = blue  # blue above red
    picture[30:, 60:90] = blue  # red above blue
    picture[:, 90:] = np.uint8(red) // 2  # dark red
    features = Embedder().embed(picture, [[x, 0, 30, 60] for x in (0, 30, 60, 90)])
    likeness = features @ features.T
    assert likeness[1, 2] < likeness[0, 1] < likeness[0, 3], 'places, then colours, then light'
    assert likeness[0, 3] > 0.8
    assert likeness[1, 2] < 0, 'what has nothing in common'


def scene(ground, *objects):
    """Draw figures, narrower than their boxes, on a ground; the boxes are SPOTS."""
    picture = np.empty((120, 200, 3), np.uint8)
    picture[:] = ground
    for (x, y, w, h), (top, bottom) in zip(SPOTS, objects, strict=False):
        picture[y:y + h // 2, x + w // 3:x + w - w // 3] = top
        picture[y + h // 2:y + h, x + w // 3:x + w - w // 3] = bottom
    return picture


SPOTS = ((30, 30, 30, 60), (130, 30, 30, 60))
RED, GREEN, BLUE, GREY = (30, 30, 220), (60, 160, 60), (200, 80, 40), (128, 128, 128)


@pytest.mark.parametrize('ground, other_ground', [
    (GREEN, GREY), ((60, 60, 60), (190, 190, 190)), ((150, 150, 60), (60, 120, 180)),
], ids=['coloured and grey', 'dark and light', 'two colours'])
@pytest.mark.parametrize('figure, other_figure', [
    ((RED, BLUE), (BLUE, BLUE)), ((RED, BLUE), (RED, (30, 30, 30))),
], ids=['other above', 'other below'])
def test_the_object_counts_more_than_its_background(
        ground, other_ground, figure, other_figure):
    first, second = Embedder().embed(scene(ground, figure, other_figure), SPOTS)
    elsewhere = Embedder().embed(scene(other_ground, figure), SPOTS[:1])[0]
    assert first @ elsewhere > first @ second


def test_an_object_of_the_colour_of_its_background_is_still_described():
    picture = scene(GREEN, (GREEN, GREEN), (RED, RED))
    first, second = Embedder().embed(picture, SPOTS)
    np.testing.assert_allclose(first, Embedder().embed(picture, [(0, 0, 200, 20)])[0], atol=1e-6)
    assert first @ second < 0.5


@pytest.mark.parametrize('cut', [slice(50, None), slice(None, 80)], ids=['left', 'right'])
def test_the_edge_of_the_picture_is_no_background(cut):
    """An object there would else lose the colours of its own edge."""
    picture = np.empty((60, 130, 3), np.uint8)
    picture[:] = GREY
    picture[:, 50:80] = BLUE
    picture[:, 50:58] = picture[:, 72:80] = RED
    there = (0 if cut.start else 50, 0, 30, 60)
    np.testing.assert_allclose(
        Embedder().embed(picture[:, cut].copy(), [there]),
        Embedder().embed(picture, [(50, 0, 30, 60)]), atol=1e-6)


@pytest.mark.parametrize('backend', ['opencv', 'onnxruntime'])
@pytest.mark.parametrize('name, shape, batch_size', [
    ('any batch', (0, 3, 16, 8), 3),
    ('one at a time', (0, 3, 16, 8), 1),
    ('exactly one', (1, 3, 16, 8), 32),
    ('exactly three', (3, 3, 16, 8), 32),
])
def test_batches(tmp_path, picture, backend, name, shape, batch_size):
    if backend == 'onnxruntime':
        pytest.importorskip('onnxruntime')
    boxes = np.random.default_rng(1).uniform(1, 60, (7, 4))
    whole = Embedder(write_mean_colour_network(tmp_path / 'a.onnx'), backend='opencv')
    embedder = Embedder(
        write_mean_colour_network(tmp_path / 'b.onnx', shape), backend=backend,
        reid_batch_size=batch_size)
    np.testing.assert_allclose(
        embedder.embed(picture, boxes), whole.embed(picture, boxes), atol=1e-5)


def test_a_library_that_takes_one_crop_at_a_time(tmp_path, picture, monkeypatch):
    """As OpenCV 4.6 does with OSNet."""
    path = write_mean_colour_network(tmp_path / 'a.onnx')
    expected = Embedder(path, backend='opencv').embed(picture, BOXES)
    run = OpenCVNetwork.run

    def run_one(network, batch):
        if len(batch) > 1:
            raise ModelError('one at a time')
        return run(network, batch)

    monkeypatch.setattr(OpenCVNetwork, 'run', run_one)
    features = Embedder(path, backend='opencv').embed(picture, BOXES)
    np.testing.assert_allclose(features, expected, atol=1e-6)


def test_the_network_gets_normalised_red_green_blue(tmp_path):
    picture = np.zeros((20, 20, 3), np.uint8)
    picture[:] = 30, 60, 90  # blue, green, red
    feature = Embedder(write_mean_colour_network(tmp_path / 'a.onnx')).embed(
        picture, [[0, 0, 20, 20]])[0]
    rgb = (np.array([90, 60, 30]) / 255 - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
    np.testing.assert_allclose(feature, rgb / np.linalg.norm(rgb), atol=1e-5)


@pytest.mark.parametrize('name, shape, last, words', [
    ('grey', (0, 1, 16, 8), 'Flatten', r"'x' \(\? x 1 x 16 x 8\)"),
    ('of any size', (0, 3, 0, 0), 'Flatten', r'one, N x 3 x H x W with H and W fixed'),
    ('of absurd size', (0, 3, 2**30, 2**30), 'Flatten', 'none above 2048'),
    ('not pictures', (0, 3), 'Flatten', 'one, N x 3 x H x W'),
    ('maps', (0, 3, 16, 8), '', r'expected \(1, D\)'),
])
def test_other_networks(tmp_path, name, shape, last, words):
    path = write_mean_colour_network(tmp_path / 'a.onnx', shape, last)
    with pytest.raises(ModelError, match=words):
        Embedder(path)


@pytest.mark.parametrize('backend', AUTO_BACKENDS)
def test_a_network_in_half_precision(tmp_path, picture, backend):
    if backend != 'opencv':
        pytest.importorskip(backend)
    whole = Embedder(write_mean_colour_network(tmp_path / 'a.onnx')).embed(picture, BOXES)
    half = write_mean_colour_network(tmp_path / 'half.onnx', kind=HALF)
    features = Embedder(half, backend=backend).embed(picture, BOXES)
    assert features.dtype == np.float32
    np.testing.assert_allclose(features, whole, atol=2e-3)


def test_a_classifier_is_none(tmp_path, caplog):
    with pytest.raises(ModelError, match='the probabilities of 3 classes, which describe nobody'):
        Embedder(write_mean_colour_network(tmp_path / 'a.onnx', last='Softmax'))
    graph = GraphWriter()
    graph.add_input('x', (1, 3, 16, 8))
    weights = graph.add_weights('w', np.ones((3 * 16 * 8, 751), np.float32))
    graph.add_node('Flatten', ['x'], 'flat')
    graph.add_node('MatMul', ['flat', weights], 'y')
    graph.add_output('y', (1, 751))
    path = tmp_path / 'logits.onnx'
    path.write_bytes(graph.content({}))
    Embedder(path)
    assert '751 numbers, as many as there are people in Market-1501' in caplog.text


def test_files_that_are_no_networks(tmp_path):
    with pytest.raises(ModelError, match='No such file'):
        Embedder(tmp_path / 'none.onnx')
    (tmp_path / 'a.onnx').write_text('<html>')
    with pytest.raises(ModelError, match='not an ONNX file'):
        Embedder(tmp_path / 'a.onnx')
    pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 100\n'
    (tmp_path / 'a.onnx').write_text(pointer)
    with pytest.raises(ModelError, match='a Git LFS pointer, not the file itself: run git lfs'):
        Embedder(tmp_path / 'a.onnx')


def test_parameters_by_name_or_at_once(tmp_path):
    config = TrackerNodeConfig.from_mapping({'reid_batch_size': 4}).tracking.embedder
    assert Embedder(config=config).config is config
    assert Embedder(reid_batch_size=4).config == EmbedderConfig(reid_batch_size=4)
    with pytest.raises(ConfigurationError, match="did you mean 'reid_batch_size'"):
        Embedder(reid_batch=4)


@pytest.mark.parametrize('file', [
    'osnet_x0_25_msmt17_flatten.onnx', 'reid_osnet_x025_market1501_flatten.onnx',
])
def test_real_networks_on_both_backends(shared_data, picture, file):
    pytest.importorskip('onnxruntime')
    first, second = (
        Embedder(shared_data / 'models' / file, backend=backend).embed(picture, BOXES)
        for backend in ('opencv', 'onnxruntime')
    )
    assert first.shape == (4, 512)
    np.testing.assert_allclose(first, second, atol=1e-4)
