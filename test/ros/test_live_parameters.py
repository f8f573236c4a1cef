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

"""Every live parameter, set on a running node of each kind, changes what the node does."""

from functools import lru_cache, partial
import time
from urllib.request import urlopen

import cv2
import numpy as np
import pytest
import rclpy
from rclpy.parameter import Parameter
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool, Trigger
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros import Detections, Detector, Embedder
from yolo_deepsort_ros.calibration import Calibration, write_calibration
from yolo_deepsort_ros.config.network_config import DetectorConfig
from yolo_deepsort_ros.config.node_configs import COMPOSED, NODES
from yolo_deepsort_ros.config.stage_configs import LocatingConfig, TrackingConfig
from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.locating.ground_file import Ground
from yolo_deepsort_ros.locating.ground_parameters import ground_of
from yolo_deepsort_ros.locating.locator import Locator
from yolo_deepsort_ros.nodes.annotator_node import AnnotatorNode
from yolo_deepsort_ros.nodes.camera_node import CameraNode
from yolo_deepsort_ros.nodes.detector_node import DetectorNode
from yolo_deepsort_ros.nodes.locator_node import LocatorNode
from yolo_deepsort_ros.nodes.messages.conversions import (
    array_to_compressed, Objects, seconds_to_stamp,
)
from yolo_deepsort_ros.nodes.pipeline_node import PipelineNode
from yolo_deepsort_ros.nodes.stages.annotation_stage import AnnotationStage
from yolo_deepsort_ros.nodes.stages.capture_stage import CaptureStage
from yolo_deepsort_ros.nodes.stages.detection_stage import DetectionStage
from yolo_deepsort_ros.nodes.stages.image_input_stage import ImageInputStage
from yolo_deepsort_ros.nodes.stages.locating_stage import LocatingStage, Shown
from yolo_deepsort_ros.nodes.stages.track_input_stage import TrackInputStage
from yolo_deepsort_ros.nodes.stages.tracking_stage import TrackingStage
from yolo_deepsort_ros.nodes.stages.viewer_stage import ViewerStage
from yolo_deepsort_ros.nodes.tracker_node import TrackerNode
from yolo_deepsort_ros.nodes.viewer_node import ViewerNode
from yolo_deepsort_ros.pipeline import Follower
from yolo_deepsort_ros.simulation.arena import Arena
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig
from yolo_deepsort_ros.sources.frame import Frame
from yolo_deepsort_ros.stage_timer import StageTimer

KINDS = {
    'camera': CameraNode, 'detector': DetectorNode, 'tracker': TrackerNode,
    'annotator': AnnotatorNode, 'locator': LocatorNode, 'viewer': ViewerNode,
    'pipeline': PipelineNode,
}
GROUPS = {**NODES, **COMPOSED}
LENS = Calibration.ideal(64, 64, (60.0, 0, 31.5, 0, 60.0, 31.5, 0, 0, 1))
STANDS = {'camera_height': 1.2, 'camera_pitch': 0.1, 'class_heights': ['cat=0.3+-0.02']}
TRACKER = {'frame_rate': 10.0, 'reid_memory': 30, 'max_age': 6}
DETECTOR = {'model': 'arena-tiny', 'confidence': 0.02, 'nms_iou': 0.1, 'threads': 1}
PARAMETERS = f"""
/**:
  ros__parameters:
    source: SOURCE
    loop: true
    rate: 1.0
    start_paused: true
    camera_info_url: FOLDER/lens.yaml
    locate: true
    web_port: 0
    camera_height: {STANDS['camera_height']}
    camera_pitch: {STANDS['camera_pitch']}
    class_heights: {STANDS['class_heights']}
    frame_rate: {TRACKER['frame_rate']}
    reid_memory: {TRACKER['reid_memory']}
    max_age: {TRACKER['max_age']}
    model: {DETECTOR['model']}
    confidence: {DETECTOR['confidence']}
    nms_iou: {DETECTOR['nms_iou']}
    threads: {DETECTOR['threads']}
"""
#: What to set of each.
VALUES = {
    'cascade': False, 'class_aware': True, 'class_voting': True, 'classes': ['ball'],
    'confidence': 0.95, 'frame_id': 'elsewhere', 'gating_distance': 0.05, 'iou_max_age': 10,
    'jpeg_quality': 5, 'late_periods': 0, 'latency_limit': 0.0, 'low_score_threshold': 0.6,
    'max_age': 2, 'max_age_s': 0.15, 'max_cosine_distance': 0.01, 'max_detections': 1,
    'max_iou_distance': 0.05, 'min_rate': 1000.0, 'n_init': 1, 'nms_agnostic': True,
    'nms_iou': 0.9, 'publish_coasting': True,
    'reduce_jpeg': False, 'reid_every': 20, 'reid_memory_distance': 2.0, 'topic_timeout': 0.1,
    'camera_height': 1.5, 'camera_pitch': 0.2, 'camera_roll': 0.1, 'depth_slop': 0.0,
    'class_heights': ['cat=0.5+-0.02'], 'foot_offset': 0.1, 'transform_wait': 3.0,
    'depth_wait': 2.0, 'staged': True, 'learn_scores': True, 'blend_boxes': True,
    'trail': 0.0,
}
LIVE = [
    (node, name) for node, group in GROUPS.items()
    for name, declared in group.parameters().items()
    if declared.is_live and name != 'profile'  # which is in test_parameters.py
]


