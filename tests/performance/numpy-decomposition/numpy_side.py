"""The other side of decomposition.bench.ts: answers each line, the number of a matrix, with the time of one numpy.linalg.svd.

Reads the matrices from the folder named on the command line: `index.json` lists [rows, columns], `<number>.f64` holds the
values. Writes `<number>.s.f64`, the singular values. Threads are those of OPENBLAS_NUM_THREADS.
"""

import json
import pathlib
import sys
import time

import numpy as np

folder = pathlib.Path(sys.argv[1])
shapes = json.loads((folder / "index.json").read_text())
matrices = [np.fromfile(folder / f"{i}.f64").reshape(shape) for i, shape in enumerate(shapes)]
for i, a in enumerate(matrices):
    np.linalg.svd(a, full_matrices=False)[1].tofile(folder / f"{i}.s.f64")
print(json.dumps({"numpy": np.__version__}), flush=True)
for line in sys.stdin:
    a = matrices[int(line)]
    wall, processor = time.perf_counter(), time.process_time()
    np.linalg.svd(a, full_matrices=False)
    times = [time.perf_counter() - wall, time.process_time() - processor]
    print(json.dumps([1000 * t for t in times]), flush=True)
