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

"""The detector on pictures whose objects are known."""

from dataclasses import replace

from darknet_families import C3, definition, DOWN, FINE, HEAD
from darknet_files import (
    draw_object,
    write_colour_network,
    write_network,
    write_random_network,
    write_weights,
)
import numpy as np
import pytest

from yolo_deepsort_ros import Detector
from yolo_deepsort_ros.boxes import iou_matrix
from yolo_deepsort_ros.config.network_config import BACKENDS, DetectorConfig
from yolo_deepsort_ros.errors import ConfigurationError, InputError, ModelError
from yolo_deepsort_ros.yolo.detection_model import DetectionModel

pytestmark = pytest.mark.filterwarnings('error')


@pytest.fixture(scope='module')
def network(tmp_path_factory):
    return write_colour_network(tmp_path_factory.mktemp('network'))[0]


@pytest.fixture(scope='module')
def detector(network):
    return Detector(network)


def grey(width=640, height=480):
    return np.full((height, width, 3), 127, np.uint8)


def test_finds_what_is_there_and_nothing_else(detector):
    picture = grey()
    red = draw_object(picture, 'red', 100, 200)
    blue = draw_object(picture, 'blue', 430, 90)
    found = detector.detect(picture)
    assert detector.labels == ('red', 'blue')
    boxes = {detector.labels[i]: box for i, box in zip(found.class_ids, found.tlwh, strict=True)}
    assert sorted(boxes) == ['blue', 'red']
    assert np.abs(boxes['red'] - red).max() <= 8
    assert np.abs(boxes['blue'] - blue).max() <= 8
    assert (np.diff(found.scores) <= 0).all()
    assert len(detector.detect(grey())) == 0


def test_boxes_scale_with_the_picture(detector):
    small, large = grey(320, 240), grey(1280, 960)
    draw_object(small, 'red', 64, 64)
    draw_object(large, 'red', 256, 256)
    np.testing.assert_allclose(
        4 * detector.detect(small).tlwh, detector.detect(large).tlwh, atol=1e-6)


def test_boxes_may_reach_over_the_edge(detector):
    picture = grey()
    picture[0:78, 0:96] = 0, 0, 255  # the rest of it is above the picture
    found = detector.detect(picture)
    assert len(found) == 1
    assert found.tlwh[0, 1] < 0


def test_boxes_wholly_outside_are_left_out(network, tmp_path):
    cfg = tmp_path / 'shifted.cfg'
    cfg.write_text(network.read_text() + 'scale_x_y=25')  # nine cells to the left and up
    detector = Detector(
        cfg, weights=network.with_suffix('.weights'), names=network.with_suffix('.names'))
    picture = grey()
    draw_object(picture, 'red', 300, 200)
    assert len(detector.detect(picture)) == 1
    draw_object(picture, 'blue', 0, 0)
    assert len(detector.detect(picture)) == 1


@pytest.mark.parametrize('classes, found', [
    ((), ['blue', 'red']), (('red',), ['red']), (['blue'], ['blue']),
])
def test_class_filter(network, classes, found):
    picture = grey()
    draw_object(picture, 'red', 100, 200)
    draw_object(picture, 'blue', 430, 90)
    detector = Detector(network, classes=classes)
    assert sorted(detector.labels[i] for i in detector.detect(picture).class_ids) == found


def test_confidence_acts_below_a_fifth(tmp_path):
    cfg, _ = write_random_network(tmp_path, seed=3)
    picture = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    everything = Detector(cfg, confidence=0.0, nms_iou=1.0, max_detections=10000)
    scores = everything.detect(picture).scores
    assert len(scores) == 2 * (8 * 12 + 16 * 24), 'one box for each anchor of each cell'
    assert (scores < 0.2).any()
    for confidence in scores[[40, 500, 900, -2]].tolist():
        found = Detector(
            cfg, confidence=confidence, nms_iou=1.0, max_detections=10000).detect(picture)
        assert len(found) == (scores >= confidence).sum() < len(scores)


