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
The wire format of protocol buffers, which ONNX files are: fields in, fields out.

See https://protobuf.dev/programming-guides/encoding. It is so small that reading and writing
networks needs no library for it.
"""

from __future__ import annotations

from collections.abc import Iterator
import struct

VARINT, EIGHT_BYTES, LENGTH, FOUR_BYTES = 0, 1, 2, 5  #: wire types


def fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """
    Yield the number and value of each field of a message.

    Raises
    ------
    ValueError, IndexError
        When it is not one, or cut off.

    """
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        number, wire_type = key >> 3, key & 7
        if wire_type == VARINT:
            integer, position = _varint(message, position)
            yield number, integer
            continue
        if wire_type == LENGTH:
            length, position = _varint(message, position)
        elif wire_type in (EIGHT_BYTES, FOUR_BYTES):
            length = 8 if wire_type == EIGHT_BYTES else 4
        else:
            raise ValueError(f'wire type {wire_type}')
        if position + length > len(message):
            raise ValueError('cut off')
        yield number, message[position:position + length]
        position += length


def messages(message: memoryview, number: int) -> list[memoryview]:
    """Return the contents of the fields of that number that have a length."""
    return [
        value for found, value in fields(message)
        if found == number and isinstance(value, memoryview)
    ]


def integers(message: memoryview, number: int) -> list[int]:
    """Return the integers in the fields of that number, one a field or many packed into one."""
    found = []
    for field_number, value in fields(message):
        if field_number != number:
            continue
        if isinstance(value, int):
            found.append(value)
            continue
        position = 0
        while position < len(value):
            integer, position = _varint(value, position)
            found.append(integer)
    return found


def text(message: memoryview, number: int) -> str:
    """Return the text in the fields of that number."""
    return ''.join(bytes(value).decode('utf-8') for value in messages(message, number))


def integer_field(number: int, value: int) -> bytes:
    """Return a field that holds an integer, negative ones as int64."""
    return _as_varint(number << 3 | VARINT) + _as_varint(value & (1 << 64) - 1)


def float_field(number: int, value: float) -> bytes:
    """Return a field that holds a float32."""
    return _as_varint(number << 3 | FOUR_BYTES) + struct.pack('<f', value)


def field(number: int, content: bytes | str) -> bytes:
    """Return a field that holds text, bytes or a message."""
    content = content.encode() if isinstance(content, str) else content
    return _as_varint(number << 3 | LENGTH) + _as_varint(len(content)) + content


def _as_varint(value: int) -> bytes:
    """Return an integer, seven bits a byte, the lowest first."""
    groups = bytearray()
    while value > 127:
        groups.append(value & 127 | 128)
        value >>= 7
    return bytes([*groups, value])


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    """Read an integer of seven bits a byte; return it and the position after it."""
    value = 0
    for shift in range(0, 70, 7):
        byte = message[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, position
    raise ValueError('an integer of more than ten bytes')
