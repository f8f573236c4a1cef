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

"""The environment that scripts/setup makes: messages, index, executables, and set-up itself."""

import json
import os
from pathlib import Path
import resource
import shutil
import signal
import socket
import subprocess
import sys

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXECUTABLES = ('annotator_node', 'camera_node', 'detector_node', 'locator_node', 'tracker_node')
#: The hashes of the official tf2_msgs and vision_msgs 4.1, as their own files give them when
#: they are built for Jazzy:
#: equal hashes are interchangeable on the wire.
TYPE_HASHES = {
    'tf2_msgs/TFMessage': 'e369d0f05a23ae52508854b66f6aa0437f3449d652e8cbf22d5abe85d020f087',
    'vision_msgs/BoundingBox2D': '008eacbb0cf8f26e83795547bed013eec3675485ef386ec056d80eaaf1c1ce2f',  # noqa: E501
    'vision_msgs/BoundingBox2DArray': '2464e82838009386d371b523211c21c91d74d313fcdd6788223c531d621cf691',  # noqa: E501
    'vision_msgs/BoundingBox3D': 'bbb73a65c163d7f9bb29009c7bde9f7faa576bd2d23299c4511d19230dab4698',  # noqa: E501
    'vision_msgs/BoundingBox3DArray': 'a81938db9576b10c2eecd7c5a5da3eac496efd00221b25ed051dfbc81fb56da6',  # noqa: E501
    'vision_msgs/Detection2D': '0d12b69df5c593b3455b7346fac8205437a7d4bcb09b9e0e0b2dde787ded38ea',
    'vision_msgs/Detection2DArray': '214274120007f4a683866481336b70310268cfa107aebe9d594a6acf75bda968',  # noqa: E501
    'vision_msgs/Detection3D': 'ddd703be132ab0b69d33121f1bb034132bfbb3b0ac5f9fb1516005ba1c8a265b',
    'vision_msgs/Detection3DArray': '793f5eab9595ac1c0da07873cc859db42eae51f0ee76056db8562515d830e018',  # noqa: E501
    'vision_msgs/LabelInfo': '3d37df4015cdf660cc851c51897f2acd957e1ca6205ba0a99aebffb9406b0783',
    'vision_msgs/ObjectHypothesis': '51da43cec11c01957a64d1e05a24acd18aae7745ec30b74348ad5f6d634f7f90',  # noqa: E501
    'vision_msgs/ObjectHypothesisWithPose': '41c12344c0396c48b81df12467c192d99b2a0eb1463c5c37194e4223251c80bc',  # noqa: E501
    'vision_msgs/Point2D': 'eab0e83f44ab4de92ceaf76dd7d0e7638f2bdd1d16ffbe16c7a136c48e407247',
    'vision_msgs/Pose2D': 'b0b5d1d7b4c20dd4fcde3ed1d4b289a919290572007d67a97043814db25d3648',
    'vision_msgs/VisionClass': '1e4a11f0fed50b5623cb8ff26ca0e37952a48a9c074d16f804b44e9164c2037a',
    'vision_msgs/VisionInfo': '95d3116a17484ad91c9a2686e1d54890bbfc3ff6c6a2de137738c4950d45d284',
}

ament = pytest.importorskip('ament_index_python.packages', reason='needs the built environment')
with_wheels = pytest.mark.skipif('ROS_DISTRO' in os.environ, reason='a ROS 2 is sourced')


def command_line(*words, **variables):
    """Run a command as a shell would, without this run's standard input."""
    return subprocess.run(
        [str(word) for word in words], env={**os.environ, **variables}, text=True,
        stdin=subprocess.DEVNULL, capture_output=True, timeout=120)


@pytest.mark.parametrize('name', sorted(TYPE_HASHES))
def test_type_hash_equals_the_official_one(name):
    package, message = name.split('/')
    description = Path(ament.get_package_share_directory(package), 'msg', f'{message}.json')
    if not description.exists():
        pytest.skip('this ROS distribution has no type hashes')
    found = {entry['type_name']: entry['hash_string']
             for entry in json.loads(description.read_text())['type_hashes']}
    assert found[f'{package}/msg/{message}'] == f'RIHS01_{TYPE_HASHES[name]}'


