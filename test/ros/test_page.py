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

"""The page in a real browser, against real nodes."""

from pathlib import Path
import re
import sys

from browser import browser
from geometry_msgs.msg import Twist
import numpy as np
import pytest
from std_msgs.msg import Header, String
from std_srvs.srv import Trigger
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose

from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import array_to_image, seconds_to_stamp
from yolo_deepsort_ros.visualization.drawing import colour_of

CAMERA = '/test'
EXAMPLE = Path(__file__).resolve().parents[2] / 'examples' / 'follow_nearest.py'
WIDTH, HEIGHT = 320, 240


def tile_of(camera):
    return f'.tile[data-camera="{camera}"]'


TILE = tile_of(CAMERA)


@pytest.fixture(scope='module')
def page():
    with browser() as opened:
        yield opened


@pytest.fixture(scope='module')
def nodes(start_once):
    """Return the tracker; with it runs the viewer."""
    return {'viewer': start_once('viewer', web_port=0), 'tracker': start_once('tracker')}


@pytest.fixture(scope='module')
def scene(nodes, peer_once):
    return Scene(peer_once)


@pytest.fixture
def address(nodes, peer):
    return address_of(nodes['viewer'], peer)


@pytest.fixture
def opened(page, address, scene):
    """Return the page, which shows the newest of the scene."""
    if not page.driver.current_url.startswith(address):
        page.driver.get(address)
    page.resize(1280, 900)
    page.until('return document.querySelector("#state").textContent === "live"')
    scene.show()
    scene.until_seen(page)
    yield page
    assert page.errors() == []
    assert page.hosts() <= {'127.0.0.1'}


def address_of(viewer, peer):
    return peer.until(
        lambda: re.search(r'page at (http://127\.0\.0\.1:\d+/)\n', viewer.text), 'the page')[1]


class Scene:
    """A grey picture, and tracks of objects that stand still."""

    stamp = 1000.0

    def __init__(self, peer, camera=CAMERA):
        self._peer = peer
        self._camera = camera

    def show(self, boxes=None, grey=120):
        """Publish a picture and its tracks, by id as left, top, width, height."""
        Scene.stamp += 0.1
        self._newest = boxes, grey
        boxes = {3: (40, 60, 80, 120), 4: (200, 30, 60, 90)} if boxes is None else boxes
        header = Header(stamp=seconds_to_stamp(Scene.stamp))
        tracks = [track(number, *box) for number, box in boxes.items()]
        picture = np.full((HEIGHT, WIDTH, 3), grey, np.uint8)
        self._peer.publish(f'{self._camera}/image_raw', array_to_image(picture, header))
        self._peer.publish(
            f'{self._camera}/tracks', Detection2DArray(header=header, detections=tracks))

    def until_seen(self, page):
        """Wait until the page shows the newest stamp; what is lost on the way is sent again."""
        script = 'return Number(document.querySelector(arguments[0])?.dataset.stamp)'
        tries = 0

        def is_seen():
            nonlocal tries
            self._peer.spin(0.05)
            if page.run(script, tile_of(self._camera)) == pytest.approx(Scene.stamp):
                return True
            tries += 1
            if tries % 20 == 0:
                self.show(*self._newest)
            return False
        self._peer.until(is_seen, 'the newest picture')


def track(number, left, top, width, height):
    made = Detection2D(id=str(number), results=[ObjectHypothesisWithPose()])
    made.bbox.center.position.x, made.bbox.center.position.y = left + width / 2, top + height / 2
    made.bbox.size_x, made.bbox.size_y = float(width), float(height)
    made.results[0].hypothesis.class_id, made.results[0].hypothesis.score = 'person', 0.9
    return made


def place(x, y):
    return x / WIDTH, y / HEIGHT


def test_the_picture_changes(opened, scene):
    for grey in (60, 200):
        scene.show(grey=grey)
        scene.until_seen(opened)
        *colour, _ = opened.pixel(f'{TILE} .picture', 0.9, 0.9)
        assert np.abs(np.array(colour) - grey).max() < 6


