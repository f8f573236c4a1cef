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

"""Compressed images: taken in, published, passed through."""

from itertools import count
import os
from pathlib import Path
import sys

import cv2
from darknet_files import draw_object, HEIGHT, WIDTH
from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
import pytest
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.images.compressed_image import encoded, JPEG_FORMAT
from yolo_deepsort_ros.nodes.messages.conversions import (
    array_to_compressed, array_to_image, image_to_array, message_to_objects, seconds_to_stamp,
)

RAW, COMPRESSED = 'image_raw', 'image_raw/compressed'
TIMES = 4  #: how much larger than the network's input: the detector may decode less
FAKE = [sys.executable, str(Path(__file__).with_name('fake_camera.py'))]
SHARED_MEMORY = Path('/dev/shm')  #: a folder below /dev that anybody may write to


def scene(number):
    """Return a picture with one red object, and its box."""
    picture = np.full((TIMES * HEIGHT, TIMES * WIDTH, 3), 90, np.uint8)
    return picture, draw_object(picture, 'red', TIMES * (20 + number % 100), TIMES * 30)


def send(peer, topic, stamp, number=0):
    header = Header(stamp=seconds_to_stamp(float(stamp)), frame_id='lens')
    picture = scene(number)[0]
    peer.publish(topic, array_to_compressed(picture, header, 90) if topic.endswith('/compressed')
                 else array_to_image(picture, header))
    return header


def send_until_all(peer, topic, stamps, *heard):
    """Send pictures until all topics have brought one made of them."""
    while not all(peer.received[name] for name in heard):
        send(peer, topic, next(stamps))
        peer.spin(0.2)
    peer.settle(*heard)
    peer.forget()


def test_tracks_and_a_drawing_of_compressed_images_alone(start, peer, network):
    detector = start('detector', image_transport='compressed', **network)
    start('tracker', image_transport='compressed', n_init=1)
    start('annotator', image_transport='compressed')
    topics = ('detections', 'tracks', 'annotated_image/compressed')
    for kind, topic in zip((Detection2DArray, Detection2DArray, CompressedImage), topics,
                           strict=True):
        peer.listen(kind, topic)
    stamps = count(0)
    send_until_all(peer, COMPRESSED, stamps, *topics)

    header = send(peer, COMPRESSED, next(stamps), number=5)  # a long gap would end the track
    picture, box = scene(5)
    found, tracks, drawn = (peer.message(topic) for topic in topics)
    for message in (found, tracks, drawn):
        assert message.header == header
    np.testing.assert_allclose(message_to_objects(found).tlwh, [box], atol=2.0 * TIMES)
    assert [track.id for track in tracks.detections] != []
    assert drawn.format == JPEG_FORMAT
    difference = np.abs(image_to_array(drawn).astype(int) - picture).max(axis=2)
    assert difference.shape == picture.shape[:2]
    assert np.median(difference) < 10 < difference.max()

    broken = array_to_compressed(picture, Header(stamp=seconds_to_stamp(float(next(stamps)))), 90)
    del broken.data[-40:]
    peer.publish(COMPRESSED, broken)
    line = 'the picture is truncated (messages refused so far: 1)'
    peer.until(lambda: line in detector.text, 'the refusal')
    peer.forget()
    send(peer, COMPRESSED, next(stamps))
    assert message_to_objects(peer.message('detections')).names == ['red']


def test_odd_images_that_can_be_used_are_used_counted_and_told_once(start, peer, network):
    detector = start('detector', image_transport='auto', **network)
    peer.listen(Detection2DArray, 'detections')
    peer.listen(DiagnosticArray, '/diagnostics')
    stamps = count(0)

    def unnamed(header):
        message = array_to_image(scene(0)[0], header)
        message.encoding = '8UC3'
        return message

    def unended(header):
        message = array_to_compressed(scene(0)[0], header, 90)
        del message.data[-2:]
        return message

    for topic, odd, words in (
        (COMPRESSED, unended, 'JPEG without its end marker'),
        (RAW, unnamed, 'image encoding 8UC3 taken as bgr8'),
    ):
        send_until_all(peer, topic, stamps, 'detections')
        for _ in range(3):
            peer.forget()
            peer.publish(topic, odd(Header(stamp=seconds_to_stamp(float(next(stamps))))))
            assert message_to_objects(peer.message('detections')).names == ['red']
        assert detector.text.count(words) == 1
        peer.until(lambda text=words: any(
            (value.key, value.value) == (text, '3')
            for message in peer.received['/diagnostics'] for status in message.status
            for value in status.values
        ), words)


def test_auto_takes_raw_images_while_there_are_any(start, peer, network):
    detector = start('detector', '-r', 'image_raw:=lens/image', image_transport='auto', **network)
    peer.listen(Detection2DArray, 'detections')
    stamps = count(0)
    raw, compressed = 'lens/image', 'lens/image/compressed'
    for turn, topic in enumerate((compressed, raw, compressed)):
        send_until_all(peer, topic, stamps, 'detections')
        if turn == 1:
            peer.forget_publishers()  # of compressed ones, too: those come back first
    said = [line.split()[-4] for line in detector.text.splitlines() if 'from now on' in line]
    assert said[-2:] == [f'/test/{raw}', f'/test/{compressed}']


def test_streams_decode_to_the_pictures(tmp_path, start, peer, network):
    picture = scene(0)[0]
    cv2.imwrite(str(tmp_path / '0.png'), picture)
    given = {'source': str(tmp_path), 'rate': 20.0, 'loop': True, 'jpeg_quality': 50}
    start('camera', **given)
    start('pipeline', namespace='/test/all', **given, **network)
    for node in ('camera', 'all/pipeline'):
        stream, raw = (f'{node.rpartition("/")[0]}/{topic}'.lstrip('/')
                       for topic in (COMPRESSED, RAW))
        peer.listen(CompressedImage, stream)
        message = peer.message(stream)
        assert message.format == JPEG_FORMAT
        assert message.data.tobytes() == encoded(picture, 50)
        assert np.abs(image_to_array(message).astype(int) - picture).mean() < 3
        assert peer.set_parameter(node, 'jpeg_quality', 5).successful
        coarse = encoded(picture, 5)
        peer.until(lambda s=stream, c=coarse: peer.received[s][-1].data.tobytes() == c, 'quality')
        peer.listen(Image, raw)
        assert (image_to_array(peer.message(raw)) == picture).all()


def test_a_jpeg_of_the_camera_is_passed_on_unless_it_is_turned(start, peer):
    if not SHARED_MEMORY.is_dir():
        pytest.skip(f'no {SHARED_MEMORY}')
    picture = scene(0)[0]
    jpeg = encoded(picture, 33)
    device = SHARED_MEMORY / f'jpeg-{os.getpid()}'
    device.write_bytes(jpeg)
    try:
        start('camera', program=FAKE, source=str(device))
        start('camera', program=FAKE, source=str(device), rotate=180, namespace='/test/turned')
        for turned, expected in (('', picture), ('turned/', picture[::-1, ::-1])):
            peer.listen(CompressedImage, turned + COMPRESSED)
            peer.listen(Image, turned + RAW)
            compressed, raw = peer.message(turned + COMPRESSED), peer.message(turned + RAW)
            assert (compressed.data.tobytes() == jpeg) == (not turned)
            for message in (compressed, raw):
                assert np.abs(image_to_array(message).astype(int) - expected).mean() < 4
    finally:
        device.unlink()
