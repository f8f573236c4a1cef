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

"""The viewer node: what it takes, and when; what it does for the page."""

import json
import math
import re
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np
from page_user import PageUser
import pytest
from rcl_interfaces.msg import ParameterDescriptor, ParameterType
from rclpy.serialization import serialize_message
from std_msgs.msg import Header, String
from std_srvs.srv import Trigger
from vision_msgs.msg import (
    Detection2D, Detection2DArray, Detection3D, Detection3DArray, ObjectHypothesisWithPose,
)

from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.images.compressed_image import decoded
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import array_to_image, seconds_to_stamp
from yolo_deepsort_ros.nodes.parameters.node_parameters import descriptor
from yolo_deepsort_ros.nodes.viewing.settings_json import (
    is_live, KINDS, parameter_value, setting_json,
)

FRONT, LEFT = '/test/front', '/test/left'
STREAMS = ('image_raw', 'image_raw/compressed', 'tracks', 'tracks_3d')


@pytest.fixture(scope='module')
def viewer(start_once):
    return start_once('viewer', web_port=0)


@pytest.fixture
def address(viewer, peer):
    found = peer.until(
        lambda: re.search(r'page at (http://127\.0\.0\.1:\d+/)\n', viewer.text), 'the page')
    return found[1]


def show(peer, camera, stamp, *ids):
    """Publish an image and its tracks."""
    header = Header(stamp=seconds_to_stamp(stamp))
    tracks = [Detection2D(id=str(number), results=[ObjectHypothesisWithPose()]) for number in ids]
    for track in tracks:
        track.bbox.center.position.x, track.bbox.center.position.y = 40.0, 30.0
        track.bbox.size_x, track.bbox.size_y = 20.0, 40.0
        track.results[0].hypothesis.class_id, track.results[0].hypothesis.score = 'cup', 0.75
    peer.publish(f'{camera}/image_raw', array_to_image(np.full((60, 80, 3), 90, np.uint8), header))
    peer.publish(f'{camera}/tracks', Detection2DArray(header=header, detections=tracks))


def announce(peer, *cameras):
    """Have the topics of cameras be there."""
    for camera in cameras:
        peer.advertise(Detection2DArray, f'{camera}/tracks')


def readers(peer, *cameras):
    """Return how many subscribe to the topics of cameras."""
    return sum(
        peer.node.count_subscribers(f'{camera}/{topic}')
        for camera in cameras for topic in STREAMS
    )


def test_nobody_looks_and_nothing_is_taken(viewer, address, peer):
    announce(peer, FRONT)
    peer.until(lambda: peer.node.count_publishers(f'{FRONT}/selected_track'), 'the camera')
    assert readers(peer, FRONT) == 0
    assert peer.node.count_subscribers('/diagnostics') == 0
    with PageUser(address):
        peer.until(lambda: readers(peer, FRONT), 'a subscription')
    peer.until(lambda: not readers(peer, FRONT), 'the end of it, 10 s later')
    assert peer.node.count_subscribers('/diagnostics') == 0


def test_pictures_come_with_the_tracks_of_their_stamp_of_each_camera(address, peer):
    announce(peer, FRONT, LEFT)
    with PageUser(address) as user:
        for camera, number in ((FRONT, 4), (LEFT, 5)):
            user.wait('cameras', lambda message, name=camera: name in message['names'])
            user.send(do='view', camera=camera, width=80)
            stamps = iter(range(1000, 10**6))

            def paired(name=camera, number=number, stamps=stamps):
                """Return a picture with tracks; the first ones may come late."""
                show(peer, name, float(next(stamps)), number)
                peer.spin(0.2)
                return user.newest('picture', lambda message: (
                    message['camera'] == name and message['tracks']))

            picture = peer.until(paired, 'a picture with its tracks')
            assert picture['stamp'] >= 1000.0
            assert picture['tracks'] == [{
                'id': number, 'class': 'cup', 'score': 0.75, 'x': 30.0, 'y': 10.0, 'w': 20.0,
                'h': 40.0, 'seen_s': 0.0,
            }]
            assert decoded(picture['jpeg']).shape == (60, 80, 3)
        with urlopen(f'{address}api/state') as response:
            state = json.load(response)
    assert {name: [track['id'] for track in camera['tracks']]
            for name, camera in state['cameras'].items()} == {FRONT: [4], LEFT: [5]}


