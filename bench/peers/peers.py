"""Peers in Python: runs one whenever it is named on standard input, and answers with a line of JSON.

    python3 peers.py '{"elementCount": 1048576, "threads": 2, "low": -1, "high": 1, "std": 0.02}'

The first line tells which peers there are and which packages are missing:

    {"peers": [{"name": ..., "draws": ..., "threads": ...}], "leftOut": [{"what": ..., "why": ...}]}

Then every name that is read is answered by {"ms": ...} or {"error": ...}, the latter also if what it drew is not
finite, not in range or all equal. A peer is warmed up by its first run, which the
caller does not count. Memory is allocated before, if the peer's interface can fill existing memory.
"""

import importlib
import json
import math
import os
import sys
import time

WORK = json.loads(sys.argv[1])
COUNT = int(WORK["elementCount"])
THREADS = int(WORK["threads"])
LOW, HIGH, STD = float(WORK["low"]), float(WORK["high"]), float(WORK["std"])
SEED = 42
TRUNCATION = 2.0

# Before any of the packages reads them.
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
    os.environ[variable] = str(THREADS)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["CUDA_VISIBLE_DEVICES"] = ""


def open_numpy(numpy):
    """The recipe of NumPy's manual, "Multithreaded generation": a generator and a slice for each thread."""
    from concurrent.futures import ThreadPoolExecutor

    generators = [numpy.random.default_rng(s) for s in numpy.random.SeedSequence(SEED).spawn(THREADS)]
    values = numpy.zeros(COUNT, dtype=numpy.float32)
    bounds = [COUNT * t // THREADS for t in range(THREADS + 1)]
    executor = ThreadPoolExecutor(THREADS)

    def fill(thread):
        out = values[bounds[thread] : bounds[thread + 1]]
        generators[thread].random(out=out, dtype=numpy.float32)

    def uniform():
        for _ in executor.map(fill, range(THREADS)):
            pass

    yield "NumPy {} multithreaded recipe", "uniform", uniform, lambda: values


def open_torch(torch):
    torch.set_num_threads(THREADS)
    torch.manual_seed(SEED)
    tensor = torch.zeros(COUNT, dtype=torch.float32)

    def uniform():
        tensor.uniform_(LOW, HIGH)

    def truncated_normal():
        torch.nn.init.trunc_normal_(tensor, 0.0, STD, -TRUNCATION * STD, TRUNCATION * STD)

    def normal():
        tensor.normal_(0.0, STD)

    def upstream_truncated_normal():
        """truncated_normal_ of jumpfill's upstream: of four normals the first inside the bounds, else the first."""
        with torch.no_grad():
            tries = tensor.new_empty(tensor.shape + (4,)).normal_()
            inside = (tries < TRUNCATION) & (tries > -TRUNCATION)
            first = inside.max(-1, keepdim=True)[1]
            tensor.copy_(tries.gather(-1, first).squeeze(-1)).mul_(STD).add_(0.0)

    yield "torch {} uniform_", "uniform", uniform, lambda: tensor
    yield "torch {} nn.init.trunc_normal_", "truncated normal", truncated_normal, lambda: tensor
    yield "torch {}: upstream's truncated_normal_", "truncated normal", upstream_truncated_normal, lambda: tensor
    yield "torch {} normal_", "normal", normal, lambda: tensor


def open_jax(jax):
    def draw(key):
        return STD * jax.random.truncated_normal(key, -TRUNCATION, TRUNCATION, (COUNT,), jax.numpy.float32)

    compiled = jax.jit(draw)
    key = jax.random.key(SEED)

    drawn = []

    def truncated_normal():
        drawn[:] = [compiled(key).block_until_ready()]

    yield "JAX {} random.truncated_normal, jit", "truncated normal", truncated_normal, lambda: drawn[0]


def open_tensorflow(tensorflow):
    tensorflow.config.threading.set_intra_op_parallelism_threads(THREADS)
    tensorflow.random.set_seed(SEED)

    drawn = []

    def truncated_normal():
        # Eager operations on a CPU return when they are done.
        drawn[:] = [tensorflow.random.truncated_normal([COUNT], 0.0, STD, tensorflow.float32)]

    yield "TensorFlow {} random.truncated_normal", "truncated normal", truncated_normal, lambda: drawn[0]


PACKAGES = {"numpy": open_numpy, "torch": open_torch, "jax": open_jax, "tensorflow": open_tensorflow}


def load(package, open_peers):
    module = importlib.import_module(package)
    version = getattr(module, "__version__", "?")
    return [(name.format(version), *peer) for name, *peer in open_peers(module)]


# The number of elements that are checked, at equal distances.
SAMPLES = 1000
# No value is further from 0; bounds are rounded to float32 by some.
OUTERMOST = {
    "uniform": max(-LOW, HIGH) * (1 + 2**-23),
    "normal": 6 * STD,
    "truncated normal": TRUNCATION * STD * (1 + 2**-23),
}
# Of four normals all are outside once in 230,000 elements, and the recipe keeps such a one.
OUTSIDE_ALLOWED = 2


def check(draws, values):
    sample = [float(value) for value in values[:: max(1, COUNT // SAMPLES)]]
    if not all(math.isfinite(value) for value in sample):
        raise ValueError("an element is not finite")
    outside = sum(abs(value) > OUTERMOST[draws] for value in sample)
    if outside > OUTSIDE_ALLOWED:
        raise ValueError(f"{outside} of {len(sample)} elements are out of range")
    if len(set(sample)) < 2:
        raise ValueError("all elements are equal")


def answer(draws, run, values):
    started_at = time.perf_counter()
    run()
    elapsed = time.perf_counter() - started_at
    check(draws, values())
    return {"ms": elapsed * 1000}


def say(value):
    # The pipe's other end waits for whole lines.
    print(json.dumps(value), file=sys.__stdout__, flush=True)


def main():
    # Output that packages print is not an answer.
    sys.stdout = sys.stderr
    peers, left_out = [], []
    for package, open_peers in PACKAGES.items():
        try:
            peers += load(package, open_peers)
        except Exception as error:  # a package may fail to load in more ways than ImportError
            why = f"python3 cannot import it: {type(error).__name__}: {error}"
            left_out.append({"what": f"{package} (Python)", "why": why})
    roll = [{"name": name, "draws": draws, "threads": THREADS} for name, draws, _, _ in peers]
    say({"peers": roll, "leftOut": left_out})
    runs = {name: peer for name, *peer in peers}
    for line in sys.stdin:
        name = line.strip()
        try:
            say(answer(*runs[name]))
        except Exception as error:
            say({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
