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

"""Chromium without a screen, for the tests of the page."""

from __future__ import annotations

from contextlib import contextmanager
import json
import shutil
import time
from urllib.parse import urlsplit

import pytest

PATIENCE = 60.0  #: s; far more than anything takes
PROGRAMS = ('chromium', 'chromedriver')
OPTIONS = (
    '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
    '--disable-background-networking', '--disable-component-update', '--no-first-run',
    '--disable-sync',
)


class Page:
    """The page in a browser."""

    def __init__(self, driver):
        self.driver = driver

    def resize(self, width, height):
        """Set the size of what shows the page, as that of a phone."""
        self.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
            'width': width, 'height': height, 'deviceScaleFactor': 2, 'mobile': width < 600,
        })

    def run(self, script, *arguments):
        """Return what a script returns."""
        return self.driver.execute_script(script, *arguments)

    def until(self, script, *arguments, what=None):
        """Return what a script returns, once that is true."""
        deadline = time.monotonic() + PATIENCE
        while not (value := self.run(script, *arguments)):
            assert time.monotonic() < deadline, f'waited {PATIENCE:g} s in vain: {what or script}'
            time.sleep(0.05)
        return value

    def element(self, place):
        """Return an element that a user can see and use, scrolled to, when it stands still."""
        found, before = self.driver.find_element('css selector', place), None
        while before != (before := found.rect):
            self.run('arguments[0].scrollIntoView({block: "center"})', found)
            time.sleep(0.2)
        assert found.is_displayed() and found.is_enabled(), place
        return found

    def click(self, place, x=0.5, y=0.5):
        """Click on an element as a user does, at a place given in shares of its size."""
        from selenium.webdriver import ActionChains
        found = self.element(place)
        box = found.rect
        ActionChains(self.driver).move_to_element_with_offset(
            found, round((x - 0.5) * box['width']), round((y - 0.5) * box['height'])
        ).click().perform()

    def enter(self, place, text):
        """Replace what a field holds."""
        from selenium.webdriver import Keys
        self.element(place).send_keys(Keys.CONTROL, 'a', Keys.NULL, text, Keys.ENTER)

    def nudge(self, slider):
        """Move a slider by one step."""
        from selenium.webdriver import Keys
        self.element(slider).send_keys(Keys.ARROW_RIGHT)

    def pixel(self, canvas, x, y):
        """Return red, green, blue, alpha of a canvas, at a place given in shares of its size."""
        return self.run(
            'const c = document.querySelector(arguments[0]);'
            'return [...c.getContext("2d").getImageData('
            'Math.round(arguments[1] * c.width), Math.round(arguments[2] * c.height), 1, 1).data]',
            canvas, x, y,
        )

    def errors(self):
        """Return what the console has said, but for lost connections."""
        return [
            entry['message'] for entry in self.driver.get_log('browser')
            if entry['level'] == 'SEVERE' and 'WebSocket connection to' not in entry['message']
        ]

    def hosts(self):
        """Return the hosts that something was asked of since the last call."""
        found = set()
        for entry in self.driver.get_log('performance'):
            message = json.loads(entry['message'])['message']
            if message['method'] == 'Network.requestWillBeSent':
                address = urlsplit(message['params']['request']['url'])
                if address.scheme in ('http', 'https', 'ws', 'wss'):
                    found.add(address.hostname)
        return found


@contextmanager
def browser():
    """Yield a page in a browser; skip, visibly, where there is none."""
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing:
        pytest.skip(f'no {" and no ".join(missing)}: the page is not tested in a browser')
    pytest.importorskip('selenium', reason='no selenium: the page is not tested in a browser')
    from selenium import webdriver
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which('chromium')
    for option in OPTIONS:
        options.add_argument(option)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL', 'performance': 'ALL'})
    service = webdriver.ChromeService(shutil.which('chromedriver'))
    driver = webdriver.Chrome(options=options, service=service)
    try:
        yield Page(driver)
    finally:
        driver.quit()