def test_places_in_metres_come_with_the_pictures(address, peer):
    announce(peer, FRONT)
    with PageUser(address) as user:
        user.wait('cameras', lambda message: FRONT in message['names'])
        user.send(do='view', camera=FRONT, width=80)
        stamps = iter(range(1500, 10**6))

        def placed():
            stamp = float(next(stamps))
            found = [Detection3D(id=name, results=[ObjectHypothesisWithPose()])
                     for name in ('4', '5', 'x', '9' * 5000)]
            for each, x in zip(found, (3.25, math.nan, 1.0, 1.0), strict=True):
                spot = each.results[0].pose.pose.position
                spot.x, spot.y = x, -0.5
            peer.publish(f'{FRONT}/tracks_3d', Detection3DArray(
                header=Header(frame_id='base_link'), detections=found))
            show(peer, FRONT, stamp, 4)
            peer.spin(0.2)
            return user.newest('picture', lambda message: message['places'])

        picture = peer.until(placed, 'a picture with places')
    assert picture['places'] == {'4': [3.25, -0.5]}
    assert picture['floor'] == 'base_link'


def test_a_picture_that_cannot_be_read_is_left_out_and_the_page_goes_on(address, peer):
    announce(peer, FRONT)
    stamps = iter(range(1700, 10**6))
    with PageUser(address) as user:
        user.wait('cameras', lambda message: FRONT in message['names'])
        user.send(do='view', camera=FRONT, width=80)

        def shown():
            show(peer, FRONT, float(next(stamps)), 4)
            peer.spin(0.2)
            return user.newest('picture', lambda message: message['stamp'] > after)

        after = 0
        after = peer.until(shown, 'a picture')['stamp']
        odd = array_to_image(np.zeros((60, 80, 3), np.uint8), Header(stamp=seconds_to_stamp(1650)))
        odd.encoding = 'foo8'
        for _ in range(5):
            peer.publish(f'{FRONT}/image_raw', odd)
            peer.spin(0.2)
        assert peer.until(shown, 'another picture')


def test_a_click_is_published_for_its_camera_and_a_reset_drops_it(address, peer):
    announce(peer, FRONT, LEFT)
    for camera in (FRONT, LEFT):
        peer.listen(String, f'{camera}/selected_track', qos.LATCHED)

    def selected():
        return [peer.received[f'{camera}/selected_track'][-1:] for camera in (FRONT, LEFT)]

    with PageUser(address) as user:
        for camera, number in ((FRONT, 4), (LEFT, 5)):
            user.wait('cameras', lambda message, name=camera: name in message['names'])
            show(peer, camera, 2000.0, number)
            user.wait('history', lambda message, name=camera: message['camera'] == name)
        for camera, number, expected in ((FRONT, 4, ['4', '']), (LEFT, 5, ['', '5'])):
            assert user.ask(do='select', camera=camera, id=number)['is_done']
            peer.until(
                lambda wanted=expected: selected() == [[String(data=each)] for each in wanted],
                'the selection')
        for stamp in (1.0, 1.1):
            show(peer, LEFT, stamp, 5)
        assert 'begin anew' in user.wait('word')['text']
        peer.until(lambda: selected() == [[String(data='')]] * 2, 'the end of the selection')


def follow(user, peer, camera, number, stamp):
    """Have an id of a camera shown and selected."""
    peer.listen(String, f'{camera}/selected_track', qos.LATCHED)
    user.wait('cameras', lambda message: camera in message['names'])
    show(peer, camera, stamp, number)
    user.wait('history', lambda message: message['camera'] == camera)
    assert user.ask(do='select', camera=camera, id=number)['is_done']
    until_followed(peer, camera, str(number))


def until_followed(peer, camera, track):
    topic = f'{camera}/selected_track'
    peer.until(lambda: peer.received[topic][-1:] == [String(data=track)], f'{track!r} on {topic}')


def test_a_reset_drops_the_selection_whoever_asks_for_it_and_whether_somebody_looks_or_not(
    start, address, peer
):
    camera = '/test/reset'
    start('tracker', namespace=camera)
    for stamp, is_looking in ((3000.0, True), (4000.0, False)):
        with PageUser(address) as user:
            user.wait('health', lambda message: any(
                each['node'] == f'{camera}/tracker' for each in message['nodes']))
            follow(user, peer, camera, 5, stamp)
            if is_looking:
                assert peer.call(Trigger, f'{camera}/tracker/reset', Trigger.Request()).success
                assert 'was reset' in user.wait('word')['text']
                until_followed(peer, camera, '')
    tracks = f'{camera}/tracks'
    peer.until(lambda: not peer.node.count_subscribers(tracks), 'the end of the subscription')
    assert peer.received[f'{camera}/selected_track'][-1] == String(data='5')
    assert peer.call(Trigger, f'{camera}/tracker/reset', Trigger.Request()).success
    until_followed(peer, camera, '')
    peer.until(lambda: not peer.node.count_subscribers('/diagnostics'), 'no interest in health')


