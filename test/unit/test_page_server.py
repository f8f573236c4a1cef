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

"""The server of the page, and what a client is sent."""

import asyncio
from contextlib import suppress
import json
import socket
import struct
import time

import numpy as np
import pytest

from yolo_deepsort_ros.config.web_config import WebConfig
from yolo_deepsort_ros.errors import InputError, OutputError
from yolo_deepsort_ros.images.compressed_image import decoded, encoded
from yolo_deepsort_ros.web import page_client
from yolo_deepsort_ros.web.camera_view import Keeping
from yolo_deepsort_ros.web.page_operator import Health, Operator
from yolo_deepsort_ros.web.shown_frame import Picture, shown_tracks

aiohttp = pytest.importorskip('aiohttp')
PageServer = pytest.importorskip('yolo_deepsort_ros.web.page_server').PageServer

WAIT = 90.0  #: s; far more than anything takes


class Recorder(Operator):
    """Takes note of what the page asks for."""

    def __init__(self):
        self.selected, self.watched, self.commands = [], [], []

    def on_watch(self, is_watched):
        self.watched.append(is_watched)

    def on_select(self, camera, track):
        self.selected.append((camera, track))

    def on_command(self, command, answer):
        self.commands.append(command)
        answer(False, 'too large')


@pytest.fixture(scope='module')
def operator():
    return Recorder()


@pytest.fixture(scope='module')
def server(operator):
    with PageServer(WebConfig(web_port=0), operator) as running:
        yield running


def run(talk, server, **headers):
    """Run a coroutine with a session, and return what it returns."""
    async def inner():
        async with aiohttp.ClientSession(server.address, headers=headers) as session:
            return await asyncio.wait_for(talk(session), WAIT)
    return asyncio.run(inner())


def get(server, path, **headers):
    """Return status, headers and body."""
    async def talk(session):
        async with session.get(path) as response:
            return response.status, response.headers, await response.read()
    return run(talk, server, **headers)


def show(server, stamp, ids=(1,), camera=''):
    """Have the server show a picture with objects."""
    pixels = np.full((48, 64, 3), 200, np.uint8)
    tracks = shown_tracks(
        stamp, ids, [[1, 2, 30, 40]] * len(ids), [0.5] * len(ids), ['cup'] * len(ids), 12.0
    )
    server.viewer.show(camera, Picture(stamp, 64, 48, lambda: pixels), tracks)


async def messages(socket, *kinds):
    """Return the next message of each kind; 'picture' for a picture."""
    found = {}
    while not set(kinds) <= set(found):
        message = await socket.receive()
        assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), message
        if message.type is aiohttp.WSMsgType.TEXT:
            content = json.loads(message.data)
            found[content['type']] = content
        else:
            size, = struct.unpack_from('<I', message.data)
            header = json.loads(message.data[4:4 + size])
            found['picture'] = header, message.data[4 + size:]
    return [found[kind] for kind in kinds]


def test_the_page_and_all_that_it_names_are_there(server):
    status, headers, page = get(server, '/')
    assert status == 200
    assert "script-src 'self'" in headers['Content-Security-Policy']
    assert 'unsafe' not in headers['Content-Security-Policy']
    assert b'<script>' not in page
    assert b'style=' not in page
    size, names, known = 0, ['page.html', 'page.css', 'icon.svg', 'main.js'], set()
    while names:
        name = names.pop()
        status, _, content = get(server, f'/page/{name}')
        assert status == 200, name
        known.add(name)
        size += len(content)
        names += {
            f'{word[2:]}' for word in content.decode().replace("'", '\n').splitlines()
            if word.startswith('./')
        } - known
    assert len(known) == 12
    assert size < 150_000


@pytest.mark.parametrize('path', [
    '/page/../page_server.py', '/page/%2e%2e/page_server.py', '/page/..%2fpage_server.py',
    '/page/', '/page//etc/passwd', '/etc/passwd', '/page/page.html%00', '/page', '/api',
    '/api/live',
])
def test_no_other_path_is_there(server, path):
    assert get(server, path)[0] in (400, 404)


def test_foreign_hosts_and_origins_are_refused(server):
    assert get(server, '/', Host='evil.example')[0] == 403
    assert get(server, '/api/state', Origin='http://evil.example')[0] == 403


