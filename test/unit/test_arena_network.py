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

"""The embedded network: intact, small, and able to find the agents of fresh arenas."""

from pathlib import Path
import shutil
import subprocess
import sys

from darknet_files import needs_darknet
import numpy as np
import pytest

from yolo_deepsort_ros.boxes import iou_matrix
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.models.registry import FILE, read_registry
from yolo_deepsort_ros.simulation.arena import Arena, CLASSES
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig
from yolo_deepsort_ros.yolo.detector import Detector
from yolo_deepsort_ros.yolo.preprocess import Fit, Preprocessor

TOOLS = Path(__file__).resolve().parents[2] / 'tools'
NAME = 'arena-tiny'


@pytest.fixture(scope='module')
def frames():
    """Return frames of arenas whose seeds no training sees."""
    arenas = (Arena(ArenaConfig(seed=seed)) for seed in range(6))
    return [arena.render(index) for arena in arenas for index in (0, 50, 100)]


@pytest.fixture
def tools(monkeypatch):
    """Let a test import what the training is made of."""
    monkeypatch.syspath_prepend(str(TOOLS))


def embedded_detector(**parameters):
    return Detector(NAME, **parameters)


# --- the files


def test_they_are_small():
    files = read_registry()[NAME].files
    assert sum(file.path.stat().st_size for file in files) < 2 * 2**20


@pytest.mark.parametrize('suffix', ['.cfg', '.weights', '.names'])
def test_a_damaged_one_is_found(tmp_path, suffix):
    copied = read_registry(Path(shutil.copytree(FILE.parent, tmp_path / 'data'), FILE.name))[NAME]
    copied.check()
    damaged = copied.path.with_suffix(suffix)
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(ModelError, match=f'{NAME}{suffix}: damaged: reinstall'):
        copied.check()


def test_a_missing_one_is_found(tmp_path):
    with pytest.raises(ModelError, match=f'{NAME}.cfg: missing: reinstall'):
        read_registry(Path(shutil.copy(FILE, tmp_path)))[NAME].check()


# --- what it finds


@needs_darknet
def test_it_finds_the_agents_and_little_else(frames):
    """At the default confidence, on 18 frames: recall and precision at IoU 0.5."""
    detector = embedded_detector()
    assert detector.labels == CLASSES
    asked = found = right = 0
    for image, truth in frames:
        seen = detector.detect(image)
        fits = iou_matrix(seen.tlwh, truth.tlwh) >= 0.5
        fits &= seen.class_ids[:, None] == truth.class_ids
        asked += np.count_nonzero(~truth.is_ignored)
        found += np.count_nonzero(fits[:, ~truth.is_ignored].any(axis=0))
        right += np.count_nonzero(fits.any(axis=1)) / max(len(seen), 1)
    assert found / asked > 0.93
    assert right / len(frames) > 0.93


@needs_darknet
def test_average_precision(frames, tools):
    pytest.importorskip('pycocotools', reason='pycocotools is not installed')
    from arena_training.evaluation import average_precision, MIN_CONFIDENCE
    figures = average_precision(embedded_detector(confidence=MIN_CONFIDENCE), frames)
    assert list(figures) == [*CLASSES, 'all']
    assert figures['all'] > 0.93


# --- how it is trained


@needs_darknet
def test_the_trained_module_is_the_network_of_the_files(tmp_path, frames, tools):
    """Random scales and statistics, written to a file and run by OpenCV."""
    torch = pytest.importorskip('torch', reason='PyTorch is not installed')
    from arena_training.network import DarknetModule
    from yolo_deepsort_ros.inference.load import load_onnx
    from yolo_deepsort_ros.models.darknet.to_onnx import to_onnx
    from yolo_deepsort_ros.models.darknet.weights import DarknetModel
    cfg = read_registry()[NAME].path
    model = DarknetModel.read(cfg, cfg.with_suffix('.weights'))
    torch.manual_seed(0)
    module = DarknetModule(model.cfg).eval()
    with torch.no_grad():
        for part in module.modules():
            if isinstance(part, torch.nn.BatchNorm2d):
                for values in (part.weight, part.bias, part.running_mean, part.running_var):
                    values.uniform_(0.2, 1.0)
    module.save(tmp_path / 'random.weights', 1)
    written = DarknetModel.read(cfg, tmp_path / 'random.weights')
    network = load_onnx(to_onnx(written), embedded_detector().config)
    frame = frames[0][0]
    fit = Fit.of((frame.shape[1], frame.shape[0]), model.input_size, 'stretch', model.stride)
    picture = Preprocessor().batch([frame], [fit])
    with torch.no_grad():
        expected = module(torch.from_numpy(picture))
    for output, head in zip(network.run(picture), expected, strict=True):
        np.testing.assert_allclose(output, head.numpy(), atol=1e-3)
    assert module.heads == model.heads


def test_hidden_agents_are_neither_asked_for_nor_punished(tools):
    torch = pytest.importorskip('torch', reason='PyTorch is not installed')
    from arena_training.loss import detection_loss
    from yolo_deepsort_ros.models.conventions import YoloHead
    head = YoloHead(anchors=((30.0, 40.0),), classes=4, scale_xy=2.0)
    hidden = torch.tensor([[0, 2, 24.0, 40.0, 30, 40, 1]])

    def objectness_loss(objects, objectness, cell):
        raw = torch.full((1, 9, 4, 4), -20.0)
        raw[0, 4, cell[0], cell[1]] = objectness
        return float(detection_loss([raw], [head], objects, 64).objectness)

    for cell in ((2, 1), (3, 1), (2, 2)):  # its cell and the nearest two
        assert objectness_loss(hidden, 5.0, cell) < 1e-3
        assert objectness_loss(hidden, -5.0, cell) < 1e-3
        assert objectness_loss(hidden[:0], 5.0, cell) > 4
    assert objectness_loss(hidden, 5.0, (0, 3)) > 4


def test_the_loss_of_a_perfect_answer_is_small(tools):
    torch = pytest.importorskip('torch', reason='PyTorch is not installed')
    from arena_training.loss import detection_loss
    from yolo_deepsort_ros.models.conventions import YoloHead
    head = YoloHead(anchors=((30.0, 40.0),), classes=4, scale_xy=2.0)
    agent = torch.tensor([[0, 2, 24.0, 40.0, 30, 40, 0]])  # in the middle of cell (2, 1)
    raw = torch.full((1, 9, 4, 4), -20.0)
    for row, column in ((2, 1), (3, 1), (2, 2)):  # its cell and the nearest two
        offset = torch.tensor([24 / 16 - column, 40 / 16 - row])
        raw[0, :2, row, column] = torch.logit((offset + 0.5) / 2, eps=1e-6)
        raw[0, 2:4, row, column] = 0
        raw[0, 4, row, column] = raw[0, 5 + 2, row, column] = 20
    perfect = detection_loss([raw], [head], agent, 64)
    assert float(perfect.total) < 1e-3


@needs_darknet
def test_a_short_training_writes_files_that_load(tmp_path):
    pytest.importorskip('torch', reason='PyTorch is not installed')
    pytest.importorskip('pycocotools', reason='pycocotools is not installed')
    command = [
        sys.executable, TOOLS / 'train_arena.py', '--out', tmp_path,
        '--arenas', '2', '--held-out', '1', '--epochs', '2',
    ]
    done = subprocess.run(
        command, env={'PYTHONPATH': str(TOOLS.parent)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert 'epoch  2:' in done.stderr
    assert Detector(tmp_path / f'{NAME}.cfg').labels == CLASSES
