"""JAX: jax.random and jax.nn.initializers, compiled by jax.jit. Warm: the last run's array is donated to the next."""

import itertools

import jax
import numpy
from jax.nn import initializers
from safetensors.flax import save_file

from work import SEED, TRUNCATION

VERSION = jax.__version__


def open_library(threads):
    """Threads are the environment's matter: jax has no setting of its own for them."""
    if jax.default_backend() != "cpu":
        raise RuntimeError(f"it draws on {jax.default_backend()}, not on the processor")


def choose_draw(work):
    """JAX's he_normal truncates; the plain normal is variance scaling's. Its axes are [outputs, inputs] here."""
    random, shape, dtype, std = jax.random, work.shape, work.dtype, work.std
    axes = {"in_axis": 1, "out_axis": 0, "dtype": dtype}
    return {
        "uniform": lambda key: random.uniform(key, shape, dtype, work.low, work.high),
        "normal": lambda key: random.normal(key, shape, dtype) * jax.numpy.array(std, dtype),
        "truncated normal": lambda key: random.truncated_normal(key, -TRUNCATION, TRUNCATION, shape, dtype)
        * jax.numpy.array(std, dtype),
        "Kaiming normal": lambda key: initializers.variance_scaling(2.0, "fan_in", "normal", **axes)(key, shape),
        "Kaiming uniform": lambda key: initializers.he_uniform(**axes)(key, shape),
        # Decompositions take no bfloat16.
        "orthogonal": lambda key: initializers.orthogonal()(key, shape, "float32").astype(dtype),
    }[work.kind]


def prepare(work):
    """Each run has a key of its own."""
    draw_with = choose_draw(work)
    key = jax.random.key(SEED)
    runs = itertools.count()

    def draw_run(run):
        return draw_with(jax.random.fold_in(key, run))

    if work.is_fresh:
        compiled = jax.jit(draw_run)
        return lambda: compiled(next(runs)).block_until_ready()
    into = jax.jit(lambda _old, run: draw_run(run), donate_argnums=0, keep_unused=True)
    last = [jax.numpy.zeros(work.shape, work.dtype)]

    def draw():
        last[0] = into(last[0], next(runs)).block_until_ready()
        return last[0]

    return draw


def save(array, path):
    save_file({"weight": array}, path)


def to_float32(array):
    return numpy.asarray(array.astype("float32"))
