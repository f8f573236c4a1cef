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
Small networks in the manner of each Darknet family, and of each kind of section.

`FAMILIES` holds their definitions by name: the sections and connections of the real ones, with
few filters. Each line below is a section; `[net]` and the usual options are added.
"""

from __future__ import annotations

C3 = 'convolutional batch_normalize=1 size=3 pad=1 activation=leaky stride=1'
C1 = 'convolutional batch_normalize=1 size=1 pad=1 activation=leaky stride=1'
DOWN = 'convolutional batch_normalize=1 size=3 pad=1 activation=leaky stride=2'
MISH3, MISH1, MISH_DOWN = (line.replace('leaky', 'mish') for line in (C3, C1, DOWN))
POOL = 'maxpool size=2 stride=2'
FINE = 'convolutional size=1 stride=1 pad=1 filters=14 activation=linear'
ANCHORS = 'anchors=4,6,9,9,14,20,30,24 num=4 classes=2'
HEAD, COARSE = f'yolo mask=0,1 {ANCHORS}', f'yolo mask=2,3 {ANCHORS}'

_FAMILIES = {
    'yolov2-tiny': f"""
        {C3} filters=4
        {POOL}
        {C3} filters=6
        {POOL}
        {C3} filters=8
        maxpool size=2 stride=1
        {C3} filters=8
        {FINE}
        region anchors=0.6,0.7,1.9,2.1 classes=2 coords=4 num=2 softmax=1 bias_match=1
        """,
    'yolov2': f"""
        {DOWN} filters=8
        {C3} filters=6
        {POOL}
        {C3} filters=8
        route layers=-3
        {C1} filters=8
        reorg stride=2
        route layers=-1,-4
        {C3} filters=8
        {FINE}
        region anchors=0.6,0.7,1.9,2.1 classes=2 coords=4 num=2 softmax=1
        """,
    'yolov3': f"""
        {C3} filters=4
        {DOWN} filters=8
        {C1} filters=4
        {C3} filters=8
        shortcut from=-3 activation=linear
        {DOWN} filters=8
        {C1} filters=4
        {C3} filters=8
        shortcut from=-3 activation=linear
        {FINE}
        {COARSE}
        route layers=-4
        {C1} filters=4
        upsample stride=2
        route layers=-1,4
        {C3} filters=8
        {FINE}
        {HEAD}
        """,
    'yolov3-spp': f"""
        {DOWN} filters=4
        {DOWN} filters=6
        maxpool stride=1 size=5
        route layers=-2
        maxpool stride=1 size=9
        route layers=-4
        maxpool stride=1 size=13
        route layers=-1,-3,-5,-6
        {C1} filters=8
        {FINE}
        {HEAD}
        """,
    'yolov3-tiny': f"""
        {C3} filters=4
        {POOL}
        {C3} filters=6
        {POOL}
        {C3} filters=8
        maxpool size=2 stride=1
        {C1} filters=8
        {FINE}
        {COARSE}
        route layers=-4
        {C1} filters=4
        upsample stride=2
        route layers=-1,2
        {FINE}
        {HEAD}
        """,
    'yolov4': f"""
        {MISH3} filters=4
        {MISH_DOWN} filters=8
        {MISH1} filters=4
        route layers=-2
        {MISH1} filters=4
        {MISH1} filters=4
        {MISH3} filters=4
        shortcut from=-3 activation=linear
        {MISH1} filters=4
        route layers=-1,-7
        {MISH1} filters=8
        {DOWN} filters=8
        {FINE}
        {HEAD} scale_x_y=1.1
        """,
    'yolov4-tiny': f"""
        {DOWN} filters=4
        {C3} filters=8
        route layers=-1 groups=2 group_id=1
        {C3} filters=4
        {C3} filters=4
        route layers=-1,-2
        {C1} filters=8
        route layers=-6,-1
        {POOL}
        {C3} filters=8
        {FINE}
        {COARSE} scale_x_y=1.05
        route layers=-3
        {C1} filters=4
        upsample stride=2
        route layers=-1,6
        {FINE}
        {HEAD} scale_x_y=1.05
        """,
    'yolov4-csp': f"""
        convolutional batch_normalize=1 filters=4 size=3 stride=2 pad=1 activation=swish
        convolutional batch_normalize=1 filters=8 size=3 stride=2 pad=1 activation=mish
        convolutional filters=14 size=1 stride=1 pad=1 activation=logistic
        {HEAD} scale_x_y=2.0 new_coords=1
        """,
    'yolo-fastest': f"""
        {DOWN} filters=4
        {C1} filters=8
        convolutional batch_normalize=1 filters=8 groups=8 size=3 stride=1 pad=1 activation=relu
        convolutional batch_normalize=1 filters=4 size=1 stride=1 pad=0 activation=linear
        dropout probability=.15
        shortcut from=-5 activation=linear
        {C1} filters=8
        convolutional batch_normalize=1 filters=8 groups=8 size=5 stride=2 pad=1 activation=relu
        {FINE}
        {HEAD}
        """,
}

#: One layer each that the families do not have in this form, between two convolutions.
_LAYERS = {
    'an activation after a shortcut': 'shortcut from=-2 activation=leaky',
    'a shortcut of three': 'shortcut from=-2,-3 activation=linear',
    'parts of two sources': 'route layers=-1,-2 groups=2 group_id=0',
    'an uneven kernel border': f'{C3} filters=6 padding=7',
    'a border without pad': 'convolutional filters=6 size=3 padding=2 activation=linear',
    'no border': 'convolutional filters=6 size=3 activation=linear',
    'an even kernel': 'convolutional filters=6 size=2 stride=2 pad=1 activation=linear',
    'groups': 'convolutional filters=6 groups=2 size=3 pad=1 activation=linear',
    'no options': 'convolutional',
    'upsampling by three': 'upsample stride=3',
    'upsampling by default': 'upsample',
    'pooling by three': 'maxpool size=3 stride=2',
    'pooling without a border': 'maxpool size=3 stride=1 padding=0',
    'pooling with a border of one': 'maxpool size=3 stride=2 padding=1',
    'pooling without a size': 'maxpool stride=2',
    'pooling by default': 'maxpool',
}


#: Of these, what OpenCV's importer refuses or computes otherwise than Darknet.
BEYOND_OPENCV = {
    'a shortcut of three', 'parts of two sources', 'no options', 'upsampling by default',
    'pooling by default',
}


def definition(lines: str) -> str:
    """Return the text of a definition from one section a line."""
    sections = [line.split() for line in lines.strip().splitlines()]
    blocks = ('\n'.join([f'[{kind}]', *options]) for kind, *options in sections)
    return '\n\n'.join(['[net]\nwidth=96\nheight=64\nchannels=3', *blocks, ''])


FAMILIES = {name: definition(lines) for name, lines in _FAMILIES.items()}
LAYERS = {
    name: definition(f"""
        {DOWN} filters=6
        {C3} filters=6
        {C3} filters=6
        {line}
        {FINE}
        {HEAD}
        """)
    for name, line in _LAYERS.items()
}