def test_the_boxes_lie_on_the_objects_in_the_colours_of_their_ids(opened, scene):
    boxes = {3: (40, 60, 80, 120), 4: (200, 30, 60, 90)}
    scene.show(boxes)
    scene.until_seen(opened)
    for number, (left, top, width, height) in boxes.items():
        blue, green, red = colour_of(number)
        for x, y in (
            (left, top + height / 2), (left + width, top + height / 2),
            (left + width / 2, top + height),
        ):
            *found, alpha = opened.pixel(f'{TILE} .boxes', *place(x, y))
            assert alpha > 200
            assert np.abs(np.array(found) - (red, green, blue)).max() < 40, (number, x, y)
        assert opened.pixel(f'{TILE} .boxes', *place(left - 8, top + height / 2))[3] == 0
    assert opened.run('return document.querySelector(arguments[0]).dataset.ids', TILE) == '3,4'


def test_a_click_selects_and_a_hidden_one_stays_selected(opened, scene, peer):
    peer.listen(String, 'selected_track', qos.LATCHED)
    for x, y, number in ((80, 120, '3'), (230, 80, '4')):
        opened.click(f'{TILE} .boxes', *place(x, y))
        peer.until(
            lambda wanted=number: peer.received['selected_track'][-1:] == [String(data=wanted)],
            'the selection')
        opened.until('return document.querySelector("#follow").textContent.includes(arguments[0])',
                     f'following {number}')

    def is_hidden():
        scene.show({3: (40, 60, 80, 120)})  # a picture whose tracks come late is shown without
        peer.spin(0.1)
        return opened.run(
            'return document.querySelector("#follow").textContent.includes("hidden")')
    peer.until(is_hidden, '4 to be hidden')
    assert peer.received['selected_track'][-1] == String(data='4')
    opened.click('#leave')
    peer.until(lambda: peer.received['selected_track'][-1] == String(data=''), 'the end of it')


def test_the_example_turns_to_the_one_that_is_clicked(opened, scene, start, peer):
    start('follow', program=[sys.executable, str(EXAMPLE)])
    peer.listen(Twist, 'cmd_vel')

    def turns(sign):
        """Tell whether the robot turns to that side, once it has seen the tracks."""
        scene.show()
        peer.spin(0.1)
        return any(sign * twist.angular.z > 0 for twist in peer.received['cmd_vel'])

    peer.until(lambda: turns(1), 'a turn to the nearest, on the left')
    scene.until_seen(opened)
    opened.click(f'{TILE} .boxes', *place(230, 80))
    opened.until('return document.querySelector("#follow").textContent.includes("following 4")')
    peer.until(lambda: turns(-1), 'a turn to the one on the right')
    opened.click('#leave')
    opened.until('return document.querySelector("#follow").hidden')


def test_a_row_of_the_time_line_selects_too(opened, scene, peer):
    peer.listen(String, 'selected_track', qos.LATCHED)
    opened.until('const c = document.querySelector(arguments[0]); return c && c.clientHeight > 40',
                 f'{TILE} .rows canvas')
    height = opened.run(
        'return document.querySelector(arguments[0]).clientHeight', f'{TILE} .rows canvas')
    opened.click(f'{TILE} .rows canvas', 0.05, (16 + 9) / height)  # the first: the newest id
    peer.until(lambda: peer.received['selected_track'][-1:] == [String(data='4')], 'the selection')
    opened.click('#leave')
    peer.until(lambda: peer.received['selected_track'][-1] == String(data=''), 'the end of it')


