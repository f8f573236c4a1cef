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

"""Downloads from a real https server on this host, which misbehaves in many ways."""

import hashlib
import os
from pathlib import Path
import resource
import signal
import socket
import subprocess
import sys
import threading

import pytest
from web_server import CERTIFICATE, CONTENT, WebServer
import yaml

from yolo_deepsort_ros.errors import DownloadError, OutputError
from yolo_deepsort_ros.models.download import fetch
from yolo_deepsort_ros.models.registry import KnownModel, ModelFile

SHA256 = hashlib.sha256(CONTENT).hexdigest()
HASTY = {'timeout': 0.3, 'max_bytes': 2**20}
PROXIES = ('http_proxy', 'https_proxy', 'all_proxy', 'no_proxy')


@pytest.fixture(scope='module')
def running():
    with WebServer() as server:
        yield server


@pytest.fixture
def server(running, monkeypatch):
    """Return the server, whom this process trusts and reaches without a proxy."""
    running.asked.clear()
    monkeypatch.setenv('SSL_CERT_FILE', str(CERTIFICATE))
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return running


def known(url, folder, sha256=SHA256):
    file = ModelFile(folder / 'cache' / 'net.onnx', sha256, url)
    return KnownModel('net', 'reid', 'a test', (file,))


def left_over(folder):
    return sorted(path.name for path in folder.rglob('*') if path.is_file())


@pytest.mark.parametrize('manner', ['good', 'unsized', 'chunked', 'moved'])
def test_the_file_arrives(server, tmp_path, manner):
    model = known(server.url(manner), tmp_path)
    fetch(model, **HASTY)
    assert model.path.read_bytes() == CONTENT
    assert left_over(tmp_path) == ['net.onnx']
    assert model.path.stat().st_mode & 0o777 == 0o666 & ~_umask()


@pytest.mark.parametrize('manner, attempts, message', [
    ('missing', 1, 'the server answers 404 Not Found; look for a newer release'),
    ('forbidden', 1, 'the server answers 403 Forbidden; look for a newer release'),
    ('down', 1, 'the server answers 503 Service Unavailable; try again later'),
    ('breaks', 1, 'the connection ended after 60000 of 256000 bytes; try again'),
    ('breaks_a_chunk', 1, 'the connection broke ('),
    ('nonsense', 1, 'the connection broke (220 this is no web server'),
    ('other', 1, '5 bytes came, but their SHA-256 is not that of net.onnx: nothing is kept'),
    ('longer', 1, '256001 bytes came, but their SHA-256 is not that of net.onnx'),
    ('to_http', 1, '/…, which is not https: it is not followed'),
    ('to_a_file', 1, 'the server answers 302 Found, redirects that do not end at a file'),
    ('around', 5, 'the server answers 302 Found, redirects that do not end at a file'),
    ('huge', 1, 'the server sends 1048576 bytes or more, no network has so many'),
    ('endless', 1, 'the server sends 1048576 bytes or more, no network has so many'),
    ('silent', 1, 'the server has fallen silent; try again later'),
    ('stalls', 1, 'the server has fallen silent; try again later'),
])
def test_what_cannot_be_had_is_one_line_and_leaves_nothing(
    server, tmp_path, manner, attempts, message
):
    with pytest.raises(DownloadError) as caught:
        fetch(known(server.url(manner), tmp_path), **HASTY)
    assert str(caught.value).startswith(f'{server.url(manner)}: ')
    assert message in str(caught.value)
    assert str(caught.value).isprintable()
    assert left_over(tmp_path) == []
    assert server.times(manner) == attempts


def test_a_stranger_is_not_trusted(server, tmp_path, monkeypatch):
    monkeypatch.delenv('SSL_CERT_FILE')
    with pytest.raises(DownloadError, match=r'cannot be trusted \(self.signed cert.*the clock'):
        fetch(known(server.url('good'), tmp_path), **HASTY)
    assert server.asked == []


def test_nobody_answers_is_said_at_once(server, tmp_path):
    with socket.socket() as free:
        free.bind(('localhost', 0))
        url = f'https://localhost:{free.getsockname()[1]}/x'
    with pytest.raises(DownloadError) as caught:
        fetch(known(url, tmp_path), **HASTY)
    assert 'no connection (Connection refused): check the network' in str(caught.value)
    assert f'or bring the file here as {tmp_path}/cache/net.onnx' in str(caught.value)


def test_a_proxy_is_used(server, tmp_path, monkeypatch):
    monkeypatch.setenv('https_proxy', 'http://localhost:1')
    with pytest.raises(DownloadError, match='no connection'):
        fetch(known(server.url('good'), tmp_path), **HASTY)
    assert server.asked == []


def test_no_room(server, tmp_path):
    """A limit on the size of files fails a write half-way as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100000, before[1]))
    try:
        with pytest.raises(OutputError, match=r'net.onnx: File too large; make room'):
            fetch(known(server.url('good'), tmp_path), **HASTY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert left_over(tmp_path) == []


def test_no_folder(server, tmp_path):
    (tmp_path / 'cache').write_text('a file is in the way')
    with pytest.raises(OutputError, match=r'cannot be written: .*set XDG_CACHE_HOME to another'):
        fetch(known(server.url('good'), tmp_path), **HASTY)


def test_what_is_intact_is_not_fetched_again_and_what_is_damaged_is(server, tmp_path):
    model = known(server.url('good'), tmp_path)
    for _ in range(2):
        fetch(model, **HASTY)
    assert server.times('good') == 1
    model.path.write_bytes(CONTENT[:-1])
    fetch(model, **HASTY)
    assert model.path.read_bytes() == CONTENT
    assert server.times('good') == 2


def test_a_damaged_file_stays_where_no_other_can_be_had(server, tmp_path):
    model = known(server.url('other'), tmp_path)
    model.path.parent.mkdir()
    model.path.write_bytes(b'old')
    with pytest.raises(DownloadError):
        fetch(model, **HASTY)
    assert model.path.read_bytes() == b'old'


def test_many_at_once_do_not_harm_each_other(server, tmp_path):
    model = known(server.url('good'), tmp_path)
    threads = [threading.Thread(target=fetch, args=(model,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert model.path.read_bytes() == CONTENT
    assert left_over(tmp_path) == ['net.onnx']


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing(server, tmp_path, number):
    registry = tmp_path / 'models.yaml'
    registry.write_text(yaml.safe_dump({'net': {
        'parameter': 'reid', 'text': 'a test',
        'files': {'onnx': {'sha256': SHA256, 'url': server.url('stalls')}},
    }}))
    code = f"""
import pathlib, runpy, sys
from yolo_deepsort_ros.models import registry
registry.FILE = pathlib.Path({str(registry)!r})
sys.argv = ['yolo_deepsort_ros', 'models', 'fetch', 'net']
runpy.run_module('yolo_deepsort_ros', run_name='__main__')
"""
    process = subprocess.Popen(
        [sys.executable, '-c', code], cwd=Path(__file__).parents[2], stderr=subprocess.PIPE,
        env={**os.environ, 'XDG_CACHE_HOME': str(tmp_path / 'cache')},
    )
    while not server.times('stalls'):
        assert process.poll() is None, process.stderr.read()
    process.send_signal(number)
    with process.stderr as stderr:
        assert stderr.read() == b''
    assert process.wait() == 130
    assert left_over(tmp_path / 'cache') == []


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
