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

"""Files that nothing here runs: the Dockerfile, workflows, issue templates."""

import json
from pathlib import Path
import re
import shlex

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / '.github' / 'workflows').glob('*.yml'))
TEMPLATES = sorted((ROOT / '.github' / 'ISSUE_TEMPLATE').glob('*.yml'))
PAGE = (ROOT / 'docs' / 'container.md').read_text(encoding='utf-8')


def docker_steps():
    """Return the instructions of the Dockerfile: word, and the rest in one line."""
    text = (ROOT / 'Dockerfile').read_text(encoding='utf-8')
    lines = [line for line in text.splitlines() if line and not line.startswith('#')]
    joined = '\n'.join(lines).replace('\\\n', ' ')
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines()]


def launch_commands():
    """Yield each `ros2 launch` of the files, as words."""
    for word, rest in docker_steps():
        if word == 'CMD':
            yield json.loads(rest)
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text())['jobs'].values():
            for step in job['steps']:
                yield from _launches(step.get('run', ''))
    for block in re.findall(r'```sh\n(.*?)```', PAGE, re.DOTALL):
        yield from _launches(block.replace('\\\n', ' '))


def _launches(text):
    for line in text.splitlines():
        if 'ros2 launch' in line:
            yield shlex.split(line[line.index('ros2 launch'):])


def test_the_dockerfile_has_known_instructions_and_files_that_exist():
    steps = docker_steps()
    assert steps[0] == ('FROM', 'ros:jazzy')
    known = {'FROM', 'WORKDIR', 'COPY', 'RUN', 'USER', 'ENV', 'STOPSIGNAL', 'ENTRYPOINT', 'CMD'}
    assert {word for word, _ in steps} <= known
    for word, rest in steps:
        if word == 'COPY':
            *sources, _ = rest.split()
            assert all((ROOT / source).exists() for source in sources)
        if word in ('ENTRYPOINT', 'CMD'):
            assert all(isinstance(part, str) for part in json.loads(rest))


def test_launch_commands_name_arguments_that_there_are():
    commands = list(launch_commands())
    assert len(commands) >= 4
    for command in commands:
        assert command[:3] == ['ros2', 'launch', 'yolo_deepsort_ros']
        source = (ROOT / 'launch' / command[3]).read_text(encoding='utf-8')
        for argument in command[4:]:
            name, sign, _ = argument.partition(':=')
            assert sign and f"'{name}'" in source, argument


def test_workflows_test_what_is_promised():
    jobs = {
        name: job for path in WORKFLOWS
        for name, job in yaml.safe_load(path.read_text())['jobs'].items()
    }
    assert jobs['scripts']['strategy']['matrix']['os'] == ['ubuntu-22.04', 'ubuntu-24.04']
    matrix = jobs['industrial_ci']['strategy']['matrix']
    assert matrix['distribution'] == ['humble', 'jazzy', 'lyrical']
    for job in jobs.values():
        assert job['steps'][0]['uses'].startswith('actions/checkout@')
        for step in job['steps']:
            assert set(step) <= {'uses', 'run', 'env', 'with', 'name'}
            first = step.get('run', '').split(maxsplit=1)[:1]
            if first and '/' in first[0]:
                assert (ROOT / first[0]).exists()


@pytest.mark.parametrize('path', TEMPLATES, ids=lambda path: path.name)
def test_issue_templates_are_forms(path):
    form = yaml.safe_load(path.read_text())
    if path.name == 'config.yml':
        assert set(form) <= {'blank_issues_enabled', 'contact_links'}
        return
    assert form['name'] and form['description']
    for item in form['body']:
        assert item['type'] in ('input', 'textarea', 'dropdown', 'checkboxes', 'markdown')
        assert item['attributes']['label']


def test_the_page_names_what_the_nodes_print():
    """Lines that are quoted there are those of the sources."""
    health = (ROOT / 'yolo_deepsort_ros' / 'nodes' / 'health' / 'host_memory.py').read_text()
    runtime = (ROOT / 'yolo_deepsort_ros' / 'nodes' / 'runtime' / 'environment.py').read_text()
    page, code = ' '.join(PAGE.split()), f'{health}{runtime}'
    for words in (
        'the shared memory of this node needs', '--shm-size=256m or --ipc=host',
        'it runs as another user: its name has not come',
        'set ROS_LOG_DIR to a folder that this user may write to',
    ):
        assert words in page
        assert words in code