def test_a_client_sees_a_picture_with_the_tracks_of_its_stamp(server):
    async def talk(session):
        async with session.ws_connect('/api/live') as socket:
            await messages(socket, 'hello')
            await socket.send_json({'do': 'view', 'camera': 'left', 'width': 64})
            show(server, 10**9, (1, 2), 'left')
            (header, jpeg), = await messages(socket, 'picture')
            assert header['stamp'] == 1.0
            assert header['size'] == [64, 48]
            assert [track['id'] for track in header['tracks']] == [1, 2]
            assert decoded(jpeg).shape == (48, 64, 3)
    run(talk, server)


def test_a_client_that_draws_nothing_is_sent_two_pictures_and_then_the_newest(server):
    async def talk(session):
        async with session.ws_connect('/api/live') as socket:
            await messages(socket, 'hello')
            await socket.send_json({'do': 'view', 'camera': 'slow', 'width': 64})
            stamps = []
            for number in range(2):
                show(server, (number + 1) * 10**8, camera='slow')
                (header, _), = await messages(socket, 'picture')
                stamps.append(header['stamp'])
            for number in range(2, 10):
                show(server, (number + 1) * 10**8, camera='slow')
            await messages(socket, 'health')
            await socket.send_json({'do': 'drawn', 'camera': 'slow'})
            (header, _), = await messages(socket, 'picture')
            return [*stamps, header['stamp']]
    assert run(talk, server) == [0.1, 0.2, 1.0]


def test_a_picture_is_no_larger_than_the_client_shows_it(server):
    async def talk(session):
        async with session.ws_connect('/api/live') as socket:
            await messages(socket, 'hello')
            await socket.send_json({'do': 'view', 'camera': 'large', 'width': 150})
            pixels = np.full((480, 640, 3), 200, np.uint8)
            server.viewer.show(
                'large', Picture(10**9, 640, 480, lambda: pixels), shown_tracks(
                    10**9, [], [], [], [], None))
            (header, jpeg), = await messages(socket, 'picture')
            return header['size'], decoded(jpeg).shape
    assert run(talk, server) == ([640, 480], (120, 160, 3))


def test_pictures_take_no_more_than_their_share_of_the_line(server, monkeypatch):
    monkeypatch.setattr(page_client, 'BYTE_RATE', 100.0)  # a second; one picture has more

    async def talk(session):
        async with session.ws_connect('/api/live') as socket:
            await messages(socket, 'hello')
            await socket.send_json({'do': 'view', 'camera': 'thin', 'width': 64})
            stamps = iter(range(1, 100))
            for _ in range(20):
                show(server, next(stamps) * 10**8, camera='thin')
                await socket.send_json({'do': 'drawn', 'camera': 'thin'})
                await asyncio.sleep(0.01)
            await socket.send_json({'do': 'select', 'camera': 'none', 'id': 1, 'tag': 1})
            count = 0
            while True:
                message = await socket.receive()
                if message.type is aiohttp.WSMsgType.BINARY:
                    count += 1
                elif json.loads(message.data)['type'] == 'answer':
                    return count
    assert run(talk, server) == 1


def test_pictures_and_tracks_meet_in_any_order(server):
    pixels = np.zeros((48, 64, 3), np.uint8)

    async def talk(session):
        async with session.ws_connect('/api/live') as socket:
            await messages(socket, 'hello')
            await socket.send_json({'do': 'view', 'camera': 'two', 'width': 64})
            seen = []
            for stamp, order in ((10**8, 'pt'), (2 * 10**8, 'tp'), (3 * 10**8, 'p')):
                for what in order:
                    if what == 'p':
                        server.viewer.add_picture('two', Picture(stamp, 64, 48, lambda: pixels))
                    else:
                        server.viewer.add_tracks(
                            'two', shown_tracks(stamp, [7], [[0, 0, 9, 9]], [0.5], ['cup'], None)
                        )
                (header, _), = await messages(socket, 'picture')
                await socket.send_json({'do': 'drawn', 'camera': 'two'})
                tracks = header['tracks']
                seen.append(tracks and [each['id'] for each in tracks])
            return seen
    assert run(talk, server) == [[7], [7], None]


