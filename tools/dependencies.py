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

"""
The licences of what this package needs, and what is known against it.

    scripts/run python3 tools/dependencies.py
    scripts/run python3 tools/dependencies.py --vulnerabilities

The first prints a table of each package of requirements/core.txt and runtime.txt, and of all that
they bring along, as they are installed here. The second has pip-audit ask the Python Packaging
Advisory Database about these versions; `scripts/run pip install pip-audit` brings it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib.metadata import distribution, PackageNotFoundError
from importlib.util import find_spec
import os
from pathlib import Path
import re
import subprocess
import sys
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from packaging.requirements import Requirement

from yolo_deepsort_ros.error_text import pip_install

REQUIREMENTS = Path(__file__).resolve().parents[1] / 'requirements'
LISTS = ('core.txt', 'runtime.txt')
ABSENT = 'not installed'
PREFIXES = os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep)
CLASSIFIER = 'License :: OSI Approved :: '
LONGEST = 60  #: characters of a licence's name; some packages give the whole text


def wanted() -> Iterator[Requirement]:
    """Yield what the lists name, for this Python."""
    for name in LISTS:
        for line in (REQUIREMENTS / name).read_text(encoding='utf-8').splitlines():
            if line[:1].isalpha():
                requirement = Requirement(line)
                if requirement.marker is None or requirement.marker.evaluate():
                    yield requirement


def installed() -> dict[str, tuple[str, str]]:
    """Return version and licence of each package that is needed and here, by name."""
    found: dict[str, tuple[str, str]] = {}
    ahead = [(requirement.name, tuple(requirement.extras)) for requirement in wanted()]
    while ahead:
        name, extras = ahead.pop()
        try:
            package = distribution(name)
        except PackageNotFoundError:
            found[name] = (ABSENT, '')
            continue
        key = re.sub('[-_.]+', '-', package.name).lower()
        if key in found and not extras:
            continue
        found[key] = (package.version, licence(package.metadata))
        for line in package.requires or ():
            needed = Requirement(line)
            if needed.marker is None or any(
                needed.marker.evaluate({'extra': extra}) for extra in ('', *extras)
            ):
                ahead.append((needed.name, tuple(needed.extras)))
    return dict(sorted(found.items()))


def licence(metadata) -> str:
    """Return a licence's name, as the package tells it."""
    given = metadata.get('License-Expression') or metadata.get('License') or ''
    classified = [
        line.removeprefix(CLASSIFIER) for line in metadata.get_all('Classifier', ())
        if line.startswith(CLASSIFIER)
    ]
    lines = [line.strip() for line in given.splitlines() if re.search('[a-zA-Z]', line)]
    if classified and not (lines and len(lines[0]) <= LONGEST):
        return ', '.join(classified)
    return lines[0] if lines else _of_manifest(metadata['Name'])


def _of_manifest(name: str) -> str:
    """Return the licence of a ROS package, which its package.xml tells."""
    name = name.removeprefix('ros-').replace('-', '_')
    manifests = [Path(prefix, 'share', name, 'package.xml') for prefix in PREFIXES if prefix]
    manifest = next((path for path in manifests if path.is_file()), None)
    if manifest is None:
        return 'not told'
    found = [each.text or '' for each in ElementTree.parse(manifest).iter('license')]
    return ', '.join(found) or 'not told'


def audit(packages: dict[str, tuple[str, str]]) -> int:
    """Have the versions looked up; return the exit code of who does."""
    if not find_spec('pip_audit'):
        print(f'no pip-audit here: {pip_install("pip-audit")}', file=sys.stderr)
        return 2
    with TemporaryDirectory() as folder:
        pins = Path(folder, 'pins.txt')
        pins.write_text(''.join(
            f'{name}=={version}\n' for name, (version, _) in packages.items()
            if version != ABSENT and not name.startswith('ros-')  # the database has none
        ))
        return subprocess.run([
            sys.executable, '-m', 'pip_audit', '--strict', '--no-deps', '--disable-pip',
            '-r', str(pins),
        ]).returncode


def main() -> int:
    """Print the table, or what pip-audit finds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        '--vulnerabilities', action='store_true', help='ask for known ones, over the network'
    )
    packages = installed()
    if parser.parse_args().vulnerabilities:
        return audit(packages)
    print('| package | version | licence |\n|---|---|---|')
    for name, (version, told) in packages.items():
        print(f'| {name} | {version} | {told} |')
    return 0


if __name__ == '__main__':
    sys.exit(main())
