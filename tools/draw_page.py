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
Takes the picture of the page that the README shows: `scripts/run python3 tools/draw_page.py`.

Needs Chromium, chromedriver and Pillow, as the tests of the page do.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path
import re
import signal
import subprocess
import sys
import time

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]

COMMAND = [
    sys.executable, '-m', 'yolo_deepsort_ros', 'track', 'arena', '--web', '0', '--set', 'rate=10'
]
SIZE = 1180, 800  #: pixels
SECONDS = 15.0  #: in which the time line grows
#: Follows one of those in view: a click on the middle of its box.
CLICK = (
    'const c = document.querySelector(".boxes"), r = c.getBoundingClientRect();'
    'for (let x = 0.9; x > 0 && document.querySelector("#follow").hidden; x -= 0.05)'
    '  c.dispatchEvent(new MouseEvent("click", {bubbles: true, clientX: r.left + x * r.width,'
    '    clientY: r.top + 0.5 * r.height}));'
)


def main() -> None:
    """Track the arena, look at it, and keep what is seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        '--out', metavar='FILE', type=Path, default=ROOT / 'docs' / 'pictures' / 'page.webp')
    arguments = parser.parse_args()
    sys.path.insert(0, str(ROOT / 'test'))
    from browser import browser
    command = [*COMMAND, '--set', 'duration=120']
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracking:
        assert tracking.stderr is not None
        line = tracking.stderr.readline()
        found = re.search(r'http://\S+', line)
        assert found, line
        with browser() as page:
            page.driver.set_window_size(SIZE[0], SIZE[1] + 140)
            page.driver.get(found[0])
            page.until('return document.querySelector(".tile")?.dataset.count > 10')
            time.sleep(SECONDS)
            while page.run('return document.querySelector("#follow").hidden'):
                page.run(CLICK)
                time.sleep(0.5)
            taken = Image.open(io.BytesIO(page.driver.get_screenshot_as_png()))
        tracking.send_signal(signal.SIGINT)
    taken.convert('RGB').save(arguments.out, quality=80, method=6)
    print(f'{arguments.out}: {arguments.out.stat().st_size // 1000} kB')


if __name__ == '__main__':
    main()