def test_the_state_is_what_was_shown(server):
    async def talk(session):
        async with session.ws_connect('/api/live') as socket:
            await messages(socket, 'hello')
            show(server, 10**9, (1,), 'state')
            show(server, 10**9 + 5 * 10**8, (1, 2), 'state')
            server.viewer.add_health(Health('/tracker', 1, 'slow'))
            async with session.get('/api/state') as response:
                return await response.json()
    state = run(talk, server)
    camera = state['cameras']['state']
    assert (camera['stamp'], camera['latency_ms']) == (1.5, 12.0)
    assert camera['rate_hz'] == 2.0
    first, second = camera['tracks']
    assert {key: first[key] for key in ('id', 'class', 'score', 'x', 'y', 'w', 'h')} == {
        'id': 1, 'class': 'cup', 'score': 0.5, 'x': 1.0, 'y': 2.0, 'w': 30.0, 'h': 40.0
    }
    assert first['age_s'] - second['age_s'] == pytest.approx(0.5)
    assert 0 <= first['seen_s'] < WAIT
    assert {'node': '/tracker', 'level': 1, 'message': 'slow'} in state['diagnostics']


def test_the_state_waits_for_first_tracks():
    with PageServer(WebConfig(web_port=0)) as server:
        start = time.monotonic()
        status, _, body = get(server, '/api/state')
        assert status == 200
        assert json.loads(body) == {'cameras': {}, 'diagnostics': []}
        assert time.monotonic() - start > 0.9
        assert server.viewer.is_watched


def test_a_click_selects_until_the_id_is_gone_for_longer_than_it_is_kept(server, operator):
    async def talk(session):
        async with session.ws_connect('/api/live') as socket:
            await messages(socket, 'hello')
            server.viewer.set_keeping('front', Keeping(30, 1.0))
            show(server, 10**9, (5,), 'front')
            show(server, 10**9, (6,), 'back')
            await messages(socket, 'history')
            await socket.send_json({'do': 'select', 'camera': 'front', 'id': 4, 'tag': 1})
            answer, = await messages(socket, 'answer')
            assert not answer['is_done']
            assert 'id 4 is not there' in answer['text']
            for camera, number in (('front', 5), ('back', 6), ('front', 5)):
                await socket.send_json({'do': 'select', 'camera': camera, 'id': number, 'tag': 2})
                answer, = await messages(socket, 'answer')
                assert answer['is_done']
            for stamp in (1.5, 1.9):
                show(server, round(stamp * 1e9), (), 'front')
            assert operator.selected[-1] == ('front', '5')
            show(server, round(2.5 * 1e9), (), 'front')
            word, = await messages(socket, 'word')
            assert 'id 5 has been away' in word['text']
    operator.selected.clear()
    run(talk, server)
    assert operator.selected == [
        ('front', '5'), ('front', ''), ('back', '6'), ('back', ''), ('front', '5'), ('front', ''),
    ]


def test_a_restart_drops_the_selection(server, operator):
    async def talk(session):
        async with session.ws_connect('/api/live') as socket:
            await messages(socket, 'hello')
            show(server, 10**9, (5,), 'again')
            await messages(socket, 'history')
            await socket.send_json({'do': 'select', 'camera': 'again', 'id': 5})
            await messages(socket, 'answer')
            server.viewer.restart('again', 'the tracker was started again')
            return await messages(socket, 'word')
    word, = run(talk, server)
    assert 'started again' in word['text']
    assert operator.selected[-1] == ('again', '')


def test_a_refused_value_says_why(server, operator):
    async def talk(session):
        async with session.ws_connect('/api/live') as socket:
            await socket.send_json({
                'do': 'set', 'node': '/tracker', 'name': 'n_init', 'value': 99, 'tag': 7
            })
            return await messages(socket, 'answer')
    answer, = run(talk, server)
    assert answer == {'type': 'answer', 'tag': 7, 'is_done': False, 'text': 'too large'}
    assert operator.commands[-1]['value'] == 99


def test_a_page_that_may_only_look_does_nothing():
    operator = Recorder()
    with PageServer(WebConfig(web_port=0, web_control='false'), operator) as server:
        async def talk(session):
            async with session.ws_connect('/api/live') as socket:
                show(server, 10**9, (5,))
                for command in (
                    {'do': 'select', 'camera': '', 'id': 5},
                    {'do': 'set', 'node': 'a', 'name': 'b', 'value': 1},
                    {'do': 'call', 'node': 'a', 'action': 'reset'}, {'do': 'record'},
                ):
                    await socket.send_json(command)
                    answer, = await messages(socket, 'answer')
                    assert not answer['is_done']
                    assert 'web_control' in answer['text']
        run(talk, server)
    assert operator.selected == operator.commands == []