class Outlet:
    """Stands where a publisher is, in front of somebody who subscribes."""

    def __init__(self):
        self.published = []

    def get_subscription_count(self):
        return 1

    def publish(self, message):
        self.published.append(message)


@pytest.fixture(scope='module')
def running(graph, tmp_path_factory):
    """Return what brings up a node of a kind in this process; each comes up once."""
    folder = tmp_path_factory.mktemp('live')
    cv2.imwrite(str(folder / '1.png'), np.zeros((64, 64, 3), np.uint8))
    write_calibration(str(folder / 'lens.yaml'), LENS, 'lens')
    given = PARAMETERS.replace('SOURCE', str(folder)).replace('FOLDER', str(folder))
    (folder / 'given.yaml').write_text(given)
    apart = [word for kind in KINDS for word in ('-r', f'{kind}:__ns:=/of_{kind}')]
    rclpy.init(args=['--ros-args', '--params-file', str(folder / 'given.yaml'), *apart])
    nodes = {}

    @lru_cache
    def bring_up(kind):
        nodes[kind] = KINDS[kind]()
        nodes[kind].bring_up()
        return nodes[kind]

    yield bring_up
    for node in nodes.values():
        node.close()
        node.destroy_node()
    rclpy.shutdown()


def stage(node, kind):
    """Return the node's stage of a kind."""
    return next(each for each, _ in node._stages if isinstance(each, kind))


def scene():
    """Yield pictures, what is found in them, and stamps: everything that a tracker may meet."""
    random = np.random.default_rng(4)
    places, speeds = random.uniform(10, 110, (5, 2)), random.uniform(-3, 3, (5, 2))
    colours, hidden = random.integers(0, 255, (5, 3)), random.integers(5, 25, 5)
    for frame in range(40):
        picture = np.full((120, 160, 3), 90, np.uint8)
        boxes, scores, kinds = [], [], []
        for i in range(5):
            speeds[i] += random.normal(0, 0.8, 2)
            places[i] = np.clip(places[i] + speeds[i], 0, [140, 95])
            x, y = places[i].astype(int)
            cv2.rectangle(picture, (x, y), (x + 15, y + 23), colours[i].tolist(), -1)
            if random.random() < 0.75 and not hidden[i] <= frame < hidden[i] + 8:
                boxes.append([*(places[i] + random.normal(0, 1, 2)), 16, 24])
                scores.append(random.uniform(0.05, 0.95))
                kinds.append(int(i % 2 if random.random() < 0.8 else 1 - i % 2))
        stamp = frame / 10 - 0.25 * (frame in (20, 21))  # late
        is_lost = frame % 3 == 2 and frame > 20
        found = Detections(np.reshape(boxes, (-1, 4)), scores, kinds)
        yield None if is_lost else picture, found, stamp


def rows_of(tracks):
    return [tracks.ids.tolist(), tracks.tlwh.round(3).tolist(), tracks.class_ids.tolist()]


def tracks_of(node):
    """Return the rows that a node's stage has for the scene."""
    tracking = stage(node, TrackingStage)
    tracking._on_reset(None, Trigger.Response())
    return [
        rows_of(tracking.track(
            found, Header(stamp=seconds_to_stamp(1 + stamp)), picture, ['cat', 'dog']
        )) for picture, found, stamp in scene()
    ]


@lru_cache
def tracks_expected(name, value):
    """Return the rows that the library has for it."""
    given = {} if name == 'publish_coasting' else {name: value}
    follower, rows = Follower(TrackerConfig(**{**TRACKER, **given}), Embedder(), StageTimer()), []
    for picture, found, stamp in scene():
        late = follower.late
        _, tracks = follower.follow(found, 1 + stamp, picture)
        shows_all = name == 'publish_coasting' and follower.late == late
        rows.append(rows_of(tracks.confirmed if shows_all else tracks.reported))
    return rows


@lru_cache
def arena_picture():
    return Arena(ArenaConfig(agents=12), width=320, height=240).render(60)[0]


def boxes_of(found):
    return [found.tlwh.round(2).tolist(), found.class_ids.tolist()]


def objects_of(node):
    return boxes_of(stage(node, DetectionStage).detect(arena_picture(), Header()))


