"""NumPy: the recipe of its manual, "Multithreaded generation": a generator and a slice for each thread, filled in place.

NumPy has no bfloat16: values are drawn as float32 and rounded to ml_dtypes' type. It draws no truncated normals either:
those beyond the bounds are drawn again.
"""

from concurrent.futures import ThreadPoolExecutor

import math
import ml_dtypes
import numpy
from safetensors.numpy import save_file

from work import SEED, TRUNCATION

VERSION = numpy.__version__

DTYPES = {"float32": numpy.float32, "bfloat16": ml_dtypes.bfloat16}
TEAM = []


class Thread:
    def __init__(self, sequence):
        self.generator = numpy.random.default_rng(sequence)

    def uniform(self, out, low, high):
        self.generator.random(out=out, dtype=numpy.float32)
        out *= numpy.float32(high - low)
        out += numpy.float32(low)

    def normal(self, out, std):
        self.generator.standard_normal(out=out, dtype=numpy.float32)
        out *= numpy.float32(std)

    def truncated_normal(self, out, std):
        self.generator.standard_normal(out=out, dtype=numpy.float32)
        outside = numpy.flatnonzero(numpy.abs(out) > TRUNCATION)
        while len(outside) > 0:
            out[outside] = self.generator.standard_normal(len(outside), dtype=numpy.float32)
            outside = outside[numpy.abs(out[outside]) > TRUNCATION]
        out *= numpy.float32(std)


def open_library(threads):
    TEAM[:] = [Thread(sequence) for sequence in numpy.random.SeedSequence(SEED).spawn(threads)]


def choose_fill(work):
    """What a thread does with its slice."""
    std = math.sqrt(2 / work.shape[1])
    bound = std * math.sqrt(3)
    return {
        "uniform": lambda thread, out: thread.uniform(out, work.low, work.high),
        "normal": lambda thread, out: thread.normal(out, work.std),
        "truncated normal": lambda thread, out: thread.truncated_normal(out, work.std),
        "Kaiming normal": lambda thread, out: thread.normal(out, std),
        "Kaiming uniform": lambda thread, out: thread.uniform(out, -bound, bound),
    }[work.kind]


def prepare(work):
    if work.kind == "orthogonal":
        return lambda: draw_orthogonal(work)
    fill = choose_fill(work)
    count = math.prod(work.shape)
    bounds = [count * t // len(TEAM) for t in range(len(TEAM) + 1)]
    executor = ThreadPoolExecutor(len(TEAM))
    is_rounded = work.dtype != "float32"
    # Drawn in float32 even where the result is narrower; that scratch is warm in any case.
    scratch = numpy.zeros(count, numpy.float32) if is_rounded else None
    warm = None if work.is_fresh else numpy.zeros(count, DTYPES[work.dtype])

    def draw():
        values = numpy.empty(count, DTYPES[work.dtype]) if warm is None else warm

        def fill_slice(t):
            begin, end = bounds[t], bounds[t + 1]
            out = values[begin:end]
            if not is_rounded:
                fill(TEAM[t], out)
                return
            fill(TEAM[t], scratch[begin:end])
            out[:] = scratch[begin:end]

        list(executor.map(fill_slice, range(len(TEAM))))
        return values.reshape(work.shape)

    return draw


def draw_orthogonal(work):
    """Signs as torch has them: those of the diagonal of R, so that the matrix is Haar's."""
    normal = TEAM[0].generator.standard_normal(work.shape, dtype=numpy.float32)
    q, r = numpy.linalg.qr(normal)
    return (q * numpy.sign(numpy.diag(r))).astype(DTYPES[work.dtype], copy=False)


def save(array, path):
    save_file({"weight": array}, path)


def to_float32(array):
    return array.astype(numpy.float32)
