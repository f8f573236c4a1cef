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

"""Networks of other people's exporters: recognised, decoded, or refused by name."""

from importlib.metadata import EntryPoint
import json
import struct

from foreign_networks import (
    CELLS, FLOAT16, FORMS, HEIGHT, INT64, OBJECTS, padded, ULTRALYTICS, WIDTH, write_family,
    write_network,
)
import numpy as np
from onnx_files import write_mean_colour_network
import pytest

from yolo_deepsort_ros import Detector
from yolo_deepsort_ros.cli.commands import main
from yolo_deepsort_ros.config.network_config import AUTO_BACKENDS
from yolo_deepsort_ros.errors import ConfigurationError, ModelError, YoloDeepsortError
from yolo_deepsort_ros.inference.onnxruntime import OnnxRuntimeNetwork
from yolo_deepsort_ros.models.onnx.model import OnnxModel
from yolo_deepsort_ros.models.onnx.protobuf import field, integer_field
from yolo_deepsort_ros.models.onnx.writer import GraphWriter
from yolo_deepsort_ros.yolo.detection_model import DetectionModel
from yolo_deepsort_ros.yolo.families import recognise

PICTURE = np.full((3 * HEIGHT, 4 * WIDTH, 3), 90, np.uint8)  #: wider than the input


def expected(resize, corner):
    """Return the boxes of `OBJECTS` on `PICTURE`, and their classes."""
    rows = np.array([found[:4] for found in OBJECTS])
    tlwh = np.hstack([rows[:, :2] - rows[:, 2:] / 2, rows[:, 2:]])
    if resize == 'stretch':
        return tlwh * (4, 3, 4, 3)
    tlwh[:, 1] -= 0 if corner else HEIGHT / 8  # what it leaves free above
    return tlwh * 4


@pytest.mark.parametrize('backend', AUTO_BACKENDS)
@pytest.mark.parametrize('form', FORMS)
def test_each_form_is_recognised_and_its_objects_are_found(tmp_path, form, backend):
    if backend != 'opencv':
        pytest.importorskip(backend)
    path = write_family(tmp_path, form)
    read = DetectionModel.read(path)
    assert FORMS[form] == read.family.NAME
    said = read.conventions
    assert said.input_size == (WIDTH, HEIGHT)
    assert said.resize == ('stretch' if FORMS[form] == 'detr' else 'letterbox')
    try:
        detector = Detector(path, backend=backend, confidence=0.3)
    except ModelError as error:
        assert backend == 'opencv', error
        pytest.skip(f'OpenCV does not run it: {error}')
    found = detector.detect(PICTURE)
    np.testing.assert_allclose(found.tlwh, expected(said.resize, said.corner), atol=0.3)
    np.testing.assert_allclose(found.scores, [0.9, 0.6], atol=2e-3)
    assert found.class_ids.tolist() == [2, 0]
    assert len(detector.labels) == 3


@pytest.mark.parametrize('form', FORMS)
def test_each_form_in_half_precision_finds_the_same(tmp_path, form):
    pytest.importorskip('onnxruntime')
    path = write_family(tmp_path, form, FLOAT16)
    said = DetectionModel.read(path).conventions
    found = Detector(path, backend='onnxruntime', confidence=0.3).detect(PICTURE)
    np.testing.assert_allclose(found.tlwh, expected(said.resize, said.corner), atol=1)
    np.testing.assert_allclose(found.scores, [0.9, 0.6], atol=5e-3)
    assert found.class_ids.tolist() == [2, 0]