@lru_cache
def objects_expected(name, value):
    given = {name: list(value) if isinstance(value, tuple) else value}
    return boxes_of(Detector(**{**DETECTOR, **given}).detect(arena_picture()))


def cats():
    """Yield the tracks of some frames, one of them without a foot, and their stamps."""
    found = Detections([[20, 30, 8, 12], [40, 32, 10, 32]], [0.9, 0.9], [0, 0])
    follower = Follower(TrackerConfig(n_init=1, frame_rate=10.0), Embedder(), StageTimer())
    for number in range(6):
        yield follower.follow(found, 100 + number / 10, None)[1].reported, 100 + number / 10


def near():
    """Return a depth image in metres."""
    return np.full((64, 64), 2.0, np.float32)


def places_of(node):
    """Return the places that a node's stage has for the cats."""
    locating, outlet, found = stage(node, LocatingStage), Outlet(), []
    kept, locating._tracks = locating._tracks, outlet
    locating.start()
    locating._locator.reset()
    for tracks, stamp in cats():
        header = Header(stamp=seconds_to_stamp(stamp), frame_id='lens')
        image = Image(header=Header(stamp=seconds_to_stamp(stamp + 0.02)), height=64, width=64,
                      encoding='32FC1', step=256)
        image.data.frombytes(near().tobytes())
        locating._depth._on_image(image)
        locating.put(Shown(tracks, ['cat'], header, LENS, (64, 64)))
        locating.drain(20.0)
        points = [each.results[0].pose.pose.position for each in outlet.published[-1].detections]
        found.append([(round(point.x, 3), round(point.y, 3)) for point in points])
    locating._queue.close()
    locating._tracks = kept
    return found


def places_expected(name, value):
    """Return the places that the library has for them."""
    config = LocatingConfig(**{**STANDS, name: value})
    ground = ground_of(config, Ground())
    locator = Locator(ground.class_heights, ground.foot_offset or 0.0)
    depth = near() if config.depth_slop >= 0.02 else None
    return [
        [tuple(place) for place in locator.update(
            tracks, ['cat'], stamp, ground.view((64, 64), LENS), (64, 64), depth
        ).places.round(3).tolist()] for tracks, stamp in cats()
    ]


def wait_of(node, part, ask):
    """Return how long a frame waits for what a part of the locator is asked."""
    asked_of, asked = getattr(stage(node, LocatingStage), part), []
    kept = getattr(asked_of, ask)
    setattr(asked_of, ask, lambda *given: asked.append(given[-1]) or kept(*given))
    before = time.monotonic()
    places_of(node)
    setattr(asked_of, ask, kept)
    return round(asked[0] - before, 0)


def frame_id_of(node):
    """Return that of the header under which a frame goes on."""
    capture, taken = stage(node, CaptureStage), []
    use, capture._use = capture._use, taken.append
    capture._on_frame(Frame(np.zeros((8, 8, 3), np.uint8), 1.0, 0))
    capture._use = use
    return taken[0].header.frame_id


def jpegs_of(node):
    """Return the compressed images that a node's stages publish of one picture."""
    picture, header, found = arena_picture(), Header(), []
    for kind, name in ((CaptureStage, '_images'), (AnnotationStage, '_annotated')):
        try:
            output = getattr(stage(node, kind), name)
        except StopIteration:
            continue
        kept, output._compressed = output._compressed, Outlet()
        output.publish(picture, header)
        found.append(output._compressed.published[0].data.tobytes())
        output._compressed = kept
    return found


def jpegs_expected(node, quality):
    message = array_to_compressed(arena_picture(), Header(), quality)
    return [message.data.tobytes()] * len(jpegs_of(node))


def has_trail(node):
    """Tell whether a track that went right left its trail in the picture."""
    annotation, picture = stage(node, AnnotationStage), np.zeros((120, 160, 3), np.uint8)
    output = annotation._annotated
    kept, output._raw = output._raw, Outlet()
    for number in range(10):
        objects = Objects(np.array([1]), np.array([[10.0 * number, 60, 20, 20]]), [0.9], ['cat'])
        header = Header(stamp=seconds_to_stamp(100 + number / 10))
        annotation.draw(picture, header, objects)
    image = output._raw.published[-1]
    output._raw = kept
    drawn = np.frombuffer(image.data, np.uint8).reshape(120, 160, 3)
    return bool(drawn[70:90, 15:60].any())


def reduction_of(node, monkeypatch):
    """Return how many times smaller a large JPEG is decoded."""
    looks = []
    monkeypatch.setattr(stage(node, DetectionStage), 'detect_batch', looks.append)
    message = array_to_compressed(np.zeros((1600, 1600, 3), np.uint8), Header(), 80)
    stage(node, ImageInputStage)._on_image('', message)
    return looks[0][''].reduction


