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


"""Where pictures lie in a network's input, and what is written there."""

import cv2
import numpy as np
import pytest

from yolo_deepsort_ros.inference.planes import colour_tables, fill_planes
from yolo_deepsort_ros.yolo.preprocess import Fit, GREY, Preprocessor


@pytest.mark.parametrize('name, picture, largest, resize, size, part', [
    ('stretch', (640, 480), (416, 416), 'stretch', (416, 416), (0, 0, 416, 416)),
    ('letterbox', (640, 480), (416, 416), 'letterbox', (416, 416), (0, 52, 416, 312)),
    ('rectangle', (640, 480), (416, 416), 'rectangle', (416, 320), (0, 4, 416, 312)),
    ('upright', (480, 640), (416, 416), 'rectangle', (320, 416), (4, 0, 312, 416)),
    ('wide', (1920, 1080), (416, 416), 'rectangle', (416, 256), (0, 11, 416, 234)),
    ('square', (500, 500), (416, 416), 'rectangle', (416, 416), (0, 0, 416, 416)),
    ('small', (32, 24), (416, 416), 'rectangle', (416, 320), (0, 4, 416, 312)),
    ('a pixel', (1, 1), (416, 416), 'rectangle', (416, 416), (0, 0, 416, 416)),
    ('a line', (8000, 1), (416, 416), 'rectangle', (416, 32), (0, 15, 416, 1)),
    ('a wide network', (640, 480), (512, 288), 'rectangle', (384, 288), (0, 0, 384, 288)),
])
def test_where_a_picture_lies(name, picture, largest, resize, size, part):
    fit = Fit.of(picture, largest, resize, 32)
    assert fit.input_size == size
    assert fit[2:] == part


@pytest.mark.parametrize('resize', ['stretch', 'letterbox', 'rectangle'])
@pytest.mark.parametrize('picture', [(640, 480), (333, 777), (1, 1), (8000, 3)])
def test_the_whole_picture_comes_back_exactly(picture, resize):
    fit = Fit.of(picture, (416, 320), resize, 32)
    boxes = np.array([[fit.left, fit.top, fit.width, fit.height]], float)
    np.testing.assert_allclose(fit.to_picture(boxes), [[0, 0, *picture]], atol=1e-9)


def test_a_corner_comes_back_within_a_pixel_of_the_input():
    picture = np.zeros((480, 640, 3), np.uint8)
    picture[120:240, 160:480] = 255
    for resize in ('stretch', 'letterbox', 'rectangle'):
        fit = Fit.of((640, 480), (416, 416), resize, 32)
        white = Preprocessor().batch([picture], [fit])[0, 0] > 0.75
        rows, columns = np.flatnonzero(white.any(axis=1)), np.flatnonzero(white.any(axis=0))
        box = [columns[0], rows[0], len(columns), len(rows)]
        found = fit.to_picture(np.array([box], float))
        np.testing.assert_allclose(found, [[160, 120, 320, 120]], atol=640 / 416)


def test_stretching_is_that_of_opencv():
    picture = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    batch = Preprocessor().batch([picture], [Fit.of((64, 48), (96, 32), 'stretch', 32)])
    expected = cv2.dnn.blobFromImage(picture, 1 / 255, (96, 32), swapRB=True, crop=False)
    np.testing.assert_allclose(batch, expected, atol=1e-6)


def test_what_a_picture_leaves_free_is_grey_also_after_another():
    preprocessor = Preprocessor()
    wide, high = (np.full(shape, 255, np.uint8) for shape in ((10, 40, 3), (40, 10, 3)))
    for picture in (wide, high, wide):
        fit = Fit.of((picture.shape[1], picture.shape[0]), (64, 64), 'letterbox', 32)
        batch = preprocessor.batch([picture], [fit])
        assert (batch == 1).sum() == 3 * 64 * 16
        np.testing.assert_allclose(batch[batch < 1], GREY / 255)


def test_the_batch_is_made_where_the_last_one_was():
    preprocessor = Preprocessor()
    picture = np.zeros((8, 8, 3), np.uint8)
    fit = Fit.of((8, 8), (32, 32), 'stretch', 32)
    first = preprocessor.batch([picture], [fit])
    assert preprocessor.batch([picture], [fit]) is first
    assert preprocessor.batch([picture, picture], [fit, fit]).shape == (2, 3, 32, 32)


def test_planes_are_normalised_red_first():
    picture = np.array([[[30, 20, 10]]], np.uint8)  # blue, green, red
    batch = np.empty((1, 3, 1, 1), np.float32)
    fill_planes(batch, [picture], colour_tables((0.1, 0.2, 0.3), (0.5, 0.25, 2)))
    expected = [(10 / 255 - 0.1) / 0.5, (20 / 255 - 0.2) / 0.25, (30 / 255 - 0.3) / 2]
    np.testing.assert_allclose(batch.ravel(), expected, rtol=1e-6)
