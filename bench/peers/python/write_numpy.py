"""A model's first weights in a safetensors file, with NumPy: python3 write_numpy.py LAYERS.json bfloat16 OUT

A generator for each layer, and a thread for each core. NumPy has no bfloat16: values are rounded to ml_dtypes' type.
"""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import ml_dtypes  # names bfloat16 to NumPy
import numpy as np
from safetensors.numpy import save_file

layers, dtype, out = json.load(open(sys.argv[1])), np.dtype(sys.argv[2]), sys.argv[3]


def draw(layer, seed):
    if "std" not in layer:
        return np.full(layer["shape"], layer["value"], dtype)
    values = np.random.default_rng(seed).standard_normal(layer["shape"], dtype=np.float32)
    values *= np.float32(layer["std"])
    return values.astype(dtype, copy=False)


seeds = np.random.SeedSequence(42).spawn(len(layers))
with ThreadPoolExecutor(os.cpu_count()) as pool:
    tensors = list(pool.map(draw, layers, seeds))
save_file({layer["name"]: tensor for layer, tensor in zip(layers, tensors)}, out)