def test_each_camera_has_a_tile_and_one_is_followed(opened, scene, peer, peer_once):
    other = f'{CAMERA}/other'
    second = Scene(peer_once, other)
    peer_once.advertise(Detection2DArray, f'{other}/tracks')  # there is the camera from now on
    opened.until('return document.querySelector(arguments[0])', tile_of(other))
    second.show({8: (100, 50, 100, 150)}, grey=60)
    second.until_seen(opened)
    *colour, _ = opened.pixel(f'{tile_of(other)} .picture', 0.9, 0.9)
    assert np.abs(np.array(colour) - 60).max() < 6
    for camera in (CAMERA, other):
        peer.listen(String, f'{camera}/selected_track', qos.LATCHED)

    def until_followed(*ids):
        wanted = [[String(data=each)] for each in ids]
        peer.until(lambda: wanted == [
            peer.received[f'{camera}/selected_track'][-1:] for camera in (CAMERA, other)
        ], f'{ids} to be followed')

    scene.show()
    scene.until_seen(opened)
    opened.click(f'{TILE} .boxes', *place(230, 80))
    until_followed('4', '')
    opened.click(f'{tile_of(other)} .boxes', *place(150, 100))
    until_followed('', '8')
    opened.click('#leave')
    until_followed('', '')


def test_a_slider_sets_the_parameter_and_a_refused_value_says_why(opened, peer):
    node = '#settings [data-node="/test/tracker"]'
    row = f'{node} .setting[data-name="max_cosine_distance"]'
    opened.until('return document.querySelector(arguments[0])', row)
    opened.click(f'{node} > summary')
    before = value_of(peer, 'max_cosine_distance')
    opened.nudge(f'{row} input[type=range]')
    peer.until(lambda: value_of(peer, 'max_cosine_distance') > before, 'a larger value')
    opened.enter(f'{row} input[type=number]', '0.5')
    peer.until(lambda: value_of(peer, 'max_cosine_distance') == pytest.approx(0.5), 'the value')
    opened.enter(f'{row} input[type=number]', '99')
    opened.until(
        'return document.querySelector(arguments[0]).textContent.includes(arguments[1])',
        f'{row} .said', 'out of range')
    assert value_of(peer, 'max_cosine_distance') == pytest.approx(0.5)
    assert opened.element(f'{node} .actions button').text == 'reset'

    def is_reset():
        opened.click(f'{node} .actions button')  # as a user, who tries again
        peer.spin(1.0)
        return opened.run('return document.querySelector(arguments[0]).textContent'
                          '.includes("ids start at 1")', f'{node} .actions + .quiet')
    peer.until(is_reset, 'the answer of the reset')


def value_of(peer, name):
    from rcl_interfaces.srv import GetParameters
    request = GetParameters.Request(names=[name])
    return peer.call(GetParameters, 'tracker/get_parameters', request).values[0].double_value


def test_on_a_phone_nothing_is_cut_off(opened, scene):
    opened.resize(360, 740)
    scene.show()
    scene.until_seen(opened)
    assert opened.run('return document.documentElement.scrollWidth') <= 360
    left, right = opened.run(
        'const r = document.querySelector(arguments[0]).getBoundingClientRect();'
        'return [r.left, r.right]', f'{TILE} .picture')
    assert 0 <= left < right <= 360
    assert right - left > 280


def test_a_lost_camera_shows(opened):
    opened.until('return document.querySelector(arguments[0]).textContent.includes("no picture")',
                 f'{TILE} .note')


# The peer answers a viewer that is gone by then.
@pytest.mark.filterwarnings('ignore:failed to send response:RuntimeWarning')
def test_the_page_comes_back_with_the_viewer(
    opened, scene, nodes, start_once, peer, peer_once
):
    assert peer.call(Trigger, 'tracker/reset', Trigger.Request()).success
    port = int(opened.driver.current_url.rstrip('/').rpartition(':')[2])
    nodes['viewer'].end()
    opened.until('return document.querySelector("#state").textContent !== "live"')
    nodes['viewer'] = start_once('viewer', web_port=port)
    opened.until('return document.querySelector("#state").textContent === "live"')
    peer_once.forget_publishers()
    scene.show()
    scene.until_seen(opened)


def test_a_node_that_was_killed_shows(opened, scene, nodes):
    scene.show()
    scene.until_seen(opened)
    script = 'return document.querySelector(arguments[0])?.dataset.level'
    node = '#health [data-node="/test/tracker"]'
    opened.until(f'{script} < 3', node)
    nodes['tracker'].kill()
    opened.until(f'{script} === "3"', node)
