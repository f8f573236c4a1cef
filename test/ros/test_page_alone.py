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

"""The page in a real browser, against a server whose nodes are made up."""

from contextlib import contextmanager
import time

from browser import browser
import numpy as np
import pytest

from yolo_deepsort_ros.config.web_config import WebConfig
from yolo_deepsort_ros.web.page_operator import Health, Operator
from yolo_deepsort_ros.web.shown_frame import Picture, shown_tracks

PageServer = pytest.importorskip('yolo_deepsort_ros.web.page_server').PageServer

NODES = ('/robot/camera', '/robot/detector', '/robot/tracker')
LONG = '/robot/image_raw: nothing has arrived for 5 s; published by nobody but /robot/camera'
LIMIT = '#settings [data-node="/robot/tracker"] .setting[data-name="limit"]'
TRACKS = [1, 2], np.array([[40., 60, 80, 120], [200, 30, 60, 90]]), [0.9, 0.8], ['walker', 'ball']
DESKTOP, PHONE = (1280, 900), (390, 844)


class FakeNodes(Operator):
    """Have parameters and buttons; a limit above 1 is refused."""

    def __init__(self):
        self.limit = 0.5
        self.is_paused = False
        self.viewer = None

    def on_command(self, command, answer):
        if command['do'] == 'call':
            self.is_paused = command['action'] == 'pause'
            answer(True, '')
        elif command['value'] > 1:
            answer(False, f'limit: {command["value"]} is out of range')
        else:
            self.limit = command['value']
            answer(True, '')
        self.tell()

    def tell(self):
        """Say all that nodes say once a second."""
        limit = {
            'name': 'limit', 'kind': 'float', 'text': 'Of something.', 'unit': 'm', 'choices': [],
            'low': 0.0, 'high': 1.0, 'step': 1, 'value': self.limit,
        }
        settings = {
            '/robot/tracker': {'actions': ['reset'], 'parameters': [
                limit, *({**limit, 'name': f'limit_{number}'} for number in range(20))
            ]},
            '/robot/idle': {'actions': [], 'parameters': []},
            '/robot/camera': {'actions': ['pause', 'go on'], 'parameters': []},
        }
        self.viewer.set_settings({'nodes': settings})
        for node in NODES:
            is_paused = self.is_paused and node == NODES[0]
            message = 'active, paused: ~/set_paused goes on' if is_paused else 'active'
            self.viewer.add_health(Health(node, 0, message, {
                'draw, median ms': '112.4', 'draw, p95 ms': '150.0', 'state': 'active',
                'images received per second': '7.5', LONG: '1', 'last error': LONG,
                'x' * 90: '1',
            }))

    def show(self, stamp):
        """Show a picture and its tracks."""
        nanoseconds = round(stamp * 1e9)
        image = np.full((240, 320, 3), 120, np.uint8)
        picture = Picture(nanoseconds, 320, 240, lambda: image)
        ids, boxes, scores, labels = TRACKS
        self.viewer.show('/robot', picture, shown_tracks(
            nanoseconds, np.array(ids), boxes, np.array(scores), labels, 12.0
        ))


@contextmanager
def served(nodes, port=0):
    with PageServer(WebConfig(web_port=port), nodes) as server:
        nodes.viewer = server.viewer
        nodes.viewer.set_cameras(['/robot'])
        yield server


@pytest.fixture(scope='module')
def page():
    with browser() as opened:
        yield opened


@pytest.fixture
def nodes():
    return FakeNodes()


@pytest.fixture
def server(nodes):
    with served(nodes) as server:
        yield server


def open_page(page, server, nodes, size=DESKTOP):
    page.resize(*size)
    page.driver.get(server.address)
    page.until('return document.querySelector("#state").textContent === "live"')
    nodes.tell()
    nodes.show(time.time())
    page.until('return document.querySelector(".tile")?.dataset.ids === "1,2"')
    page.until('return document.querySelectorAll("#settings details").length === 2')
    page.until('return document.querySelectorAll("#health details").length === 3')


@pytest.mark.parametrize('size', [DESKTOP, PHONE])
def test_long_keys_and_paths_can_be_read(page, server, nodes, size):
    open_page(page, server, nodes, size)
    page.run('for (const each of document.querySelectorAll("details")) each.open = true')
    page.run('const words = document.querySelector("#words"); words.hidden = false;'
             'words.textContent = "recorded: /tmp/" + "a_long_name".repeat(12) + ".mp4"')
    assert page.run(
        'return [...document.querySelectorAll(".pairs div > *, #words, aside, #cameras")]'
        '.filter(each => each.scrollWidth > each.clientWidth && each.clientWidth)'
        '.map(each => each.textContent)'
    ) == []
    assert page.run('return document.documentElement.scrollWidth') <= size[0]
    tall = page.run(
        'const key = [...document.querySelectorAll("dt")].find(each => each.textContent'
        ' === arguments[0]); return key.getBoundingClientRect().height', LONG)
    assert tall < 70
    assert page.run('return document.querySelector("#health .pairs").clientHeight') < 400