def test_input_size(network):
    detector = Detector(network, input_size=(320, 256))
    assert detector.input_size == (320, 256)
    picture = grey(320, 256)
    picture[100:124, 100:124] = 0, 0, 255  # an object at this scale
    np.testing.assert_allclose(detector.detect(picture).tlwh, [[100, 100, 24, 24]], atol=4)


@pytest.mark.parametrize('name, change', [
    ('grey with an axis', lambda p: p[:, :, :1]),
    ('grey', lambda p: p[:, :, 0]),
    ('with alpha', lambda p: np.dstack([p, p[:, :, 0]])),
    ('every second pixel', lambda p: p[::2, ::2]),
    ('mirrored', lambda p: p[:, ::-1]),
    ('column-major', np.asfortranarray),
    ('one pixel', lambda p: p[:1, :1]),
    ('a line', lambda p: p[:1]),
    ('read-only', lambda p: np.broadcast_to(np.uint8(7), p.shape)),
])
def test_kinds_of_pictures(detector, name, change):
    picture = grey()
    draw_object(picture, 'red', 100, 200)
    before = picture.copy()
    detector.detect(change(picture))
    np.testing.assert_array_equal(picture, before)


def test_with_alpha_and_not_contiguous_give_what_the_plain_picture_gives(detector):
    picture = grey()
    draw_object(picture, 'red', 100, 200)
    expected = detector.detect(picture)
    for same in (np.dstack([picture, picture[:, :, 0]]), np.asfortranarray(picture)):
        np.testing.assert_array_equal(detector.detect(same).tlwh, expected.tlwh)


@pytest.mark.parametrize('name, frame, words', [
    ('nothing', None, 'must be an array, not NoneType'),
    ('floats', np.zeros((4, 4, 3)), 'must hold uint8, not float64'),
    ('16 bits', np.zeros((4, 4), np.uint16), 'must hold uint8, not uint16'),
    ('two channels', np.zeros((4, 4, 2), np.uint8), r'shape \(4, 4, 2\)'),
    ('a batch', np.zeros((1, 4, 4, 3), np.uint8), r'shape \(1, 4, 4, 3\)'),
    ('a row', np.zeros(9, np.uint8), r'shape \(9,\)'),
    ('no rows', np.zeros((0, 4, 3), np.uint8), 'has no pixels'),
    ('no columns', np.zeros((4, 0), np.uint8), 'has no pixels'),
])
def test_what_is_no_picture(detector, name, frame, words):
    with pytest.raises(InputError, match=words):
        detector.detect(frame)


def test_a_batch_is_what_each_picture_gives_alone(network):
    pictures = [grey(), grey(320, 240), grey(96, 128), grey()[:, :, 0]]
    pictures[0][200:296, 100:196] = pictures[2][50:74, 30:54] = 0, 0, 255
    for resize in ('stretch', 'letterbox', 'rectangle'):
        detector = Detector(network, resize=resize)
        assert detector.detect_batch([]) == []
        for alone, together in zip(
            map(detector.detect, pictures), detector.detect_batch(pictures), strict=True
        ):
            np.testing.assert_allclose(alone.tlwh, together.tlwh, atol=1e-3)
            np.testing.assert_array_equal(alone.class_ids, together.class_ids)
    assert len(together) == 0 < len(detector.detect(pictures[2]))


@pytest.mark.parametrize('resize', ['letterbox', 'rectangle'])
@pytest.mark.parametrize('backend', BACKENDS)
def test_the_aspect_is_kept(network, backend, resize):
    if backend != 'opencv':
        pytest.importorskip(backend)
    detector = Detector(network, resize=resize, backend=backend)
    width, height = detector.input_size
    picture = grey(2 * width, height)  # shown at half its size
    left, top, side = width - 40, height // 2 - 40, 48
    picture[top:top + side, left:left + side] = 0, 0, 255
    found = detector.detect(picture)
    assert len(found) == 1
    centre = found.tlwh[0, :2] + found.tlwh[0, 2:] / 2
    np.testing.assert_allclose(centre, [left + side / 2, top + side / 2], atol=16)


