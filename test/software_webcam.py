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
A USB webcam in software, which the kernel's own uvcvideo drives, over USB/IP.

It needs the module vhci_hcd, as in the machine of `scripts/test --camera`.

References
----------
USB Device Class Definition for Video Devices, revision 1.0.
Documentation/usb/usbip_protocol.rst of Linux.

"""

from __future__ import annotations

import errno
from functools import cache
import socket
import struct
import threading
import time

import cv2
import numpy as np

ATTACH = '/sys/devices/platform/vhci_hcd.0/attach'
HIGH_SPEED = 3
SUBMIT, UNLINK, SUBMITTED, UNLINKED = 1, 2, 3, 4  #: commands of USB/IP, and their answers
HEADER = struct.Struct('>10I8s')
PACKET = struct.Struct('>4I')  #: offset, length, actual length, status
PACKET_SIZE = 3072  #: three transactions of 1024 bytes in a microframe
PAYLOAD_HEADER = 2  #: bytes
FRAME_ID, END_OF_FRAME, ERROR, END_OF_HEADER = 0x01, 0x02, 0x40, 0x80  #: bits of the second
#: Kinds of descriptors.
DEVICE, CONFIGURATION, STRING, INTERFACE, ENDPOINT, ASSOCIATION, OF_CLASS = 1, 2, 3, 4, 5, 11, 0x24
VIDEO, VIDEO_CONTROL, VIDEO_STREAMING, VIDEO_COLLECTION = 0x0E, 1, 2, 3  #: classes
STREAM_INTERFACE = 1
STREAM_ENDPOINT = 0x81
EXPOSURE_MODE, EXPOSURE_TIME = 2, 4  #: controls of the camera
CAMERA, OUTPUT = 1, 2  #: ids of the terminals
SET_CURRENT = 0x01
GET_MINIMUM, GET_MAXIMUM, GET_RESOLUTION, GET_LENGTH, GET_INFO, GET_DEFAULT = range(0x82, 0x88)
YUY2 = b'YUY2\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71'  #: GUID of the format
FORMATS = ('YUYV', 'MJPG')
UNITS = 10_000_000  #: of frame intervals, in a second
INTERVALS = (UNITS // 10, UNITS // 5)
NOT_SUPPORTED = -errno.EPIPE
#: Selector: size in bytes, minimum, maximum, step, default.
CONTROLS = {EXPOSURE_MODE: (1, 1, 8, 9, 8), EXPOSURE_TIME: (4, 3, 2047, 1, 250)}
#: Colours of the bars, in BGR.
BARS = [(191, 191, 191), (0, 191, 191), (191, 191, 0), (0, 191, 0), (191, 0, 191), (0, 0, 191),
        (191, 0, 0), (0, 0, 0)]


class Webcam:
    """
    A webcam that shows colour bars.

    Parameters
    ----------
    port : int
        Of the virtual host, 0 to 7.
    serial : str
        Its serial number.
    sizes : tuple
        Widths and heights that it can.

    Attributes
    ----------
    serial : str
    is_stalled : bool
        Whether it sends nothing.
    damage : str
        What happens to every second frame: 'flagged' as bad, 'cut' in the middle, or '' nothing.
    controls : dict
        Values of `EXPOSURE_MODE` and `EXPOSURE_TIME`.

    """

    def __init__(
        self, port: int = 0, serial: str = 'A1',
        sizes: tuple[tuple[int, int], ...] = ((320, 240), (640, 480)),
    ) -> None:
        self.serial = serial
        self._port = port
        self._sizes = sizes
        self._configuration = _configuration(sizes)
        self._strings = ['', 'ACME', 'Software Cam', serial]
        self.is_stalled = False
        self.damage = ''
        self.controls = {selector: values[-1] for selector, values in CONTROLS.items()}
        self._sent = 0  # pictures
        self._mode = (1, 1, INTERVALS[0])  # format, size, both counted from 1
        self._change = threading.Condition()  # guards the two below, and writing
        self._waiting: dict[int, int] = {}  # transfers for pictures, with their packets
        self._socket: socket.socket | None = None

    @staticmethod
    @cache
    def picture(letters: str, size: tuple[int, int]) -> bytes:
        """Return colour bars as a webcam sends them."""
        width, height = size
        row = np.repeat(np.array(BARS, np.uint8), width // len(BARS), axis=0)
        picture = np.broadcast_to(row, (height, width, 3))
        if letters == 'MJPG':
            return cv2.imencode('.jpg', picture)[1].tobytes()
        return cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_YUY2).tobytes()

    def plug(self) -> None:
        """Appear on the bus."""
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        self._socket = ours
        self._waiting.clear()
        with theirs, open(ATTACH, 'w', encoding='ascii') as attach:
            attach.write(f'{self._port} {theirs.fileno()} {self._port + 2} {HIGH_SPEED}')
        for work in (self._serve, self._send_pictures):
            threading.Thread(target=work, args=(ours,), daemon=True).start()

    def unplug(self) -> None:
        """Vanish."""
        if self._socket is not None:
            with self._change:
                gone, self._socket = self._socket, None
                self._change.notify_all()
            gone.shutdown(socket.SHUT_RDWR)

    def _serve(self, link: socket.socket) -> None:
        """Answer the host until one of both has gone."""
        with link:
            while request := _received(link, HEADER.size):
                command, number, _, is_in, endpoint, first, length, _, packets, _, setup = (
                    HEADER.unpack(request)
                )
                if command == UNLINK:
                    with self._change:
                        was_waiting = self._waiting.pop(first, None) is not None
                        status = -errno.ECONNRESET if was_waiting else 0
                        _write(link, UNLINKED, number, status)
                elif endpoint:
                    _received(link, PACKET.size * packets)  # where the host wants them
                    with self._change:
                        self._waiting[number] = packets
                        self._change.notify_all()
                else:
                    data = b'' if is_in else _received(link, length)
                    status, answer = self._control(setup, data)
                    with self._change:
                        _write(link, SUBMITTED, number, status, len(data) or len(answer), answer)

    def _send_pictures(self, link: socket.socket) -> None:
        """Fill transfers with pictures, each when it is due."""
        due = time.monotonic()
        while self._socket is link:
            due = max(due + self._mode[2] / UNITS, time.monotonic())
            time.sleep(max(due - time.monotonic(), 0.0))
            if self.is_stalled or not self._waiting:
                continue
            payloads = self._payloads()
            self._sent += 1
            while payloads:
                with self._change:
                    self._change.wait_for(
                        lambda: self._waiting or self._socket is not link, timeout=1.0
                    )
                    if not self._waiting or self._socket is not link:
                        break  # nobody looks any more
                    number = next(iter(self._waiting))
                    packets = self._waiting.pop(number)
                    payloads, sent = payloads[packets:], payloads[:packets]
                    try:
                        _write_packets(link, number, packets, sent)
                    except OSError:
                        return

    def _payloads(self) -> list[bytes]:
        """Return the next picture in packets."""
        form, size, _ = self._mode
        picture = self.picture(FORMATS[form - 1], self._sizes[size - 1])
        is_damaged = self._sent % 2 == 0
        if is_damaged and self.damage == 'cut':
            picture = picture[:len(picture) // 3]
        bits = END_OF_HEADER | self._sent & FRAME_ID
        if is_damaged and self.damage == 'flagged':
            bits |= ERROR
        step = PACKET_SIZE - PAYLOAD_HEADER
        starts = range(0, len(picture), step)
        return [
            bytes([PAYLOAD_HEADER, bits | (END_OF_FRAME if start == starts[-1] else 0)])
            + picture[start:start + step] for start in starts
        ]

    def _control(self, setup: bytes, data: bytes) -> tuple[int, bytes]:
        """Return the status and the answer to a request of the host."""
        kind, request, value, index, length = struct.unpack('<BBHHH', setup)
        high, low = value >> 8, value & 0xFF
        answer: bytes | None = None
        if kind & 0x60 == 0x20:  # of the class
            interface, unit = index & 0xFF, index >> 8
            if interface == STREAM_INTERFACE:
                answer = self._stream_control(request, data)
            elif unit == CAMERA and high in CONTROLS:
                answer = self._camera_control(request, high, data)
        elif kind == 0x80 and request == 6:
            answer = self._descriptor(high, low)
        elif not kind & 0x80:  # what the host sets: configuration, interface, feature
            answer = b''
        elif request == 0:
            answer = bytes(2)
        return (NOT_SUPPORTED, b'') if answer is None else (0, answer[:length])

    def _descriptor(self, kind: int, index: int) -> bytes | None:
        if kind == DEVICE:
            return _part(
                DEVICE, _two(0x0200), 0xEF, 2, 1, 64, _two(0x1D6B), _two(0x0105), _two(0x0100),
                1, 2, 3, 1,
            )
        if kind == CONFIGURATION:
            return self._configuration
        if kind != STRING:
            return None
        text = self._strings[index].encode('utf-16-le')
        return _part(STRING, text if index else _two(0x0409))

    def _stream_control(self, request: int, data: bytes) -> bytes:
        if request == SET_CURRENT:
            self._negotiate(*struct.unpack_from('<BBI', data, 2))
            return b''
        if request == GET_LENGTH:
            return struct.pack('<H', 26)
        if request == GET_INFO:
            return b'\x03'
        width, height = self._sizes[self._mode[1] - 1]
        return struct.pack(
            '<HBBI5HII', 1, *self._mode, 0, 0, 0, 0, 0, 2 * width * height, PACKET_SIZE
        )

    def _negotiate(self, form: int, size: int, interval: int) -> None:
        """Take the nearest to what the host wants."""
        self._mode = (
            min(max(form, 1), len(FORMATS)), min(max(size, 1), len(self._sizes)),
            min(INTERVALS, key=lambda it: abs(it - interval)),
        )

    def _camera_control(self, request: int, selector: int, data: bytes) -> bytes:
        size, *limits = CONTROLS[selector]
        if request == SET_CURRENT:
            self.controls[selector] = int.from_bytes(data, 'little')
            return b''
        if request == GET_LENGTH:
            return struct.pack('<H', size)
        if request == GET_INFO:
            return b'\x03'
        kinds = (GET_MINIMUM, GET_MAXIMUM, GET_RESOLUTION, GET_DEFAULT)
        values = dict(zip(kinds, limits, strict=True))
        return values.get(request, self.controls[selector]).to_bytes(size, 'little')


def _part(*fields: int | bytes) -> bytes:
    """Return a descriptor: its length, then these fields."""
    content = b''.join(bytes([field]) if isinstance(field, int) else field for field in fields)
    return bytes([len(content) + 1]) + content


def _two(value: int) -> bytes:
    return value.to_bytes(2, 'little')


def _four(value: int) -> bytes:
    return value.to_bytes(4, 'little')


def _configuration(sizes: tuple[tuple[int, int], ...]) -> bytes:
    units = _part(
        OF_CLASS, 2, CAMERA, _two(0x0201), 0, 0, _two(0), _two(0), _two(0), 3, 0x0A, 0, 0
    ) + _part(OF_CLASS, 3, OUTPUT, _two(0x0101), 0, CAMERA, 0)
    control = (
        _part(INTERFACE, 0, 0, 0, VIDEO, VIDEO_CONTROL, 0, 0)
        + _part(
            OF_CLASS, 1, _two(0x0100), _two(13 + len(units)), _four(48_000_000), 1,
            STREAM_INTERFACE,
        )
        + units
    )
    count = len(FORMATS)
    formats = b''.join(_format(index, sizes) for index in range(count))
    stream = (
        _part(INTERFACE, STREAM_INTERFACE, 0, 0, VIDEO, VIDEO_STREAMING, 0, 0)
        + _part(
            OF_CLASS, 1, count, _two(13 + count + len(formats)), STREAM_ENDPOINT, 0, OUTPUT, 0, 0,
            0, 1, bytes(count),
        )
        + formats
        + _part(INTERFACE, STREAM_INTERFACE, 1, 1, VIDEO, VIDEO_STREAMING, 0, 0)
        # Isochronous, asynchronous; three transactions of 1024 bytes; each microframe.
        + _part(ENDPOINT, STREAM_ENDPOINT, 5, _two(2 << 11 | 1024), 1)
    )
    both = _part(ASSOCIATION, 0, 2, VIDEO, VIDEO_COLLECTION, 0, 0) + control + stream
    return _part(CONFIGURATION, _two(9 + len(both)), 2, 1, 0, 0x80, 250) + both


def _format(index: int, sizes: tuple[tuple[int, int], ...]) -> bytes:
    """Return the descriptors of a pixel format, its sizes and colours."""
    if FORMATS[index] == 'YUYV':
        head, kind = _part(OF_CLASS, 4, index + 1, len(sizes), YUY2, 16, 1, 0, 0, 0, 0), 5
    else:
        head, kind = _part(OF_CLASS, 6, index + 1, len(sizes), 0, 1, 0, 0, 0, 0), 7
    frames = [
        _part(
            OF_CLASS, kind, number, 0, _two(width), _two(height), _four(width * height * 80),
            _four(width * height * 160), _four(width * height * 2), _four(INTERVALS[0]),
            len(INTERVALS), *map(_four, INTERVALS),
        ) for number, (width, height) in enumerate(sizes, 1)
    ]
    return head + b''.join(frames) + _part(OF_CLASS, 0x0D, 1, 1, 4)


def _received(link: socket.socket, size: int) -> bytes:
    """Return so many bytes; fewer at the end."""
    content = b''
    while len(content) < size:
        try:
            more = link.recv(size - len(content))
        except OSError:
            more = b''
        if not more:
            return b''
        content += more
    return content


def _write(
    link: socket.socket, command: int, number: int, status: int, length: int = 0,
    content: bytes = b'', packets: int = 0,
) -> None:
    head = HEADER.pack(
        command, number, 0, 0, 0, status & 0xFFFFFFFF, length, 0, packets, 0, b''
    )
    link.sendall(head + content)


def _write_packets(link: socket.socket, number: int, packets: int, sent: list[bytes]) -> None:
    """Fill a transfer: packets that are empty have no content."""
    sizes = [*map(len, sent), *[0] * (packets - len(sent))]
    content = b''.join(sent)
    places = b''.join(
        PACKET.pack(place * PACKET_SIZE, PACKET_SIZE, size, 0) for place, size in enumerate(sizes)
    )
    _write(link, SUBMITTED, number, 0, len(content), content + places, packets)