def test_the_token_is_needed_and_kept_in_a_cookie():
    with PageServer(WebConfig(web_port=0, web_token='a+b secret')) as server:
        plain = server.address.partition('?')[0]

        async def talk():
            async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
                seen = []
                for address in (
                    plain, f'{plain}?token=wrong', f'{plain}page/main.js', server.address,
                    f'{plain}page/main.js',
                ):
                    async with session.get(address) as response:
                        seen.append(response.status)
                        kept = response.headers.get('Set-Cookie', '')
                        assert 'HttpOnly' in kept or response.status == 403
                        assert 'secret' not in await response.text()
                return seen
        assert asyncio.run(talk()) == [403, 403, 403, 200, 200]


@pytest.mark.parametrize('text', [
    'x', '[]', '1', 'null', '{}', '{"do":"drop"}', '{"do":"view"}', '{"do":"view","width":-1}',
    '{"do":"view","width":1e9}', '{"do":"view","width":true}', '{"do":"drawn","camera":1}',
    '{"do":"select","id":"1"}', '{"do":"set","node":1}', '[' * 4000,
])
def test_a_client_that_sends_anything_else_is_closed(server, text):
    async def talk(session):
        async with session.ws_connect('/api/live') as socket:
            await socket.send_str(text)
            async for message in socket:
                assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY)
            return socket.close_code
    assert run(talk, server) == 1008


@pytest.mark.parametrize('sent', [
    b'GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n', b'G\x01T / HTTP/1.1\r\n\r\n',
    b'GET / HTTP/1.1\r\nHost: localhost\r\nX: ' + b'x' * 20_000 + b'\r\n\r\n',
    b'GET / HTTP/1.1\r\nHost:\r\n\r\n', b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' * 20,
])
def test_what_is_no_http_leaves_nothing_in_the_log(server, caplog, sent):
    port = int(server.address.rstrip('/').rpartition(':')[2])
    with socket.create_connection(('127.0.0.1', port), WAIT) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):
            while connection.recv(4096):
                pass
    assert get(server, '/')[0] == 200
    assert caplog.records == []


def test_a_message_that_is_too_long_is_not_read(server):
    async def talk(session):
        async with session.ws_connect('/api/live') as socket:
            await socket.send_str('x' * 100_000)
            async for _ in socket:
                pass
            return socket.close_code
    assert run(talk, server) in (1006, 1009)


def test_a_port_that_is_taken_is_one_line_with_the_remedy(server):
    port = int(server.address.rstrip('/').rpartition(':')[2])
    with pytest.raises(OutputError, match=f'^web_port: {port} is taken .*; give another number'):
        PageServer(WebConfig(web_port=port))


@pytest.mark.parametrize('host', ['192.0.2.7', 'no.such.host.invalid', 'a' * 70])
def test_a_host_that_is_not_here_is_one_line(host):
    with pytest.raises(OutputError, match=r'^web_host: '):
        PageServer(WebConfig(web_port=0, web_host=host))


def test_what_is_sent_is_recorded_and_drawn(tmp_path):
    folder = tmp_path / 'recorded'
    with PageServer(WebConfig(web_port=0, web_recordings=str(folder))) as server:
        async def talk(session):
            async with session.ws_connect('/api/live') as socket:
                await messages(socket, 'hello')
                await socket.send_json({'do': 'view', 'camera': '/a/../b', 'width': 64})
                await socket.send_json({'do': 'record', 'is_on': True})
                assert (await messages(socket, 'answer'))[0]['is_done']
                for number in range(3):
                    show(server, 10**9 + number * 10**8, (3,), '/a/../b')
                    await messages(socket, 'picture')
                    await socket.send_json({'do': 'drawn', 'camera': '/a/../b'})
                await socket.send_json({'do': 'record', 'is_on': False})
                return (await messages(socket, 'word'))[0]['text']
        said = run(talk, server)
    (recording,) = folder.iterdir()
    assert said == f'recorded: {recording / "annotated.mp4"}'
    rows = (recording / 'tracks.txt').read_text().splitlines()
    assert rows == [f'{n},3,1.000,2.000,30.000,40.000,0.5000,0,-1,-1' for n in (1, 2, 3)]
    names = sorted(path.name for path in recording.iterdir())
    assert names == [
        *(f'a_b_{n:06d}.jpg' for n in (1, 2, 3)), 'annotated.mp4', 'frames.jsonl',
        'recording.json', 'tracks.txt',
    ]