def test_messages_convert():
    messages = pytest.importorskip('vision_msgs.msg')
    detection = messages.Detection2D(id='7')
    detection.bbox.center.position.x = 1.5
    detections = messages.Detection2DArray(detections=[detection])
    assert detections.detections[0].bbox.center.position.x == 1.5
    # Loads the compiled type support, not only the Python classes.
    serialization = pytest.importorskip('rclpy.serialization')
    wire = serialization.serialize_message(detections)
    assert serialization.deserialize_message(wire, messages.Detection2DArray) == detections


def test_ament_index_knows_the_package():
    share = Path(ament.get_package_share_directory('yolo_deepsort_ros'))
    assert (share / 'package.xml').exists()
    assert (share / 'config' / 'fastdds_shared_memory.xml').exists()


@pytest.mark.parametrize('name', EXECUTABLES)
def test_executable_starts_with_this_interpreter(name):
    prefix = Path(ament.get_package_prefix('yolo_deepsort_ros'))
    executable = prefix / 'lib' / 'yolo_deepsort_ros' / name
    assert os.access(executable, os.X_OK)
    first_lines = executable.read_text().splitlines()[:2]
    assert f'{sys.prefix}/bin/python3' in ''.join(first_lines)


def test_run_passes_on_environment_arguments_and_status():
    done = command_line(
        ROOT / 'scripts' / 'run', 'bash', '-c', 'echo "$GREETING $1 $YOLO_DEEPSORT_RUN"; exit 7',
        'bash', 'two  words', GREETING='hello')
    assert (done.returncode, done.stdout) == (7, f'hello two  words {ROOT}/scripts/run\n')


