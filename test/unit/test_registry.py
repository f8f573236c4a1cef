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

"""The registry of networks, and how a name or a file given finds its files."""

import hashlib
from pathlib import Path
import pwd
import re
import shutil
import subprocess
import sys

from darknet_files import write_random_network
import pytest
import yaml

from yolo_deepsort_ros.cli.commands import main
from yolo_deepsort_ros.cli.overwrite_check import files_read
from yolo_deepsort_ros.errors import ConfigurationError, ModelError
from yolo_deepsort_ros.models import registry
from yolo_deepsort_ros.models.download import fetch
from yolo_deepsort_ros.models.lookup import check_models, downloadable, find_model, find_reid
from yolo_deepsort_ros.models.registry import cache_folder, FILE, read_registry

ROOT = Path(__file__).resolve().parents[2]
SHA256 = 64 * '0'
FETCHED = {'tiny.cfg': b'[net]', 'tiny.weights': b'weights', 'crops.onnx': b'onnx'}


def entry(parameter='model', **changes):
    url = 'https://example.org/x'
    suffixes = ('cfg', 'weights') if parameter == 'model' else ('onnx',)
    files = {suffix: {'sha256': SHA256, 'url': url} for suffix in suffixes}
    return {'parameter': parameter, 'text': 'a test', 'files': files, **changes}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Let two networks, tiny and crops, be known and fetched, and one, other, be known."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    entries = {'tiny': entry(), 'crops': entry('reid'), 'other': entry()}
    folder = tmp_path / 'yolo_deepsort_ros'
    folder.mkdir()
    for name, content in FETCHED.items():
        (folder / name).write_bytes(content)
        stem, _, suffix = name.partition('.')
        entries[stem]['files'][suffix]['sha256'] = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(registry, 'FILE', tmp_path / 'models.yaml')
    registry.FILE.write_text(yaml.safe_dump(entries, sort_keys=False))
    return folder


# --- the file


def test_the_networks():
    known = read_registry()
    assert list(known) == [
        'yolov4-tiny', 'yolox-nano', 'yolox-tiny', 'arena-tiny', 'osnet_x0_25_msmt17']
    assert [model.parameter for model in known.values()] == [*['model'] * 4, 'reid']
    assert known['yolox-nano'].path == cache_folder() / 'yolox-nano.onnx'
    assert known['arena-tiny'].is_embedded
    assert known['arena-tiny'].state == 'ready'
    assert known['yolov4-tiny'].path == cache_folder() / 'yolov4-tiny.cfg'
    assert (ROOT / 'config' / 'models.yaml').resolve() == FILE


def test_the_official_definition_has_the_hash(shared_data):
    definition = (shared_data / 'models' / 'yolov4-tiny.cfg').read_bytes()
    expected = read_registry()['yolov4-tiny'].files[0].sha256
    assert hashlib.sha256(definition).hexdigest() == expected


def test_an_installation_holds_it(tmp_path):
    """What `colcon build` and pip copy into place is a file, not a link."""
    pytest.importorskip('setuptools', reason='setuptools is not installed')
    for name in ('yolo_deepsort_ros', 'setup.py'):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    done = subprocess.run(
        [sys.executable, 'setup.py', '-q', 'build_py', '--build-lib', 'built'], cwd=tmp_path,
        capture_output=True, text=True,
    )
    assert done.returncode == 0, done.stderr
    built = tmp_path / 'built' / FILE.relative_to(ROOT)
    assert not built.is_symlink()
    assert built.read_bytes() == FILE.read_bytes()
    assert read_registry(built)['arena-tiny'].state == 'ready'


def test_the_file_is_as_its_head_says():
    for name, model in read_registry().items():
        assert re.fullmatch(r'\w[\w-]*', name, re.ASCII)
        assert model.text.isprintable()
        suffixes = [file.path.suffix for file in model.files]
        darknet = [['.cfg', '.weights'], ['.cfg', '.weights', '.names']]
        assert suffixes == ['.onnx'] or (model.parameter == 'model' and suffixes in darknet)
        assert all(re.fullmatch('[0-9a-f]{64}', file.sha256) for file in model.files)
        urls = [file.url for file in model.files]
        assert not any(urls) or all(url.startswith('https://') for url in urls)


@pytest.mark.parametrize('cache, home, folder', [
    ('/c', '/h', '/c/yolo_deepsort_ros'),
    ('', '/h', '/h/.cache/yolo_deepsort_ros'),
    ('relative', '/h', '/h/.cache/yolo_deepsort_ros'),
])
def test_the_cache_folder(monkeypatch, cache, home, folder):
    monkeypatch.setenv('XDG_CACHE_HOME', cache)
    monkeypatch.setenv('HOME', home)
    assert str(cache_folder()) == folder


