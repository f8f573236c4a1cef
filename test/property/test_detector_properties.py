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

"""Suppression and decoding against slow or independent truth, on anything Hypothesis finds."""

import cv2
from darknet_families import FAMILIES
from darknet_files import needs_darknet, write_network, write_random_network
from darknet_oracle import decode_region
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from oracles import suppress_one_by_one
import pytest

from yolo_deepsort_ros.config.network_config import InferenceConfig
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.inference.load import load_onnx
from yolo_deepsort_ros.models.conventions import YoloHead
from yolo_deepsort_ros.models.darknet.cfg import DarknetCfg
from yolo_deepsort_ros.models.darknet.to_onnx import to_onnx
from yolo_deepsort_ros.models.darknet.weights import DarknetModel
from yolo_deepsort_ros.yolo import nms
from yolo_deepsort_ros.yolo.decode import decode

box = st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(1, 12)] * 2)
candidates = st.lists(
    st.tuples(box, st.sampled_from([0.1, 0.5, 0.9]), st.integers(0, 2)), max_size=40)


@given(candidates, st.sampled_from([0.0, 0.25, 0.45, 0.5, 1.0]), st.sampled_from([3, nms.BLOCK]))
def test_suppression_is_greedy(candidates, max_iou, block):
    boxes, scores, class_ids = zip(*candidates, strict=True) if candidates else ((), (), ())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nms, 'BLOCK', block)
        found = nms.non_max_suppression(
            np.array(boxes, float).reshape(-1, 4), np.array(scores, float),
            np.array(class_ids, int), max_iou)
    assert found.tolist() == suppress_one_by_one(boxes, scores, class_ids, max_iou)


@needs_darknet
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.booleans())
def test_decoding_is_that_of_opencv(tmp_path_factory, seed, classes, new_coords):
    """The oracle: the YOLO layers of OpenCV itself, on random weights and noise."""
    cfg, weights = write_random_network(
        tmp_path_factory.mktemp('network'), classes, seed, new_coords)
    model = DarknetModel.read(cfg, weights)
    width, height = model.input_size
    batch = np.random.default_rng(seed).random((1, 3, height, width), np.float32)
    outputs = load_onnx(to_onnx(model), InferenceConfig()).run(batch)
    text = cfg.read_text().replace('[yolo]', '[yolo]\nthresh=0')
    net = cv2.dnn.readNetFromDarknet(
        np.frombuffer(text.encode(), np.uint8), np.fromfile(weights, np.uint8))
    net.setInput(batch)
    for output, head, rows in zip(
        outputs, model.heads, net.forward(net.getUnconnectedOutLayersNames()), strict=True
    ):
        found = decode([output[0]], [head], model.input_size, 0.0)
        order = np.arange(len(rows)).reshape(-1, 2).T.ravel()  # rows are by cell, ours by anchor
        centres, sizes = rows[order, :2], rows[order, 2:4]
        expected = np.hstack([centres - sizes / 2, sizes]) * (width, height, width, height)
        np.testing.assert_allclose(found.tlwh, expected, rtol=1e-4, atol=1e-2)
        np.testing.assert_allclose(found.scores, rows[order, 5:].max(axis=1), atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_decoding_of_yolov2_is_that_of_the_formulas(seed, classes):
    random = np.random.default_rng(seed)
    anchors = random.uniform(0.2, 5, (2, 2))
    output = random.normal(0, 2, (2 * (5 + classes), 3, 4)).astype(np.float32)
    cells = [tuple(pair) for pair in anchors * 32]
    head = YoloHead(tuple(cells), classes, softmax=True)
    found = decode([output], [head], (128, 96), 0.0)
    rows = np.array(list(decode_region(output, anchors, (128, 96))))
    expected = np.hstack([rows[:, :2] - rows[:, 2:4] / 2, rows[:, 2:4]])
    np.testing.assert_allclose(found.tlwh, expected, rtol=1e-5, atol=1e-3)
    np.testing.assert_allclose(found.scores, rows[:, 4:].max(axis=1), rtol=1e-5)
    assert found.class_ids.tolist() == rows[:, 4:].argmax(axis=1).tolist()


@needs_darknet
@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_decoding_of_yolov2_is_that_of_opencv(tmp_path_factory, seed):
    cfg, weights = write_network(
        tmp_path_factory.mktemp('network'), FAMILIES['yolov2-tiny'], seed)
    model = DarknetModel.read(cfg, weights)
    batch = np.random.default_rng(seed).random((1, 3, 64, 96), np.float32)
    output, = load_onnx(to_onnx(model), InferenceConfig()).run(batch)
    text = cfg.read_text().replace('[region]', '[region]\nthresh=0')
    net = cv2.dnn.readNetFromDarknet(
        np.frombuffer(text.encode(), np.uint8), np.fromfile(weights, np.uint8))
    net.setInput(batch)
    found = decode([output[0]], model.heads, model.input_size, 0.0)
    rows = net.forward().reshape(-1, 2, 7).transpose(1, 0, 2).reshape(-1, 7)  # ours by anchor
    expected = np.hstack([rows[:, :2] - rows[:, 2:4] / 2, rows[:, 2:4]]) * (96, 64, 96, 64)
    np.testing.assert_allclose(found.tlwh, expected, rtol=1e-4, atol=1e-2)
    scores = rows[np.arange(len(rows)), 5 + found.class_ids]
    kept = scores > 0  # by OpenCV's own suppression, which cannot be turned off
    assert kept.sum() > 20  # of random networks a sixth and more is left
    np.testing.assert_allclose(found.scores[kept], scores[kept], atol=1e-5)


@settings(max_examples=200)
@given(st.text(alphabet=st.sampled_from('[]net=yolo,0123\n#; -\x00é'), max_size=60))
def test_any_text_is_a_definition_or_a_clear_error(text):
    try:
        DarknetCfg.parse(text, 'some.cfg')
    except ModelError as error:
        assert str(error).startswith('some.cfg')
        assert '\n' not in str(error)
