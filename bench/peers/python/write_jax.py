"""A model's first weights in a safetensors file, with JAX: python3 write_jax.py LAYERS.json bfloat16 OUT

Each shape is compiled once.
"""

import json
import sys
from functools import partial

import jax
from safetensors.flax import save_file

layers, dtype, out = json.load(open(sys.argv[1])), sys.argv[2], sys.argv[3]


@partial(jax.jit, static_argnums=1)
def normal(key, shape, std):
    return jax.random.normal(key, shape, dtype) * std.astype(dtype)


def draw(layer, key):
    shape = tuple(layer["shape"])
    if "std" in layer:
        return normal(key, shape, jax.numpy.float32(layer["std"]))
    return jax.numpy.full(shape, layer["value"], dtype)


keys = jax.random.split(jax.random.key(42), len(layers))
save_file({layer["name"]: draw(layer, key) for layer, key in zip(layers, keys)}, out)