@pytest.mark.parametrize('width, height', [(64, 32), (224, 160), (736, 1280), (64, 1920)])
@pytest.mark.parametrize('family, strides, boxes', [
    ('ultralytics', (8, 16, 32), 1), ('ultralytics', (4, 8, 16, 32), 1),
    ('yolov5', (8, 16, 32), 3), ('yolox', (8, 16, 32), 1), ('yolox', (16, 32), 1),
])
def test_a_family_is_known_at_any_size(tmp_path, family, strides, boxes, width, height):
    count = boxes * sum((width // stride) * (height // stride) for stride in strides)
    rows = np.zeros((1, 7, count) if family == 'ultralytics' else (1, count, 8))
    path = write_network(tmp_path / 'a.onnx', {'output': rows}, shape=(1, 3, height, width))
    read = DetectionModel.read(path)
    assert family == read.family.NAME
    assert read.conventions.input_size == (width, height)
    assert read.conventions.strides == strides


def test_queries_need_no_multiple_of_a_stride(tmp_path):
    """A DETR has no grid: its input may be of any size."""
    path = write_network(tmp_path / 'a.onnx', {
        'logits': np.zeros((1, 300, 3)), 'pred_boxes': np.full((1, 300, 4), 0.5),
    }, shape=(1, 3, 333, 551))
    assert Detector(path).input_size == (551, 333)


@pytest.mark.parametrize('form', FORMS)
def test_an_export_of_it_describes_itself_and_finds_the_same(tmp_path, form, capsys):
    path, out = write_family(tmp_path, form), tmp_path / 'mine.onnx'
    names = tmp_path / 'my.names'
    names.write_text('un\ndeux\ntrois')
    assert main(['export', str(path), '--out', str(out), '--names', str(names)]) == 0
    assert json.loads(capsys.readouterr().out)['family'] == FORMS[form]
    assert main(['models', 'inspect', str(out)]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts['recognised_by'] == 'metadata of this package'
    assert facts['labels'] == ['un', 'deux', 'trois']
    assert facts['uncertain'] == []
    first, second = Detector(path).detect(PICTURE), Detector(out).detect(PICTURE)
    np.testing.assert_array_equal(first.tlwh, second.tlwh)
    assert main(['export', str(out), '--out', str(tmp_path / 'again.onnx')]) == 2
    assert 'is an .onnx file already' in capsys.readouterr().err


def test_inspect_says_what_goes_in_and_comes_out(tmp_path, capsys):
    assert main(['models', 'inspect', str(write_family(tmp_path, 'yolox'))]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts['family'] == 'yolox'
    assert facts['input'] == {
        'name': 'images', 'size': [WIDTH, HEIGHT], 'any_size': False, 'any_batch': False,
        'type': 'float32', 'colour': 'BGR', 'range': [0, 255], 'resize': 'letterbox', 'fill': 114,
        'corner': True,
    }
    assert facts['outputs'] == [{'name': 'output', 'shape': [1, CELLS, 8]}]
    assert facts['labels'] == ['cup', 'fork', 'dish']
    assert facts['strides'] == [8, 16, 32]
    assert facts['recognised_by'] == 'the shape of its output, boxes in cells'


def test_pictures_come_as_the_family_has_them(tmp_path, monkeypatch):
    seen = []
    run = OnnxRuntimeNetwork.run

    def watched(network, batch):
        seen.append(batch.copy())
        return run(network, batch)
    monkeypatch.setattr(OnnxRuntimeNetwork, 'run', watched)
    picture = np.full((HEIGHT // 2, WIDTH, 3), (10, 20, 30), np.uint8)  # blue, green, red
    for form, colours, fill, rows in (
        ('yolox', (10, 20, 30), 114, slice(HEIGHT // 2)),
        ('yolov5', (30 / 255, 20 / 255, 10 / 255), 114 / 255, slice(HEIGHT // 4, -HEIGHT // 4)),
        ('detr', (30 / 255, 20 / 255, 10 / 255), None, slice(None)),
    ):
        Detector(write_family(tmp_path, form), backend='onnxruntime').detect(picture)
        batch = seen[-1][0]
        np.testing.assert_allclose(batch[:, rows].reshape(3, -1).max(axis=1), colours, rtol=1e-5)
        np.testing.assert_allclose(batch[:, rows].reshape(3, -1).min(axis=1), colours, rtol=1e-5)
        if fill is not None:
            rest = np.delete(batch, np.arange(HEIGHT)[rows], axis=1)
            assert rest.shape[1] == HEIGHT // 2
            np.testing.assert_allclose(rest, fill, rtol=1e-5)


# --- decoding against a slow oracle


def slow(form, outputs, width, height, confidence):
    """Return rows of left, top, width, height, score, class; one box after the other."""
    found = []

    def add(x, y, w, h, score, index):
        if score >= confidence and w > 0 and h > 0:
            found.append((x, y, w, h, score, index))

    if form == 'ultralytics':
        for x, y, w, h, *scores in outputs[0][0].T:
            add(x - w / 2, y - h / 2, w, h, max(scores), int(np.argmax(scores)))
    if form in ('yolov5', 'yolox', 'yolox in pixels'):
        cells = [(column, line, stride) for stride in (8, 16, 32)
                 for line in range(height // stride) for column in range(width // stride)]
        for number, (x, y, w, h, objectness, *scores) in enumerate(outputs[0][0]):
            if form == 'yolox':
                column, line, stride = cells[number]
                x, y = (x + column) * stride, (y + line) * stride
                w, h = np.exp(w) * stride, np.exp(h) * stride
            add(x - w / 2, y - h / 2, w, h, objectness * max(scores), int(np.argmax(scores)))
    if form == 'ultralytics end2end':
        for x, y, right, bottom, score, index in outputs[0][0]:
            add(x, y, right - x, bottom - y, score, int(index))
    if form == 'yolov7 end2end':
        for picture, x, y, right, bottom, index, score in outputs[0]:
            if picture == 0:
                add(x, y, right - x, bottom - y, score, int(index))
    if form == 'detr logits':
        for scores, (x, y, w, h) in zip(outputs[0][0], outputs[1][0], strict=True):
            chances = 1 / (1 + np.exp(-scores))
            add((x - w / 2) * width, (y - h / 2) * height, w * width, h * height,
                max(chances), int(np.argmax(chances)))
    if form == 'detr joined':
        for x, y, w, h, *scores in outputs[0][0]:
            add((x - w / 2) * width, (y - h / 2) * height, w * width, h * height,
                max(scores), int(np.argmax(scores)))
    if form == 'detr':
        for index, (x, y, right, bottom), score in zip(*(o[0] for o in outputs), strict=True):
            add(x * width, y * height, (right - x) * width, (bottom - y) * height, score,
                int(index))
    return np.array(found).reshape(-1, 6)


@pytest.mark.parametrize('form', [
    'ultralytics', 'ultralytics end2end', 'yolov5', 'yolov7 end2end', 'yolox', 'yolox in pixels',
    'detr', 'detr logits', 'detr joined',
])
def test_decoding_is_that_of_a_slow_oracle(tmp_path, form):
    random = np.random.default_rng(3)
    model = OnnxModel.read(write_family(tmp_path, form))
    family, found = recognise.recognise(model)
    outputs = []
    for tensor in model.outputs:
        values = random.random(tensor.shape).astype(np.float32)
        if form == 'ultralytics':
            values[:, :4] *= 60
        elif form in ('ultralytics end2end', 'yolov5', 'yolox in pixels'):
            values[..., :4] *= 60
        if form == 'ultralytics end2end':
            values[..., 5] = random.integers(0, 3, values.shape[:-1])
        if form == 'yolov7 end2end':
            values = random.random((400, 7)).astype(np.float32) * (1, 60, 60, 60, 60, 3, 1)
            values[:, (0, 5)] = np.floor(values[:, (0, 5)] * (2, 1))
        if tensor.name == 'labels':
            values = random.integers(0, 3, tensor.shape).astype(np.float32)
        outputs.append(values.astype(np.float32))
    said = found.conventions
    result = family.decode(outputs, 0, said, (WIDTH, HEIGHT), 0.4)
    rows = slow(form, [output.astype(np.float64) for output in outputs], WIDTH, HEIGHT, 0.4)
    assert len(rows) > 5
    assert len(result.scores) == len(rows)
    np.testing.assert_allclose(result.tlwh, rows[:, :4], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(result.scores, rows[:, 4], atol=1e-4)
    np.testing.assert_array_equal(result.class_ids, rows[:, 5])


# --- what it takes in


def test_pictures_go_one_after_the_other_where_the_batch_is_fixed(tmp_path):
    fixed = Detector(write_family(tmp_path, 'yolox'))
    dynamic = Detector(write_family(tmp_path, 'ultralytics dynamic'), backend='onnxruntime')
    for detector in (fixed, dynamic):
        found = detector.detect_batch([PICTURE, PICTURE[:, :50], PICTURE])
        assert [len(each) for each in found] == [2, len(found[1]), 2]
        np.testing.assert_allclose(found[0].tlwh, found[2].tlwh)


@pytest.mark.parametrize('form, option', [
    ('ultralytics', 'export it with dynamic=True'), ('yolov5', 'export it with --dynamic'),
    ('yolox', 'its exporter makes no other'),
])
def test_one_size_only_names_the_option_of_the_exporter(tmp_path, form, option):
    path = write_family(tmp_path, form)
    with pytest.raises(ConfigurationError, match=f'rectangle needs any: {option}'):
        Detector(path, resize='rectangle')
    with pytest.raises(ConfigurationError, match='runs at 96x64 only: export it with inp'):
        Detector(path, input_size=(128,))


def test_a_file_of_any_size_has_rectangles(tmp_path):
    path = write_family(tmp_path, 'ultralytics dynamic')
    detector = Detector(path, resize='rectangle')
    assert detector.input_size == (WIDTH, HEIGHT), 'of its metadata'
    assert len(detector.detect(PICTURE)) == 2
    assert Detector(path, input_size=(128, 96)).input_size == (128, 96)


def test_labels_by_and_by(tmp_path):
    rows = np.zeros((1, 4 + 80, CELLS))
    assert Detector(write_network(tmp_path / 'a.onnx', {'o': rows})).labels[0] == 'person'
    five = write_network(tmp_path / 'b.onnx', {'o': rows[:, :9]})
    assert Detector(five).labels == ('class_0', 'class_1', 'class_2', 'class_3', 'class_4')
    names = tmp_path / 'x.names'
    names.write_text('a\nb\nc\nd\ne')
    assert Detector(five, names=str(names)).labels == ('a', 'b', 'c', 'd', 'e')
    with pytest.raises(ModelError, match=r'5 labels, but a\.onnx has 80 classes'):
        Detector(tmp_path / 'a.onnx', names=str(names))


def test_labels_in_the_metadata_are_text_when_they_are_used(tmp_path, capsys):
    names = {'names': "{0: 'a\\nb', 1: '\\udcff', 2: 'c\\x00'}"}
    path = write_network(tmp_path / 'a.onnx', {'o': ROWS}, {**ULTRALYTICS, **names})
    assert Detector(path).labels == ('a b', '', 'c')
    assert main(['export', str(path), '--out', str(tmp_path / 'mine.onnx')]) == 0
    assert Detector(tmp_path / 'mine.onnx').labels == ('a b', '', 'c')


# --- what is refused


def ultralytics(path, task, outputs, **more):
    return write_network(path, outputs, {**ULTRALYTICS, 'task': task, **more})


ROWS = np.zeros((1, 7, CELLS))


@pytest.mark.parametrize('name, write, words', [
    ('segmentation', lambda p: ultralytics(p, 'segment', {'a': np.zeros((1, 39, CELLS)),
                                                          'b': np.zeros((1, 32, 16, 24))}),
     'a segmentation network'),
    ('segmentation without metadata', lambda p: write_network(
        p, {'a': np.zeros((1, 39, CELLS)), 'b': np.zeros((1, 32, 16, 24))}),
     'a segmentation network'),
    ('pose', lambda p: ultralytics(p, 'pose', {'a': np.zeros((1, 56, CELLS))}), 'a pose network'),
    ('oriented', lambda p: ultralytics(p, 'obb', {'a': ROWS}), 'an? oriented box network'),
    ('classification', lambda p: ultralytics(p, 'classify', {'a': np.zeros((1, 3))}),
     'a classification'),
    ('classification without metadata', lambda p: write_network(p, {'a': np.zeros((1, 1000))}),
     'classification or re-identification network'),
    ('names that lie', lambda p: ultralytics(p, 'detect', {'a': np.zeros((1, 12, CELLS))}),
     'its metadata names 3 classes, its output has 8'),
    ('nothing known', lambda p: write_network(p, {'a': np.zeros((1, 5, 5, 5))}),
     r"none of own, .*detr puts out 'a' \(1 x 5 x 5 x 5\): give an .* or set output_format"),
    ('boxes of no grid', lambda p: write_network(p, {'a': np.zeros((1, 123, 9999))}),
     r"'a' \(1 x 123 x 9999\)"),
    ('boxes alone', lambda p: write_network(p, {'a': np.zeros((1, 4, CELLS))}), 'none of own'),
    ('NanoDet', lambda p: write_network(
        p, {'output': np.zeros((1, CELLS + 1, 112))}), r'none of own, .*\(1 x 127 x 112\)'),
    ('YOLO-NAS', lambda p: write_network(
        p, {'boxes': np.zeros((1, 8400, 4)), 'scores': np.zeros((1, 8400, 80))}), 'none of own'),
    ('PP-YOLOE', lambda p: write_network(
        p, {'boxes': np.zeros((1, CELLS, 4)), 'scores': np.zeros((1, 80, CELLS))}), 'none of own'),
    ('RF-DETR', lambda p: write_network(
        p, {'dets': np.zeros((1, 300, 4)), 'labels': np.zeros((1, 300, 5))}),
     'a DETR or RF-DETR'),
    ('Darknet converted', lambda p: write_network(
        p, {'boxes': np.zeros((1, 2535, 1, 4)), 'confs': np.zeros((1, 2535, 80))}),
     r'a Darknet network in a conv.*give its \.cfg'),
    ('YOLOv7 without anchors', lambda p: write_network(
        p, {'a': np.zeros((1, 3, 8, 12, 85)), 'b': np.zeros((1, 3, 4, 6, 85))}), 'with --grid'),
    ('DETR of old', lambda p: write_network(
        p, {'logits': np.zeros((1, 100, 92)), 'pred_boxes': np.zeros((1, 100, 4))}),
     'normalised otherwise'),
    ('grey', lambda p: write_network(p, {'a': ROWS}, shape=(1, 1, HEIGHT, WIDTH)), 'not pictures'),
    ('with alpha', lambda p: write_network(p, {'a': ROWS}, shape=(1, 4, HEIGHT, WIDTH)),
     'not pictures'),
    ('channels last', lambda p: write_network(p, {'a': ROWS}, shape=(1, HEIGHT, WIDTH, 3)),
     'not pictures of three planes: export it with channels first'),
    ('channels last, a whole grid', lambda p: write_network(
        p, {'a': np.zeros((1, 84, 8400))}, shape=(1, 640, 640, 3)),
     'not pictures of three planes: export it with channels first'),
    ('of integers', lambda p: write_network(p, {'a': ROWS}, kind=INT64), 'a type other than'),
    ('of four at once', lambda p: write_network(
        p, {'a': np.zeros((4, 7, CELLS))}, shape=(4, 3, HEIGHT, WIDTH)),
     'runs on batches of 4 pictures only'),
    ('NaN', lambda p: write_network(p, {'a': np.full((1, 7, CELLS), np.nan)}), 'puts out NaN'),
    ('another shape than it says', lambda p: write_network(
        p, {'a': np.zeros((1, 3, 5))}, declared={'a': (1, 7, CELLS)}),
     r'puts out \(1, 3, 5\), expected ultralytics|cannot run this network'),
])
def test_what_cannot_be_used_is_one_line(tmp_path, name, write, words):
    path = write(tmp_path / 'a.onnx')
    with pytest.raises(ModelError, match=words) as caught:
        Detector(path)
    assert '\n' not in str(caught.value)
    assert len(str(caught.value)) < 700


def test_a_format_may_be_forced(tmp_path):
    rows = padded(np.array([[30, 20, 12, 8, 0.9, 0.1, 0.8]]), 77)
    path = write_network(tmp_path / 'a.onnx', {'a': rows})
    with pytest.raises(ModelError, match='set output_format'):
        Detector(path, resize='letterbox', names='')
    assert len(Detector(path, output_format='yolov5').detect(PICTURE)) == 1
    with pytest.raises(ConfigurationError, match="'yolov6' is no family of networks; did you"):
        Detector(path, output_format='yolov6')
    with pytest.raises(ConfigurationError, match='are not those of yolov7_end2end'):
        Detector(path, output_format='yolov7_end2end')
    with pytest.raises(ModelError, match='does not say what its outputs mean'):
        Detector(path, output_format='own')


def test_a_text_file(tmp_path):
    (tmp_path / 'a.onnx').write_text('not a network')
    with pytest.raises(ModelError, match='not an ONNX file, or cut off'):
        Detector(tmp_path / 'a.onnx')


def initializer(*parts):
    """Return a file whose only weight has those fields."""
    graph = field(5, b''.join([field(8, 'w'), integer_field(2, 1), *parts]))
    return integer_field(1, 7) + field(7, graph) + field(8, integer_field(2, 13))


@pytest.mark.parametrize('content, words', [
    (initializer(integer_field(1, 10), integer_field(14, 1)), 'its weights lie in another file'),
    (initializer(*[integer_field(1, 2**20)] * 3), f'w has {2**60} numbers in 0 bytes'),
    (initializer(integer_field(1, 100), field(9, struct.pack('<f', 1))), 'are cut off'),
])
def test_weights_that_are_not_there(tmp_path, content, words):
    (tmp_path / 'a.onnx').write_bytes(content)
    with pytest.raises(ModelError, match=words):
        Detector(tmp_path / 'a.onnx')


def test_a_small_file_that_asks_for_much_memory(tmp_path):
    graph = GraphWriter()
    graph.add_input('images', (1, 3, HEIGHT, WIDTH))
    sides = graph.add_weights('sides', np.array([2**15, 2**15, 8], np.int64))
    graph.add_node('ConstantOfShape', [sides], 'o')
    graph.add_output('o', (2**15, 2**15, 8))
    (tmp_path / 'a.onnx').write_bytes(graph.content({}))
    with pytest.raises(ModelError, match=f'ConstantOfShape makes {2**33} numbers of few'):
        Detector(tmp_path / 'a.onnx')


@pytest.mark.parametrize('between', ['Relu', 'Conv'])
def test_a_chain_that_doubles_is_refused_unread(tmp_path, between):
    graph = GraphWriter()
    last = graph.add_input('images', (1, 3, HEIGHT, WIDTH))
    one = graph.add_weights('one', np.zeros((3, 3, 1, 1), np.float32))
    last = graph.add_node(between, [last, one][:1 + (between == 'Conv')], 'start')
    for number in range(40):
        last = graph.add_node('Concat', [last, last], f'twice.{number}', axis=0)
        last = graph.add_node('Sigmoid', [last], f'sigmoid.{number}')
    graph.add_output(last, (1, 7, CELLS))
    (tmp_path / 'a.onnx').write_bytes(graph.content({}))
    with pytest.raises(ModelError, match=r'Concat makes [0-9]+ numbers of few, the limit is'):
        Detector(tmp_path / 'a.onnx')


@pytest.mark.parametrize('backend', AUTO_BACKENDS)
def test_an_opset_of_the_future(tmp_path, backend):
    if backend != 'opencv':
        pytest.importorskip(backend)
    path = write_family(tmp_path, 'ultralytics')
    before = field(8, integer_field(2, 13))
    assert path.read_bytes().count(before) == 1
    path.write_bytes(path.read_bytes().replace(before, field(8, integer_field(2, 99))))
    try:
        assert len(Detector(path, backend=backend).detect(PICTURE)) == 2
    except ModelError as error:
        assert 'cannot run this network' in str(error)
        assert '\n' not in str(error)


def test_numbers_that_overflow_on_a_picture_are_said_once(tmp_path, caplog, monkeypatch):
    detector = Detector(write_family(tmp_path, 'ultralytics'), backend='onnxruntime')
    nothing = np.full((1, 7, CELLS), np.nan, np.float32)
    monkeypatch.setattr(OnnxRuntimeNetwork, 'run', lambda *_: [nothing])
    for _ in range(3):
        assert len(detector.detect(PICTURE)) == 0
    assert caplog.text.count('puts out NaN and finds nothing') == 1


def test_class_numbers_beyond_the_labels_are_left_out(tmp_path):
    rows = np.array([[[10, 10, 30, 30, 0.9, 3], [40, 10, 60, 30, 0.8, 1], [1, 1, 9, 9, 0.7, -1],
                      [5, 5, 20, 20, np.nan, 1], [5, 5, 20, np.inf, 0.9, 1]]])
    path = write_network(tmp_path / 'a.onnx', {'a': np.nan_to_num(rows, nan=0, posinf=1e38)},
                         {'names': ULTRALYTICS['names']})
    found = Detector(path).detect(PICTURE)
    assert found.class_ids.tolist() == [1]


# --- integers


def quantised(path, kind):
    """Write an Ultralytics head behind integers of eight bits, signed or not."""
    graph = GraphWriter()
    graph.add_input('images', (1, 3, HEIGHT, WIDTH))
    scale = graph.add_weights('scale', np.array(1 / 128, np.float32))
    zero = graph.add_weights('zero', np.array(0, kind))
    integers = graph.add_node('QuantizeLinear', ['images', scale, zero], 'integers')
    again = graph.add_node('DequantizeLinear', [integers, scale, zero], 'again')
    mean = graph.add_node('ReduceMean', [again], 'mean', axes=[1, 2, 3], keepdims=1)
    form = graph.add_weights('form', np.array([1, 1, 1], np.int64))
    flat = graph.add_node('Reshape', [mean, form], 'flat')
    weights = graph.add_weights('w', np.zeros((1, 7, CELLS), np.float32))
    graph.add_node('Mul', [flat, weights], 'output0')
    graph.add_output('output0', (1, 7, CELLS))
    path.write_bytes(graph.content(ULTRALYTICS))
    return path


def test_integers_of_others_go_to_onnx_runtime(tmp_path):
    for backend in ('openvino', 'onnxruntime'):
        pytest.importorskip(backend)
    for kind in (np.int8, np.uint8):
        path = quantised(tmp_path / 'a.onnx', kind)
        assert Detector(path).backend.startswith('ONNX Runtime')
    assert Detector(path, backend='openvino').backend.startswith('OpenVINO')
    path = quantised(path, np.int8)
    with pytest.raises(ModelError, match='computes signed activations of 8 bits wrongly'):
        Detector(path, backend='openvino')


# --- other packages


class Plugin:
    """A family of another package: one output (1, N, 5), corners and score."""

    NAME = 'mine'
    SUPPRESSES = True
    DYNAMIC_EXPORT = ''

    def recognise(self, model, is_forced):
        from yolo_deepsort_ros.models.conventions import Conventions
        from yolo_deepsort_ros.yolo.families.family import Recognised
        if [tensor.name for tensor in model.outputs] != [self.NAME]:
            return None
        said = Conventions((), (WIDTH, HEIGHT), ('thing',), 'stretch', family=self.NAME)
        return Recognised(said, 1, 'the name of its output')

    def decode(self, outputs, picture, conventions, input_size, confidence):
        from yolo_deepsort_ros.yolo.decode import Candidates
        rows = outputs[0][picture]
        tlwh = np.hstack([rows[:, :2], rows[:, 2:4] - rows[:, :2]]).astype(float)
        return Candidates(tlwh, rows[:, 4], np.zeros(len(rows), np.int64))


plugin = Plugin()


def test_another_package_registers_a_decoder(tmp_path, monkeypatch):
    entry = EntryPoint('mine', f'{__name__}:plugin', recognise.GROUP)
    monkeypatch.setattr('importlib.metadata.entry_points', lambda group: [entry])
    path = write_network(tmp_path / 'a.onnx', {'mine': np.array([[[8.0, 8, 16, 24, 0.7]]])})
    for parameters in ({}, {'output_format': 'mine'}):
        found = Detector(path, **parameters).detect(PICTURE)
        np.testing.assert_allclose(found.tlwh, [[32, 24, 32, 48]])
    monkeypatch.undo()
    path = write_network(path, {'theirs': np.array([[[8.0, 8, 16, 24, 0.7]]])})
    said = tmp_path / 'theirs-1.0.dist-info'  # as pip leaves it
    said.mkdir()
    (said / 'METADATA').write_text('Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n')
    entry = f'[{recognise.GROUP}]\ntheirs = theirs_detector:family\n'
    (said / 'entry_points.txt').write_text(entry)
    (tmp_path / 'theirs_detector.py').write_text(
        f'from {__name__} import Plugin\n\n\nclass Theirs(Plugin):\n    NAME = "theirs"\n\n\n'
        f'family = Theirs()\n')
    monkeypatch.syspath_prepend(tmp_path)
    found = Detector(path, output_format='theirs').detect(PICTURE)
    np.testing.assert_allclose(found.tlwh, [[32, 24, 32, 48]])
    broken = EntryPoint('bad', 'no_such_module:x', recognise.GROUP)
    monkeypatch.setattr('importlib.metadata.entry_points', lambda group: [broken])
    with pytest.raises(YoloDeepsortError, match='no_such_module:x of another package does not lo'):
        Detector(path)


def test_networks_in_half_precision_say_so(tmp_path, capsys):
    assert main(['models', 'inspect', str(write_family(tmp_path, 'ultralytics half'))]) == 0
    assert json.loads(capsys.readouterr().out)['input']['type'] == 'float16'
    assert FLOAT16 == 10


def test_a_network_of_no_detections_is_named(tmp_path, capsys):
    path = write_mean_colour_network(tmp_path / 'reid.onnx')
    assert main(['detect', 'a.png', '--model', str(path)]) == 2
    assert 'classification or re-identification network' in capsys.readouterr().err
