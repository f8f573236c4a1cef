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
The rate of a large matrix product in float32, as a measured process.

    python3 matrix_product.py THREADS

THREADS also has to stand in OPENBLAS_NUM_THREADS and the like before the start.
"""

from __future__ import annotations

from measured_process import seconds_of, serve
import numpy as np

SIDE = 2048


def main() -> None:
    """Answer questions."""
    rng = np.random.default_rng(0)
    first, second = rng.random((2, SIDE, SIDE), np.float32)
    product = np.empty_like(first)
    serve({'name': f'NumPy {np.__version__}', 'operations': 2 * SIDE**3}, {
        'seconds': lambda calls: seconds_of(lambda: np.matmul(first, second, out=product), calls),
    })


if __name__ == '__main__':
    main()
