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

"""The commands `models list`, `models fetch` and `models path`, as a user types them."""

import hashlib
import json

import pytest
from web_server import CERTIFICATE, CONTENT, WebServer
import yaml

from yolo_deepsort_ros.cli.commands import main
from yolo_deepsort_ros.models import registry

SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server(tmp_path, monkeypatch):
    """Serve one network, net, and another one, gone, that is not there any more."""
    with WebServer() as running:
        monkeypatch.setenv('SSL_CERT_FILE', str(CERTIFICATE))
        monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
        monkeypatch.setenv('no_proxy', '*')
        monkeypatch.setattr(registry, 'FILE', tmp_path / 'models.yaml')
        registry.FILE.write_text(yaml.safe_dump({
            name: {'parameter': 'reid', 'text': f'the {name}', 'files': {
                'onnx': {'sha256': SHA256, 'url': running.url(manner)},
            }} for name, manner in [('net', 'good'), ('gone', 'missing')]
        }, sort_keys=False))
        yield running


def run(capsys, *arguments):
    """Return the exit status, the lines of stdout and of stderr."""
    status = main(['models', *arguments])
    shown = capsys.readouterr()
    return status, shown.out.splitlines(), shown.err.splitlines()


def test_from_not_here_to_here(server, tmp_path, capsys, monkeypatch):
    monkeypatch.delenv(registry.RUN_VARIABLE, raising=False)
    path = str(tmp_path / 'cache' / 'yolo_deepsort_ros' / 'net.onnx')
    assert run(capsys, 'path', 'net') == (2, [], [
        f'yolo_deepsort_ros models: {path}: not fetched yet: run python3 -m yolo_deepsort_ros '
        f'models fetch net'
    ])
    assert run(capsys, 'fetch', 'net') == (0, [path], [])  # no terminal, no bar
    assert run(capsys, 'path', 'net') == (0, [path], [])
    assert run(capsys, 'fetch', 'net') == (0, [path], [])
    assert server.times('good') == 1


def test_list_for_people_and_for_programs(server, capsys):
    run(capsys, 'fetch', 'net')
    assert run(capsys, 'list') == (0, [
        'net   reid   ready    the net',
        'gone  reid   missing  the gone',
    ], [])
    _, lines, _ = run(capsys, 'list', '--json')
    first, second = map(json.loads, lines)
    assert first == {'name': 'net', 'parameter': 'reid', 'state': 'ready', 'text': 'the net',
                     'files': [str(registry.cache_folder() / 'net.onnx')]}
    assert second['state'] == 'missing'


@pytest.mark.parametrize('arguments, out, message', [
    (['fetch', 'gone'], 0, '/missing: the server answers 404 Not Found'),
    (['fetch', 'net', 'gone'], 1, '/missing: the server answers 404 Not Found'),
    (['fetch', 'net', 'nett'], 0, "no network is known as 'nett'; did you mean 'net'?"),
    (['path', 'yolo'], 0, "no network is known as 'yolo'; known: net, gone"),
])
def test_what_fails_is_one_line(server, capsys, arguments, out, message):
    status, paths, err = run(capsys, *arguments)
    assert (status, len(paths), len(err)) == (2, out, 1)
    assert message in err[0]


def test_a_bar_on_a_terminal(server, capsys, monkeypatch):
    monkeypatch.setattr('sys.stderr.isatty', lambda: True)
    assert main(['models', 'fetch', 'net']) == 0
    assert 'good: 100%' in capsys.readouterr().err