@pytest.mark.parametrize('resize', ['stretch', 'letterbox', 'rectangle'])
@pytest.mark.parametrize('backend', BACKENDS)
def test_pictures_of_any_size(network, backend, resize):
    if backend != 'opencv':
        pytest.importorskip(backend)
    detector = Detector(network, resize=resize, backend=backend)
    for shape in ((1, 1, 3), (1, 4000), (4000, 1, 4), (8000, 8000), (33, 31, 1)):
        assert len(detector.detect(np.full(shape, 127, np.uint8))) == 0


@pytest.fixture
def coarse(tmp_path):
    """Write a network that sees 64 pixels in its coarsest layer, and twice as fine a one."""
    lines = [f'{DOWN} filters=4'] * 6 + [
        f'{C3} filters=4', 'upsample stride=2', 'route layers=-1,4', FINE, HEAD,
    ]
    text = definition('\n'.join(lines)).replace('96', '192').replace('64', '192')
    cfg, _ = write_network(tmp_path, text)
    cfg.with_suffix('.names').write_text('a\nb')
    return cfg


@pytest.mark.parametrize('backend', BACKENDS)
def test_rectangles_are_multiples_of_the_coarsest_stride(coarse, backend):
    if backend != 'opencv':
        pytest.importorskip(backend)
    detector = Detector(coarse, resize='rectangle', backend=backend, confidence=0.0)
    for shape in ((480, 640), (640, 480), (100, 640), (333, 333)):
        assert len(detector.detect(np.full((*shape, 3), 127, np.uint8))) > 0
    with pytest.raises(ConfigurationError, match=r'input_size: \[96\] .* multiples of 64 up'):
        Detector(coarse, input_size=(96,))
    path = coarse.with_suffix('.onnx')
    path.write_bytes(DetectionModel.read(coarse, coarse.with_suffix('.weights'),
                                         dynamic=True).onnx.content)
    with pytest.raises(ConfigurationError, match='multiples of 64 up'):
        Detector(path, input_size=(96,))
    assert len(Detector(path, resize='rectangle', confidence=0.0).detect(grey())) > 0


@pytest.mark.parametrize('exported', [False, True])
def test_what_a_definition_says_of_inference_is_obeyed(network, tmp_path, exported):
    def changed(old, new):
        text = network.read_text()
        assert old in text
        cfg = tmp_path / 'a.cfg'
        cfg.write_text(text.replace(old, new))
        names, weights = (network.with_suffix(suffix) for suffix in ('.names', '.weights'))
        if not exported:
            return Detector(cfg, weights=weights, names=names)
        out = tmp_path / 'a.onnx'
        out.write_bytes(DetectionModel.read(cfg, weights, str(names)).onnx.content)
        return Detector(out)

    assert changed('[net]', '[net]').resize == 'stretch'
    assert changed('[net]', '[net]\nletter_box=1').resize == 'letterbox'
    # Two objects whose windows overlap by a third, their centres apart.
    picture = grey()
    draw_object(picture, 'red', 100, 100)
    draw_object(picture, 'red', 140, 100)

    def count(detector):
        detector.adopt(replace(detector.config, nms_iou=0.25))
        return len(detector.detect(picture))

    alike = count(changed('[yolo]', '[yolo]\nnms_kind=greedynms'))
    assert count(changed('[yolo]', '[yolo]')) == alike
    assert count(changed('[yolo]', '[yolo]\nnms_kind=diounms\nbeta_nms=0.6')) > alike