def test_the_page_that_records_may_say_so_twice(tmp_path):
    with PageServer(WebConfig(web_port=0, web_recordings=str(tmp_path))) as server:
        async def begin(socket):
            await socket.send_json({'do': 'record', 'is_on': True})
            (answer,) = await messages(socket, 'answer')
            return answer['is_done'], answer['text']

        async def talk(session):
            async with session.ws_connect('/api/live') as one, \
                    session.ws_connect('/api/live') as other:
                return await begin(one), await begin(one), await begin(other)
        assert run(talk, server) == (
            (True, ''), (True, ''), (False, 'another page records already'))
    assert len(list(tmp_path.iterdir())) == 1


def test_a_recording_ends_in_time_without_a_picture(tmp_path, monkeypatch):
    monkeypatch.setattr(page_client, 'MAX_SECONDS', 0.2)
    with PageServer(WebConfig(web_port=0, web_recordings=str(tmp_path))) as server:
        async def talk(session):
            async with session.ws_connect('/api/live') as socket:
                await socket.send_json({'do': 'record', 'is_on': True})
                seen = []
                while seen != [True, False]:
                    (recording,) = await messages(socket, 'recording')
                    seen.append(recording['is_on'])
                await socket.send_json({'do': 'record', 'is_on': True})
                return (await messages(socket, 'answer'))[0]['is_done']
        assert run(talk, server)


def test_a_client_that_comes_back_often_is_told_as_often_as_others(server):
    async def talk(session):
        for _ in range(30):
            async with session.ws_connect('/api/live'):
                pass
        async with session.ws_connect('/api/live') as socket:
            start, count = time.monotonic(), 0
            while time.monotonic() < start + 3.0:
                await messages(socket, 'health')
                count += 1
            return count
    assert run(talk, server) <= 8  # two a second


def test_pictures_whose_stamps_stand_still_are_shown(server, caplog):
    async def talk(session):
        async with session.ws_connect('/api/live') as socket:
            await messages(socket, 'hello')
            await socket.send_json({'do': 'view', 'camera': 'still', 'width': 64})
            pixels = np.full((48, 64, 3), 200, np.uint8)
            seen = []
            for _ in range(4):
                server.viewer.add_picture('still', Picture(0, 64, 48, lambda: pixels))
                server.viewer.add_picture('still', Picture(0, 64, 48, lambda: pixels))
                (header, _), = await messages(socket, 'picture')
                await socket.send_json({'do': 'drawn', 'camera': 'still'})
                seen.append(header['tracks'])
            return seen
    assert run(talk, server) == [None] * 4
    assert caplog.records == []


def test_a_picture_too_large_for_a_jpeg_stops_no_other(server):
    async def talk(session):
        async with session.ws_connect('/api/live') as socket:
            await messages(socket, 'hello')
            await socket.send_json({'do': 'view', 'camera': 'tall', 'width': 64})
            tall = np.zeros((70000, 8, 3), np.uint8)
            server.viewer.show('tall', Picture(1, 8, 70000, lambda: tall),
                               shown_tracks(1, [], [], [], [], None))
            await messages(socket, 'health')
            show(server, 2, camera='tall')
            (header, _), = await messages(socket, 'picture')
            return header['stamp']
    assert run(talk, server) == 2e-9
    with pytest.raises(InputError, match='8 x 70000 is too large for a JPEG'):
        encoded(np.zeros((70000, 8, 3), np.uint8), 90)


def test_a_client_comes_back_after_an_unforeseen_error(server, monkeypatch, caplog):
    async def talk(session):
        async with session.ws_connect('/api/live') as socket:
            await messages(socket, 'hello')
            monkeypatch.setattr(page_client.PageClient, '_is_due', lambda *_: 1 / 0)
            show(server, 10**9)
            while (await socket.receive()).type is not aiohttp.WSMsgType.CLOSE:
                pass
    run(talk, server)
    assert 'ZeroDivisionError' in caplog.text