def test_second_setup_does_nothing_in_two_seconds():
    """Of processor time, which other processes do not lengthen."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = command_line(ROOT / 'scripts' / 'setup')
    assert done.returncode == 0, done.stderr
    assert 'ready' in done.stderr
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2


@pytest.fixture
def bare_checkout(tmp_path):
    """Make a copy of what set-up reads, without anything built, and a PATH to be thinned out."""
    for name in ('scripts', 'requirements', 'underlay'):
        shutil.copytree(ROOT / name, tmp_path / 'checkout' / name)
    for name in ('package.xml', 'setup.py', 'setup.cfg'):
        shutil.copy(ROOT / name, tmp_path / 'checkout')
    tools = tmp_path / 'bin'
    tools.mkdir()
    for tool in ('bash', 'cat', 'cc', 'c++', 'cmake', 'cut', 'dash', 'dirname', 'env', 'find',
                 'flock', 'grep', 'id', 'make', 'mkdir', 'rm', 'sed', 'sha256sum', 'sleep', 'sort',
                 'tail', 'uname'):
        where = shutil.which(tool)
        if where:
            (tools / tool).symlink_to(where)
    return tmp_path


@with_wheels
def test_missing_system_parts_are_named_in_one_line(bare_checkout):
    for tool in ('cmake', 'c++'):
        (bare_checkout / 'bin' / tool).unlink(missing_ok=True)
    done = command_line(
        bare_checkout / 'checkout' / 'scripts' / 'setup', CC='', CXX='',
        PATH=str(bare_checkout / 'bin'), PYTHON=sys.executable)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert 'apt-get install' in done.stderr
    assert {'g++', 'cmake'} <= set(done.stderr.split())
    assert ',,' not in done.stderr
    assert not (bare_checkout / 'checkout' / '.venv').exists()


@with_wheels
def test_check_names_the_same_and_makes_nothing(bare_checkout):
    (bare_checkout / 'bin' / 'cmake').unlink(missing_ok=True)
    setup = bare_checkout / 'checkout' / 'scripts' / 'setup'
    for path, status in ((str(bare_checkout / 'bin'), 2), (os.environ['PATH'], 0)):
        done = command_line(setup, '--check', PATH=path, PYTHON=sys.executable)
        assert done.returncode == status, done.stderr
        assert ('apt-get install cmake' in done.stderr) is bool(status)
    assert not (bare_checkout / 'checkout' / '.build').exists()


@with_wheels
@pytest.mark.parametrize(('python', 'problem'), [
    ('exit 1', 'does not run'),
    ('echo 3.9.2 /usr/bin/python3.9', 'is Python 3.9.2'),
])
def test_unsuited_python_is_named_in_one_line(bare_checkout, python, problem):
    interpreter = bare_checkout / 'bin' / 'other-python'
    interpreter.write_text(f'#!/bin/sh\n{python}\n')
    interpreter.chmod(0o755)
    done = command_line(
        bare_checkout / 'checkout' / 'scripts' / 'setup', PYTHON=str(interpreter))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert problem in done.stderr
    assert 'PYTHON=' in done.stderr


@with_wheels
def test_python_that_is_not_there_is_named_with_its_packages(bare_checkout):
    done = command_line(
        bare_checkout / 'checkout' / 'scripts' / 'setup', PATH=str(bare_checkout / 'bin'))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert 'apt-get install python3 python3-venv' in done.stderr


@pytest.fixture
def arm_checkout(bare_checkout):
    """Make a bare checkout on a machine that says that it is a 64-bit ARM board."""
    pretend(bare_checkout / 'bin' / 'uname', 'case $1 in -m) echo aarch64;; *) echo Linux;; esac')
    (bare_checkout / 'bin' / 'python3').symlink_to(sys.executable)
    return bare_checkout


def pretend(path, commands):
    """Write a program of that name in place of the real one."""
    path.unlink(missing_ok=True)
    path.write_text(f'#!/bin/sh\n{commands}\n')
    path.chmod(0o755)


@with_wheels
def test_arm_is_told_both_ways_before_anything_is_downloaded(arm_checkout):
    checkout = arm_checkout / 'checkout'
    done = command_line(checkout / 'scripts' / 'setup', PATH=str(arm_checkout / 'bin'))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert 'aarch64' in done.stderr
    assert 'source /opt/ros/' in done.stderr
    assert 'scripts/setup --without-ros' in done.stderr
    assert not (checkout / '.venv').exists()


@with_wheels
def test_the_demo_on_arm_runs_without_ros_and_says_so(arm_checkout):
    """Set-up is pretended to be done: its wheels are those that this machine would get."""
    checkout = arm_checkout / 'checkout'
    venv = checkout / '.venv-without-ros' / 'bin'
    venv.mkdir(parents=True)
    pretend(venv / 'python3', 'echo "$PYTHONPATH: $*"')
    pretend(checkout / 'scripts' / 'setup', f"""
        [ "$*" = --without-ros ] || exit 3
        exec bash -c '
            source {checkout}/scripts/environment.bash
            use_kind without-ros
            echo 3.11.0 python3 > $venv/interpreter
            without_ros_key "3.11.0 python3" > $venv/complete
            mkdir -p $build
            echo "prepend PATH $venv/bin; prepend PYTHONPATH $root" > $build/environment.bash'""")
    said = []
    for _ in range(2):  # the second finds what the first has made
        done = command_line(
            checkout / 'scripts' / 'demo', '--seconds', '3', PATH=str(arm_checkout / 'bin'),
            PYTHONPATH='')
        assert done.returncode == 0, done.stderr
        assert done.stdout == f'{checkout}: -m yolo_deepsort_ros.demo --seconds 3\n'
        said.append('without ROS 2' in done.stderr)
    assert said == [True, False]
    node = command_line(
        checkout / 'scripts' / 'run', 'camera_node', PATH=str(arm_checkout / 'bin'))
    assert node.returncode == 2
    assert 'camera_node needs ROS 2: source' in node.stderr


@with_wheels
@pytest.mark.parametrize('name', ['T\u00e9l\u00e9chargements', '\u4e0b\u8f7d', 'a[1]'])
def test_a_folder_that_cmake_cannot_build_in_is_named_before_anything_is_downloaded(
    bare_checkout, name
):
    checkout = bare_checkout / name
    (bare_checkout / 'checkout').rename(checkout)
    done = command_line(checkout / 'scripts' / 'setup', PYTHON=sys.executable)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert f'{checkout}: ' in done.stderr
    assert 'move this folder' in done.stderr
    assert not (checkout / '.venv').exists()


@with_wheels
def test_set_up_without_a_network_says_so(bare_checkout):
    done = command_line(
        bare_checkout / 'checkout' / 'scripts' / 'setup', '--without-ros', PYTHON=sys.executable,
        PIP_INDEX_URL='http://127.0.0.1:9/', PIP_CONFIG_FILE='/dev/null', PIP_RETRIES='1')
    assert done.returncode == 2
    first, *_, last = done.stderr.splitlines()
    assert {'minute,', 'MB', 'GB'} <= set(first.split())  # before the first step
    assert last.startswith('setup: no package index can be reached (')
    assert 'PIP_INDEX_URL' in last