def test_a_network_of_one_size_has_no_rectangles(network, tmp_path):
    path = tmp_path / 'a.onnx'
    path.write_bytes(DetectionModel.read(network, network.with_suffix('.weights')).onnx.content)
    with pytest.raises(ConfigurationError, match='one size only, rectangle needs any: export'):
        Detector(path, resize='rectangle')


def test_most_detections_are_the_strongest(tmp_path):
    cfg, _ = write_random_network(tmp_path, seed=3)
    picture = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    everything = Detector(cfg, confidence=0.0).detect(picture)
    some = Detector(cfg, confidence=0.0, max_detections=7).detect(picture)
    np.testing.assert_array_equal(some.tlwh, everything.tlwh[:7])


def test_suppression_across_classes(tmp_path):
    cfg, _ = write_random_network(tmp_path, seed=3)
    picture = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    by_class, agnostic = (
        Detector(cfg, confidence=0.0, max_detections=1000, nms_agnostic=across).detect(picture)
        for across in (False, True)
    )
    assert len(agnostic) < len(by_class)
    overlaps = iou_matrix(agnostic.tlwh, agnostic.tlwh) - np.eye(len(agnostic))
    assert overlaps.max() <= 0.45


def test_parameters_by_name_or_at_once(network):
    config = DetectorConfig(model=str(network), confidence=0.7)
    assert Detector(config=config).config is config
    assert Detector(network, confidence=0.7).config == config
    with pytest.raises(ConfigurationError, match='either config or model, not both'):
        Detector(network, config)


@pytest.mark.parametrize('name, parameters, words', [
    ('an unknown model', {'model': 'yolov4-tyni'}, "did you mean 'yolov4-tiny'"),
    ('not a cfg', {'model': 'a.weights'}, "'a.weights' is neither a .cfg, .onnx or .param file"),
    ('an unknown parameter', {'confidense': 0.3}, "did you mean 'confidence'"),
    ('out of range', {'confidence': 1.5}, 'out of range'),
    ('an unknown class', {'classes': ('rad',)}, "no 'rad'; did you mean 'red'"),
    ('input size', {'input_size': (100,)}, 'multiples of 32'),
])
def test_wrong_parameters(network, name, parameters, words):
    with pytest.raises(ConfigurationError, match=words):
        Detector(**{'model': network, **parameters})


def test_files_that_do_not_belong_together(network, tmp_path):
    with pytest.raises(ModelError, match=r'none\.weights: No such file'):
        Detector(network, weights=tmp_path / 'none.weights')
    with pytest.raises(ModelError, match=r'none\.names: No such file'):
        Detector(network, names=tmp_path / 'none.names')
    with pytest.raises(ModelError, match='the network needs'):
        Detector(network, weights=write_weights(tmp_path / 'a.weights', [1, 2, 3]))


def test_a_network_that_cannot_run_is_found_before_the_first_frame(tmp_path):
    cfg, _ = write_random_network(tmp_path)
    cfg.write_text(cfg.read_text().replace('[upsample]\nstride=2', '[upsample]\nstride=4'))
    with pytest.raises(ModelError, match='joins layers that differ in size') as caught:
        Detector(cfg)
    assert '\n' not in str(caught.value)


def test_real_pictures(shared_data):
    cv2 = pytest.importorskip('cv2')
    models = shared_data / 'models'
    detector = Detector(
        models / 'yolov4-tiny.cfg', weights=models / 'yolov4-tiny-voc20in80.weights')
    for file, expected in {
        'dog.jpg': {'bicycle': 0.79, 'car': 0.76, 'dog': 0.66},
        'person.jpg': {'person': 0.92, 'horse': 0.52, 'dog': 0.41},
    }.items():
        found = detector.detect(cv2.imread(str(shared_data / 'images' / file)))
        names = [detector.labels[i] for i in found.class_ids]
        assert dict(zip(names, found.scores.round(2), strict=True)) == pytest.approx(
            expected, abs=0.011)
