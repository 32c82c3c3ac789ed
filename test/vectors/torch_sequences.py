#!/usr/bin/env python3
"""Sequences of calls of torch 2.13.0 with one generator. Prints test/vectors/torch_sequences.json.

After each call: the SHA-256 of the tensor's bytes (little-endian) and of torch.get_rng_state(); and of the states after so many words.
The truncated normal is upstream's: four
normals an element, the first of them within two standard deviations, else the first."""
import hashlib
import json
import random

import torch

SEEDS = (0, 42, -1, -(2**63), 2**63 + 12345, 2**64 - 1)
SIZES = (0, 1, 1, 2, 3, 4, 7, 15, 16, 17, 31, 100, 156, 623, 624, 625, 1000, 5000, 300_000)
DTYPES = ("float32", "float64", "float16", "bfloat16")
CALLS = 16
POSITIONS = (0, 1, 2, 623, 624, 625, 1247, 1248, 1249, 2**20, 2**23 + 1)
choose = random.Random(12)


def uniform_(tensor, low, high):
    tensor.uniform_(low, high)


def normal_(tensor, mean, std):
    tensor.normal_(mean, std)


def truncated_normal_(tensor, mean, std):
    candidates = tensor.new_empty(tensor.shape + (4,)).normal_()
    is_valid = (candidates < 2) & (candidates > -2)
    index = is_valid.max(-1, keepdim=True)[1]
    tensor.copy_(candidates.gather(-1, index).squeeze(-1))
    tensor.mul_(std).add_(mean)


def zeros_(tensor):
    tensor.zero_()


CHOICES = (
    (uniform_, {"low": -0.125, "high": 0.125}),
    (uniform_, {"low": 0.1, "high": 2.7}),
    (normal_, {"mean": 0, "std": 1}),
    (normal_, {"mean": 0.5, "std": 0.02}),
    (normal_, {"mean": -3, "std": 0.7}),
    (truncated_normal_, {"mean": 0, "std": 0.02}),
    (zeros_, {}),
)


def sha256(tensor):
    return hashlib.sha256(tensor.contiguous().view(torch.uint8).numpy().tobytes()).hexdigest()


def make_call():
    function, parameters = choose.choice(CHOICES)
    dtype, size = choose.choice(DTYPES), choose.choice(SIZES)
    tensor = torch.empty(size, dtype=getattr(torch, dtype))
    function(tensor, **parameters)
    init = {"kind": function.__name__[:-1], **parameters}
    return {"init": init, "dtype": dtype, "size": size, "bytes": sha256(tensor), "state": sha256(torch.get_rng_state())}


def make_sequence(seed):
    torch.manual_seed(seed)
    begin = sha256(torch.get_rng_state())
    return {"seed": str(seed), "state": begin, "calls": [make_call() for _ in range(CALLS)]}


def state_after(seed, position):
    torch.manual_seed(seed)
    torch.rand(position)
    return {"seed": str(seed), "position": position, "state": sha256(torch.get_rng_state())}


meta = {"torch": torch.__version__, "command": "python3 test/vectors/torch_sequences.py > test/vectors/torch_sequences.json"}
states = [state_after(seed, position) for seed in SEEDS for position in POSITIONS]
sequences = [make_sequence(seed) for seed in SEEDS]
print(json.dumps({"meta": meta, "states": states, "sequences": sequences}, indent=1))