def test_a_selection_lasts_as_long_as_the_tracker_keeps_the_id(start, address, peer):
    camera = '/test/kept'
    start('tracker', namespace=camera, max_age_s=0.7)
    with PageUser(address) as user:
        user.wait('settings', lambda message: f'{camera}/tracker' in message.get('nodes', {}))
        follow(user, peer, camera, 5, 6000.0)
        show(peer, camera, 6000.6)
        user.wait('history', lambda message: message['now'] == 6000.6)
        until_followed(peer, camera, '5')
        show(peer, camera, 6000.8)
        assert 'longer than the tracker keeps it (0.7 s)' in user.wait('word')['text']
        until_followed(peer, camera, '')


def test_a_tracker_that_was_killed_and_started_again_drops_the_selection(address, peer):
    camera = '/test/again'
    announce(peer, camera)
    with PageUser(address) as user:
        follow(user, peer, camera, 4, 5000.0)

        def is_told():
            # The publisher of the one that was killed stays in the graph for a while.
            peer.node.create_publisher(Detection2DArray, f'{camera}/tracks', qos.RESULTS)
            peer.spin(5.0)
            return user.newest('word')

        peer.until(is_told, 'the word')
        assert 'started again' in user.wait('word')['text']
        until_followed(peer, camera, '')


def test_settings_come_from_the_nodes_and_a_refused_value_says_why(start, address, peer):
    tracker = start('tracker', namespace=FRONT)
    node = f'{FRONT}/tracker'
    with PageUser(address) as user:
        settings = user.wait(  # its services may be known later
            'settings', lambda message: message.get('nodes', {}).get(node, {}).get('actions'))
        shown = {each['name']: each for each in settings['nodes'][node]['parameters']}
        assert settings['nodes'][node]['actions'] == ['reset']
        distance = shown['max_cosine_distance']
        assert (distance['kind'], distance['value'], distance['low']) == ('float', 0.2, 0.0)
        assert distance['text'] and 'web_token' not in json.dumps(settings)
        refused = user.ask(do='set', node=node, name='max_cosine_distance', value=99.5)
        assert not refused['is_done']
        assert 'out of range' in refused['text']
        assert user.ask(do='set', node=node, name='max_cosine_distance', value=0.3)['is_done']
        user.wait('settings', lambda message: any(
            each['name'] == 'max_cosine_distance' and each['value'] == 0.3
            for each in message.get('nodes', {}).get(node, {}).get('parameters', ())))
        for name, value in (('max_cosine_distance', 'x'), ('autostart', False), ('none', 1)):
            assert not user.ask(do='set', node=node, name=name, value=value)['is_done']
        assert not user.ask(do='call', node=node, action='pause')['is_done']
        answer = user.ask(do='call', node=node, action='reset')
        assert answer['is_done'] and 'ids start at 1' in answer['text']
        level = user.wait('health', lambda message: any(
            each['node'] == node and each['level'] < 3 for each in message['nodes']))
        assert level
        tracker.kill()
        silent = user.wait('health', lambda message: any(
            each['node'] == node and each['level'] == 3 for each in message['nodes']))
        assert any('the node has ended' in each['message'] for each in silent['nodes'])


def test_a_port_that_is_taken_is_one_line_and_the_node_lives(start, address, peer, status):
    port = int(address.rstrip('/').rpartition(':')[2])
    other = start('viewer', namespace='/test/other', web_port=port)
    found, _ = status('/test/other/viewer', lambda found, _: found.level == b'\2', 'the error')
    assert re.fullmatch(f'no page: web_port: {port} is taken .*; give another .*', found.message)
    assert other.text.count('is taken') == 1
    assert not other.has_ended()


def test_foreign_pages_are_refused(address):
    for headers in ({'Host': 'evil.example'}, {'Origin': 'http://evil.example'}):
        with pytest.raises(HTTPError) as refused:
            urlopen(Request(f'{address}api/state', headers=headers))
        assert refused.value.code == 403
        refused.value.close()


def test_each_live_parameter_of_ours_becomes_a_field_and_comes_back():
    from yolo_deepsort_ros.config.node_configs import COMPOSED
    from yolo_deepsort_ros.nodes.parameters.node_parameters import _ros_parameter
    for declared in COMPOSED['pipeline'].parameters().values():
        about = descriptor(declared)
        assert is_live(about) is declared.is_live, declared.name
        if declared.is_live:
            value = _ros_parameter(declared, declared.default).to_parameter_msg().value
            shown = setting_json(about, value)
            assert (shown['unit'], shown['text']) == (declared.unit, declared.text)
            assert tuple(shown['choices']) == declared.choices
            assert parameter_value(about.type, shown['value']) == value
    assert not is_live(ParameterDescriptor(type=ParameterType.PARAMETER_BYTE_ARRAY))


@pytest.mark.parametrize('given', [
    10**400, [10**400], 2**63, -2**63 - 1, '\ud83d', ['\ud83d'],
], ids=lambda given: repr(given)[:9])
def test_what_no_message_can_hold_is_refused(given):
    for kind in KINDS:
        try:
            value = parameter_value(kind, given)
        except InputError:
            continue
        serialize_message(value)