def test_a_user_without_a_home(monkeypatch, tmp_path, capsys):
    """As `docker run -u 12345` has it: only what would be downloaded needs a folder."""
    def nobody(_):
        raise KeyError
    monkeypatch.delenv('HOME')
    monkeypatch.delenv('XDG_CACHE_HOME', raising=False)
    monkeypatch.setattr(pwd, 'getpwuid', nobody)
    monkeypatch.chdir(tmp_path)
    cfg, weights = write_random_network(tmp_path)
    assert find_model('arena-tiny')[0].is_file()
    assert find_model(str(cfg)) == (cfg, weights)
    check_models({'model': str(cfg)})
    assert list(files_read({'model': str(cfg), 'source': 'a.mp4'}))
    assert read_registry()['yolov4-tiny'].state == 'missing'
    with pytest.raises(ModelError, match=r'not fetched yet: run .*fetch yolov4-tiny'):
        find_model('yolov4-tiny')
    with pytest.raises(ConfigurationError, match='no home folder for downloads: set XDG_CACHE_H'):
        fetch(read_registry()['yolov4-tiny'])
    assert main(['models', 'list']) == 0
    assert 'yolov4-tiny         model  missing' in capsys.readouterr().out
    assert not (tmp_path / '~').exists()


# --- the files


def test_states(cache):
    assert [model.state for model in read_registry().values()] == ['ready', 'ready', 'missing']
    (cache / 'tiny.weights').write_bytes(b'veights')
    (cache / 'crops.onnx').unlink()
    (cache / 'crops.onnx').mkdir()
    assert [model.state for model in read_registry().values()] == ['damaged', 'damaged', 'missing']


def test_names_and_files_find_their_files(cache, tmp_path, monkeypatch):
    own = tmp_path / 'own.cfg'
    for suffix in ('.cfg', '.weights', '.onnx'):
        own.with_suffix(suffix).touch()
    assert find_model('tiny') == (cache / 'tiny.cfg', cache / 'tiny.weights')
    assert find_model(str(own)) == (own, own.with_suffix('.weights'))
    assert find_model(str(own), str(cache / 'tiny.weights')) == (own, cache / 'tiny.weights')
    assert find_reid('crops') == cache / 'crops.onnx'
    monkeypatch.setenv('HOME', str(tmp_path))
    assert find_reid('~/own.onnx') == own.with_suffix('.onnx')
    assert downloadable({'model': 'tiny', 'reid': str(own)}) == ['tiny']
    assert downloadable({'model': 'tiny', 'reid': 'crops'}) == ['tiny', 'crops']


def test_a_name_wins_over_a_folder_of_that_name(cache, tmp_path, monkeypatch):
    (tmp_path / 'tiny').mkdir()
    monkeypatch.chdir(tmp_path)
    assert find_model('tiny')[0] == cache / 'tiny.cfg'


@pytest.mark.parametrize('values, error, message', [
    ({}, ConfigurationError,
     "model: 'yolov4-tiny' is neither a .cfg, .onnx or .param file nor a network known by name; "
     'known: tiny, other'),
    ({'model': 'tinny'}, ConfigurationError, "did you mean 'tiny'?"),
    ({'model': 'tiny.weights'}, ConfigurationError, "did you mean 'tiny'?"),
    ({'model': 'crops'}, ConfigurationError, 'known: tiny, other'),
    ({'model': ''}, ConfigurationError, "model: '' is neither a .cfg, .onnx or .param file nor"),
    ({'model': 'x/tiny.cfg'}, ModelError,
     'model: x/tiny.cfg: No such file or directory; without the suffix, tiny is known by name'),
    ({'model': 'own.cfg'}, ModelError, 'model: own.cfg: No such file or directory'),
    ({'model': '{cache}/tiny.cfg', 'weights': 'own.weights'}, ModelError,
     'weights: own.weights: No such file or directory'),
    ({'model': 'tiny', 'weights': 'own.weights'}, ConfigurationError,
     "weights: tiny has its own: leave weights out, or give as model the .cfg file to 'own."),
    ({'model': 'other'}, ModelError, '{cache}/other.cfg: not fetched yet: run python3 -m '
                                     'yolo_deepsort_ros models fetch other'),
    ({'model': 'tiny', 'reid': 'tiny'}, ConfigurationError,
     "reid: 'tiny' is neither a .onnx file nor a network known by name; known: crops"),
    ({'model': 'tiny', 'reid': 'own.onnx'}, ModelError, 'reid: own.onnx: No such file'),
    ({'model': 'two\nlines'}, ConfigurationError, r"model: 'two\nlines' is neither"),
    ({'model': 'a\0.cfg'}, ModelError, r'model: a\x00.cfg: No such file'),
])
def test_what_is_not_there_is_one_line_before_anything_is_loaded(
    cache, monkeypatch, values, error, message
):
    monkeypatch.delenv('YOLO_DEEPSORT_RUN', raising=False)
    values = {name: value.format(cache=cache) for name, value in values.items()}
    with pytest.raises(error) as caught:
        check_models(values)
    assert message.format(cache=cache) in str(caught.value)


def test_the_remedy_works_where_the_process_was_started(cache, monkeypatch):
    monkeypatch.setenv('YOLO_DEEPSORT_RUN', 'scripts/run')
    with pytest.raises(ModelError, match='fetched yet: run scripts/run python3 -m yolo_deepsort'):
        find_model('other')


def test_a_damaged_one_is_not_used(cache):
    (cache / 'tiny.weights').write_bytes(b'weightz')
    with pytest.raises(ModelError, match=r'tiny.weights: damaged: run .* models fetch tiny'):
        find_model('tiny')


def test_what_is_there_passes(cache):
    check_models({'model': 'tiny', 'reid': 'crops', 'confidence': 0.5})
    check_models({'model': str(cache / 'tiny.cfg')})
