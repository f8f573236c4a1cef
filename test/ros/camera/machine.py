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
A machine with camera drivers, for a host that has no camera.

    machine.py COMMAND [ARGUMENT]...

boots a Debian kernel in QEMU, in software emulation, on this host's own files, which it cannot
change, and runs the command in it, as root and in this project's folder. The command's output and
exit code are ours; 77 says that something is not installed here. `$KERNEL` is the folder to load
modules from: `modprobe -d $KERNEL vivid`.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
import re
import shlex
import shutil
import subprocess
import sys

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
HOME = ROOT / '.build' / 'camera'
#: What the machine needs, each with the Debian package that has it.
NEEDED = {
    'qemu-system-x86_64': 'qemu-system-x86', 'busybox': 'busybox-static', 'cpio': 'cpio',
    'modprobe': 'kmod', 'udevadm': 'udev', 'v4l2-ctl': 'v4l-utils', 'apt-get': 'apt',
    'dpkg-deb': 'dpkg',
}
SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
SKIPPED = 77  #: exit code of a test that cannot be run here, as in Automake
#: With which the host's files are reached.
MODULES = ('virtio_pci', '9pnet_virtio', '9p', 'overlay')
MEMORY = '3G'
LIMIT = 3600.0  #: s; a machine that takes longer hangs
#: Run in the machine, before the command.
PREPARATION = """\
export PATH={path} HOME=/root KERNEL={kernel}
export PYTHONUNBUFFERED=1 OPENBLAS_NUM_THREADS=1
dmesg -n 1
busybox ip link set lo up
/usr/lib/systemd/systemd-udevd --daemon
cd {root}
{command}
echo $? > /mnt/exit_code
echo o > /proc/sysrq-trigger
exec sleep 60 2> /dev/null
"""


class NotHereError(Exception):
    """Something is not installed."""


def main() -> int:
    """Run a command in the machine; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument('command', nargs=argparse.REMAINDER)
    command = parser.parse_args().command or parser.error('which command?')
    try:
        _check_programs()
        kernel = _kernel()
    except NotHereError as error:
        print(f'no machine with a camera: {error}', file=sys.stderr)
        return SKIPPED
    return _run(kernel, command)


def _check_programs() -> None:
    path = f'{os.environ["PATH"]}:{SYSTEM_PATH}'
    packages = [package for name, package in NEEDED.items() if not shutil.which(name, path=path)]
    if packages:
        raise NotHereError(f'apt-get install {" ".join(packages)}')
    os.environ['PATH'] = path


def _kernel() -> Path:
    """Return a folder with a kernel, its modules and an initial file system; made once."""
    folder = HOME / 'kernel'
    if not (folder / 'initrd').is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _download(folder)
        _make_initrd(folder)
    return folder


def _download(folder: Path) -> None:
    depends = _output('apt-cache', 'depends', 'linux-image-amd64')
    names = re.findall(r'linux-image-\d\S*', depends)
    if not names:
        raise NotHereError('apt knows no package linux-image-amd64')
    try:
        _output('apt-get', 'download', '-q', names[0], cwd=folder)
    except subprocess.CalledProcessError as error:
        raise NotHereError(f'{names[0]} cannot be downloaded: {error.stderr.strip()}') from None
    package = next(folder.glob('*.deb'))
    _output('dpkg-deb', '-x', str(package), str(folder))
    package.unlink()
    _output('depmod', '-b', str(folder), _version(folder))


def _version(folder: Path) -> str:
    return next((folder / 'lib' / 'modules').iterdir()).name


def _make_initrd(folder: Path) -> None:
    content = folder / 'first'
    for name in ('bin', 'modules', 'host', 'changes', 'root', 'proc', 'sys', 'dev'):
        (content / name).mkdir(parents=True)
    shutil.copy(shutil.which('busybox') or '', content / 'bin')
    order: list[str] = []
    for module in MODULES:
        lines = _output(
            'modprobe', '-d', str(folder), '-S', _version(folder), '--show-depends', module
        ).splitlines()
        for file in (Path(line.split()[1]) for line in lines if line.startswith('insmod')):
            if file.name not in order:
                shutil.copy(file, content / 'modules')
                order.append(file.name)
    (content / 'modules' / 'order').write_text('\n'.join(order))
    (content / 'init').write_bytes((HERE / 'init.sh').read_bytes())
    (content / 'init').chmod(0o755)
    names = '\n'.join(str(path.relative_to(content)) for path in content.rglob('*'))
    with open(folder / 'initrd', 'wb') as file:
        subprocess.run(
            ['cpio', '--quiet', '-o', '-H', 'newc'], input=names.encode(), stdout=file,
            cwd=content, check=True,
        )


def _run(kernel: Path, command: list[str]) -> int:
    out = HOME / 'out'
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    (out / 'command.sh').write_text(PREPARATION.format(
        path=SYSTEM_PATH, kernel=shlex.quote(str(kernel)), root=shlex.quote(str(ROOT)),
        command=shlex.join(command),
    ))
    shared = 'local,security_model=none,mount_tag='
    subprocess.run([
        'qemu-system-x86_64', '-accel', 'tcg,thread=multi', '-cpu', 'Nehalem', '-smp', '2',
        '-m', MEMORY, '-nographic', '-no-reboot', '-net', 'none',
        '-kernel', str(next((kernel / 'boot').glob('vmlinuz-*'))),
        '-initrd', str(kernel / 'initrd'), '-append', 'console=ttyS0 quiet panic=-1',
        '-virtfs', f'{shared}root,path=/,readonly=on,multidevs=remap',
        '-virtfs', f'{shared}out,path={out}',
    ], stdin=subprocess.DEVNULL, timeout=LIMIT, check=True)
    try:
        return int((out / 'exit_code').read_text())
    except FileNotFoundError:
        print('the machine ended before the command', file=sys.stderr)
        return 1


def _output(*command: str, cwd: Path | None = None) -> str:
    return subprocess.run(command, check=True, text=True, cwd=cwd, capture_output=True).stdout


if __name__ == '__main__':
    sys.exit(main())
