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

"""What is shown of a URL: neither users, passwords nor tokens, wherever they stand."""

from __future__ import annotations

import contextlib
import io
import logging
import time

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from yolo_deepsort_ros.cli.commands import main
from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.error_text import MAX_READ, MAX_SHOWN, public_url, quoted, shown
from yolo_deepsort_ros.errors import YoloDeepsortError
from yolo_deepsort_ros.sources.opening import open_source

#: Where cameras have them; `{}` is the secret.
PLACES = [
    'rtsp://admin:{}@127.0.0.1:9/live', 'rtsp://{}@127.0.0.1:9/live',
    'http://127.0.0.1:9/video?user=admin&password={}', 'http://127.0.0.1:9/?pwd={}&x=1',
    'http://127.0.0.1:9/{}/live.m3u8', 'http://127.0.0.1:9/#token={}',
    'http://127.0.0.1:9/live;{}', 'https://u:{}@[::1]:9/x', 'rtmp://127.0.0.1:9/app/{}?a=b@c',
    'http://127.0.0.1:9?{}',
]
#: Letters that stand out, and all that a careless password may hold beside them.
secrets = st.text('/@:?#&=%\\"\'$;,.!~[]()', max_size=6).map(lambda text: f'Qz7{text}Wk8')


@pytest.mark.parametrize(('url', 'name'), [
    ('rtsp://camera.local:554/Streaming/101', 'rtsp://camera.local:554/…'),
    ('rtsp://admin:secret@camera.local:554/live?token=x', 'rtsp://camera.local:554/…'),
    ('http://[fe80::1]:80/x', 'http://[fe80::1]:80/…'), ('http://cam', 'http://cam'),
    ('http://cam?pwd=x', 'http://cam/…'), ('rtsp://admin:pass/word@cam/x', 'rtsp://…'),
    ('http://cam/x?pwd=pass@word', 'http://…'), ('rtsp://admin:secret', 'rtsp://…'),
    ('location=rtsp://u:p@cam ! x', '…'), ('file:///films/a b.mp4', 'file:///films/a b.mp4'),
    ('film.mp4', 'film.mp4'), ('rtsp://cam/…', 'rtsp://cam/…'),
])
def test_scheme_host_and_port_are_shown(url: str, name: str):
    assert public_url(url) == name
    assert public_url(name) == name


@pytest.mark.parametrize(('text', 'expected'), [
    ('rtsp://u:p@cam/x: no answer', 'rtsp://cam/…: no answer'),
    ("[rtsp @ 0x1] 'http://cam/x?pwd=p' failed.", "[rtsp @ 0x1] 'http://cam/…' failed."),
    ('C:/films/a.mp4 and 12:30', 'C:/films/a.mp4 and 12:30'),
])
def test_urls_inside_a_text_are_shown_the_same_way(text: str, expected: str):
    assert shown(text) == expected


@given(st.sampled_from(PLACES), secrets, st.integers(MAX_READ - 80, MAX_READ + 80))
def test_a_url_that_is_cut_off_tells_no_secret(place: str, secret: str, length: int):
    text = 'x' * length + ' ' + place.format(secret) + 'y' * 200
    assert 'Qz7' not in shown(text, longest=2 * MAX_READ)
    assert 'Qz7' not in quoted(text, longest=2 * MAX_READ)


def test_of_a_text_of_megabytes_the_head_is_read():
    begin = time.process_time()
    for _ in range(100):
        assert shown('x' * 10**7) == 'x' * MAX_SHOWN + '…'
        assert quoted('x' * 10**7) == f"'{'x' * (MAX_SHOWN - 1)}…'"
    assert time.process_time() - begin < 20.0  # the whole of it would take minutes


@settings(deadline=None, max_examples=12)
@given(st.sampled_from(PLACES), secrets)
def test_no_secret_is_found_in_any_output(place: str, secret: str):
    """Of the library, its log, and of commands that take the URL for something else."""
    url = place.replace('{}', secret)
    said, log = io.StringIO(), io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger('yolo_deepsort_ros').addHandler(handler)
    config = SourceConfig(source=url, frame_timeout=0.2)
    changes: list[str] = []
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            for words in (
                ['track', url, '--topic', '/x'], ['track', url, '--model', 'arena-tiny'],
                ['detect', url, '--model', 'arena-tiny'], ['track', 'arena', '--model', url],
                ['track', 'arena', '--set', f'sourc={url}'],
                ['track', 'arena', '--set', f'loop={url}'],
                ['track-detections', url, '--out', '/x/y'],
                ['evaluate', '--gt', url, '--tracks', url],
            ):
                with contextlib.suppress(SystemExit):
                    assert main(words) == 2
        try:
            with open_source(
                config, paced=True, on_change=changes.append, waits=True
            ) as source:
                said.write(source.name)
                source.close()
        except YoloDeepsortError as error:
            said.write(str(error))
    finally:
        logging.getLogger('yolo_deepsort_ros').removeHandler(handler)
    output = said.getvalue() + log.getvalue() + ''.join(changes) + shown(url) + quoted(url)
    assert 'Qz7' not in output
    assert 'Wk8' not in output
    assert '127.0.0.1' in output or '://…' in output or '::1' in output