def test_the_picture_stays_while_settings_are_scrolled(page, server, nodes):
    open_page(page, server, nodes)
    page.run('for (const each of document.querySelectorAll("details")) each.open = true')
    page.element('.setting[data-name="limit_19"] input[type=number]')
    top, bottom = page.run('const r = document.querySelector(".picture").getBoundingClientRect();'
                           'return [r.top, r.bottom]')
    assert 0 < top < bottom < DESKTOP[1]


def test_a_refused_value_gives_way_to_the_one_in_force(page, server, nodes):
    open_page(page, server, nodes)
    page.click('#settings [data-node="/robot/tracker"] > summary')
    field, said = f'{LIMIT} input[type=number]', f'{LIMIT} .said'

    def until_said(text):
        page.until(
            'return document.querySelector(arguments[0]).textContent.includes(arguments[1])',
            said, text)
        assert page.element(field).get_property('value') == '0.5'

    page.enter(field, '99')
    until_said('99 is out of range')
    page.enter(field, '1e999')
    until_said('not a number')
    page.enter(field, '99')
    until_said('99 is out of range')
    page.enter(field, '\b')
    until_said('not a number')
    page.enter(field, '0.25')
    page.until('return document.querySelector(arguments[0]).hidden', said)
    assert nodes.limit == 0.25
    page.enter(field, '7')
    page.until('return !document.querySelector(arguments[0]).hidden', said)
    assert page.element(field).get_property('value') == '0.25'


def test_settings_are_sorted_and_the_state_in_force_is_marked(page, server, nodes):
    open_page(page, server, nodes)
    assert page.run('return [...document.querySelectorAll("#settings summary")]'
                    '.map(each => each.textContent)') == ['/robot/camera', '/robot/tracker']
    page.click('#settings [data-node="/robot/camera"] > summary')
    marked = ('return [...document.querySelectorAll("#settings [aria-pressed=true]")]'
              '.map(each => each.textContent).join() === arguments[0]')
    page.until(marked, 'go on')
    page.click('#settings [data-node="/robot/camera"] button')
    page.until(marked, 'pause')


def test_hatched_is_only_the_time_when_nobody_looked(page, server, nodes):
    open_page(page, server, nodes)
    page.run('window.hatched = []; const draw = CanvasRenderingContext2D.prototype.stroke;'
             'CanvasRenderingContext2D.prototype.stroke = function () {'
             ' if (this.canvas.parentElement.className === "rows") hatched.push(1);'
             ' return draw.call(this); }')

    def redrawn():
        page.run('hatched.length = 0')
        for _ in range(4):
            nodes.show(time.time())
            time.sleep(0.6)
        return page.run('return hatched.length')

    assert redrawn() > 0  # before the page was opened
    time.sleep(20)
    nodes.viewer.restart('/robot', 'the tracker was reset')
    assert redrawn() == 0


def test_a_lost_connection_shows(page, nodes):
    with served(nodes) as server:
        open_page(page, server, nodes)
        page.click('#settings [data-node="/robot/tracker"] > summary')
        page.click('.tile .boxes', 80 / 320, 120 / 240)
        page.until(
            'return document.querySelector("#follow").textContent.startsWith("following 1")')
        assert not page.driver.find_element('css selector', '#about').is_displayed()
        port = int(server.address.rstrip('/').rpartition(':')[2])
    page.until('return document.querySelector("#silence").textContent.startsWith("for 2 s")')
    page.until('return document.querySelector("#state").textContent.includes("lost")')
    for control in ('#leave', f'{LIMIT} input', '#settings button'):
        assert not page.driver.find_element('css selector', control).is_enabled()
    dot = ('return getComputedStyle(document.querySelector("#health summary"), "::before")'
           '.backgroundColor')
    assert page.run(dot) == 'rgb(154, 167, 181)'
    page.resize(*PHONE)
    page.until('const c = document.querySelector(".rows canvas");'
               'return c.width === Math.round(c.clientWidth * devicePixelRatio)')
    with served(nodes, port):
        page.until('return document.querySelector("#state").textContent === "live"')
        nodes.tell()
        assert page.run('return document.querySelector("#silence").hidden')
        page.until('return !document.querySelector(arguments[0]).matches(":disabled")',
                   f'{LIMIT} input')
    assert page.errors() == []