def limits_passed(node):
    """Return the limits that the diagnostics name when results are few and late."""
    outlet, diagnostics = Outlet(), node.diagnostics
    kept, diagnostics._publisher = diagnostics._publisher, outlet
    wake(node, is_paused=False)
    diagnostics.begin()
    for _ in range(12):
        diagnostics.delivered(time.time() - 100.0)
        diagnostics.publish()
    wake(node, is_paused=True)
    diagnostics._publisher = kept
    said = outlet.published[-1].status[0].message
    return [name for name in ('min_rate', 'latency_limit') if f'{name} is' in said]


def wake(node, is_paused):
    """Pause the source, if there is any, or let it go on."""
    if node.get_name() in ('camera', 'pipeline'):
        capture = stage(node, CaptureStage)
        capture._on_set_paused(SetBool.Request(data=is_paused), SetBool.Response())


def is_silence_said(node):
    """Tell whether a topic that has a publisher and brings nothing is an error after 3 s."""
    other = rclpy.create_node('other', namespace=node.get_namespace())
    for kind, topic in ((Image, 'image_raw'), (Detection2DArray, 'tracks'),
                        (Detection2DArray, 'detections')):
        other.create_publisher(kind, topic, 10)
    other.create_subscription(Image, 'annotated_image', lambda _: None, 10)
    deadline = time.monotonic() + 20
    names = ('image_raw', 'tracks', 'detections')
    while not (
        all(map(node.count_publishers, names)) and node.count_subscribers('annotated_image')
    ):
        assert time.monotonic() < deadline, 'nobody is seen'
        time.sleep(0.02)
    if node.get_name() == 'annotator':
        stage(node, TrackInputStage)._follow_demand()
    if node.get_name() == 'viewer':
        page = stage(node, ViewerStage)
        with urlopen(f'{page.server.address}api/state') as answer:  # so somebody looks
            assert answer.status == 200
        page._look()
    outlet, diagnostics = Outlet(), node.diagnostics
    kept, diagnostics._publisher = diagnostics._publisher, outlet
    for _ in range(4):  # one a second
        diagnostics.publish()
    diagnostics._publisher = kept
    other.destroy_node()
    while node.count_publishers('tracks') > (node.get_name() == 'tracker'):
        assert time.monotonic() < deadline, 'the other stays'
        time.sleep(0.02)
    diagnostics.publish()  # which is no silence
    return 'nothing has arrived' in outlet.published[-1].status[0].message


def observed(node, name, monkeypatch):
    """Return what a node does that depends on a parameter."""
    see = {
        'frame_id': frame_id_of, 'jpeg_quality': jpegs_of, 'trail': has_trail,
        'reduce_jpeg': partial(reduction_of, monkeypatch=monkeypatch),
        'topic_timeout': is_silence_said,
        **dict.fromkeys(('latency_limit', 'min_rate'), limits_passed),
        **dict.fromkeys(LocatingConfig.parameters(), places_of),
        'transform_wait': partial(wait_of, part='_floors', ask='find'),
        'depth_wait': partial(wait_of, part='_depth', ask='near'),
        **dict.fromkeys(TrackingConfig.parameters(), tracks_of),
        **dict.fromkeys(DetectorConfig.parameters(), objects_of),
    }
    return see[name](node)


def is_expected(node, name, value, seen):
    """Tell whether it does what it should with this value."""
    if name in TrackingConfig.parameters():
        return seen == tracks_expected(name, value)
    if name in ('transform_wait', 'depth_wait'):
        return seen == value
    if name in LocatingConfig.parameters():
        return seen == places_expected(name, value)
    if name in DetectorConfig.parameters():
        return seen == objects_expected(name, tuple(value) if isinstance(value, list) else value)
    return {
        'frame_id': lambda: seen == value,
        'jpeg_quality': lambda: seen == jpegs_expected(node, value) != [],
        'trail': lambda: seen is False,
        'reduce_jpeg': lambda: seen == 1,
        'topic_timeout': lambda: seen,
        'latency_limit': lambda: seen == [],
        'min_rate': lambda: seen == ['min_rate', 'latency_limit'],
    }[name]()


@pytest.mark.parametrize(('kind', 'name'), LIVE)
def test_a_live_parameter_that_is_set_acts(running, monkeypatch, kind, name):
    node = running(kind)
    before = node.get_parameter(name)
    seen = observed(node, name, monkeypatch)
    answer = node.set_parameters([Parameter(name, value=VALUES[name])])[0]
    assert answer.successful, answer.reason
    now = observed(node, name, monkeypatch)
    assert node.set_parameters([before])[0].successful
    assert now != seen
    assert is_expected(node, name, VALUES[name], now)
    assert observed(node, name, monkeypatch) == seen, 'set back, it is as before'
