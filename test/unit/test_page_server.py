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
import json
import struct
import time

import numpy as np
import pytest

from yolo_deepsort_ros.config.web_config import WebConfig
from yolo_deepsort_ros.errors import OutputError
from yolo_deepsort_ros.images.compressed_image import decoded
from yolo_deepsort_ros.web.camera_view import Keeping
from yolo_deepsort_ros.web.page_operator import Health, Operator
from yolo_deepsort_ros.web.recordings import MAX_BYTES, MAX_RECORDINGS, Recordings
from yolo_deepsort_ros.web.shown_frame import Picture, shown_tracks, ShownFrame

aiohttp = pytest.importorskip('aiohttp')
PageServer = pytest.importorskip('yolo_deepsort_ros.web.page_server').PageServer

WAIT = 20.0  #: s; nothing takes so long


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
    assert len(known) == 10
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


def test_recordings_are_bounded(tmp_path):
    recordings = Recordings(str(tmp_path))
    first = recordings.begin(lambda _: None)
    with pytest.raises(OutputError, match='another page records already'):
        recordings.begin(lambda _: None)
    frame = ShownFrame(Picture(1, 64, 48, lambda: None), None)
    assert first.add('', frame, bytes(10))
    assert not first.add('', frame, bytes(MAX_BYTES))
    assert first.is_over
    for number in range(MAX_RECORDINGS):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / 'recording.json').write_text('')
    with pytest.raises(OutputError, match='remove one of them'):
        recordings.begin(lambda _: None)
    recordings.close()
    with pytest.raises(OutputError, match=r'^web_recordings: .*name a folder'):
        Recordings('/proc/none').begin(lambda _: None)