@with_wheels
def test_an_interrupted_set_up_leaves_nothing_in_the_temporary_folder(bare_checkout):
    checkout, scratch = bare_checkout / 'checkout', bare_checkout / 'tmp'
    scratch.mkdir()
    with socket.create_server(('127.0.0.1', 0)) as index:  # accepts, and never answers
        index.settimeout(60)
        setup = subprocess.Popen(
            [checkout / 'scripts' / 'setup', '--without-ros'], stderr=subprocess.PIPE, text=True,
            env={**os.environ, 'PYTHON': sys.executable, 'TMPDIR': str(scratch),
                 'PIP_CONFIG_FILE': '/dev/null',
                 'PIP_INDEX_URL': f'http://127.0.0.1:{index.getsockname()[1]}/'})
        try:
            connection, _ = index.accept()
            with connection:
                kept = checkout / '.build' / 'without-ros' / 'tmp'
                assert any(kept.iterdir())  # else this test sees nothing
                setup.send_signal(signal.SIGINT)
                assert setup.wait(60) == 130
        finally:
            setup.kill()
            setup.communicate()
    assert not list(scratch.iterdir())
    assert not kept.exists()


@with_wheels
def test_a_plain_sh_finds_its_bash(bare_checkout):
    sh = bare_checkout / 'bin' / 'dash'
    if not sh.exists():
        pytest.skip('dash is not on this machine')
    for name in ('demo', 'run', 'setup', 'test'):
        done = command_line(sh, bare_checkout / 'checkout' / 'scripts' / name, '--help',
                            PYTHON='no-such-python')
        assert 'ubstitution' not in done.stderr
        assert 'usage' in done.stdout + done.stderr or 'no-such-python' in done.stderr


def test_a_command_that_is_not_there_is_named_in_one_line():
    done = command_line(ROOT / 'scripts' / 'run', 'no-such-command')
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith('run: no-such-command: command not found')


@with_wheels
@pytest.mark.parametrize(('own', 'file'), [
    ({}, 'config/fastdds_shared_memory.xml'),
    ({'FASTRTPS_DEFAULT_PROFILES_FILE': 'mine.xml'}, ''),
    ({'FASTDDS_DEFAULT_PROFILES_FILE': 'mine.xml'}, ''),
])
def test_run_sets_the_profile_of_the_launch_file_unless_there_is_one(own, file):
    names = ('FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE')
    done = command_line(
        ROOT / 'scripts' / 'run', 'bash', '-c', f'echo "${names[0]}|${names[1]}"',
        **{**dict.fromkeys(names, ''), **own})
    found = done.stdout.strip().split('|')
    if own:
        assert found == [own.get(name, '') for name in names]
    else:
        assert found == [str(ROOT / file)] * 2


@pytest.mark.parametrize(('tests', 'told'), [
    ('def test_good(): pass', ['ok']),
    ('def test_bad(): assert 0\ndef test_worse(no_such_fixture): pass',
     ['FAILED', 'twice', 'test_two.py::test_bad', 'test_two.py::test_worse']),
    ('import pathlib\ndef test_unlucky():\n'
     '    seen = pathlib.Path(__file__).with_name("seen")\n'
     '    before, _ = seen.exists(), seen.touch()\n'
     '    assert before',
     ['unsteady', 'failed beside the other jobs and passed alone', 'test_two.py::test_unlucky']),
    ('import pytest\n@pytest.mark.parametrize("n", range(4))\ndef test_bad(n): assert 0',
     ['FAILED', 'exit 1 after', *(f'test_two.py::test_bad[{n}]' for n in range(4))]),
])
def test_what_failed_runs_once_more_and_both_results_are_told(tmp_path, tests, told):
    (tmp_path / 'test_two.py').write_text(f'{tests}\n')
    script = (ROOT / 'scripts' / 'test').read_text()
    functions = script[script.index('section() {'):script.index('# check_with MODULE')]
    command_line(
        'bash', '-euc', f'{functions}\ncheck "some tests" {sys.executable} -m pytest -p conftest '
        f'-c /dev/null --rootdir {tmp_path} -o cache_dir="$build/cache" {tmp_path}\nsecond_runs',
        build=str(tmp_path), results=str(tmp_path / 'results'),
        PYTHONPATH=str(ROOT / 'test'))
    summary = (tmp_path / 'results').read_text()
    assert summary.startswith(told[0]) and 'some tests' in summary
    assert [word for word in told if word not in summary] == []
    assert summary.count('test_two.py::') == sum('::' in word for word in told)
    assert not list(tmp_path.glob('again.*'))
