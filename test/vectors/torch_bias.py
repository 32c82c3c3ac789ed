"""
Bounds of the biases that torch's Linear and Conv draw, caught on their way to `uniform_`.
python3 test/vectors/torch_bias.py > test/vectors/torch_bias.json
"""

import json

import torch
from torch import nn

drawn = []


def record(original):
    def uniform_(tensor, a=0.0, b=1.0, generator=None):
        drawn.append((list(tensor.shape), a, b))
        return original(tensor, a, b, generator)

    return uniform_


nn.init.uniform_ = record(nn.init.uniform_)

LAYERS = [
    "nn.Linear(400, 10)",
    "nn.Linear(3, 7)",
    "nn.Conv1d(8, 4, 5, groups=2)",
    "nn.Conv2d(3, 16, 3)",
    "nn.Conv2d(32, 32, 3, groups=32)",
    "nn.Conv3d(4, 6, (1, 3, 2))",
    "nn.ConvTranspose2d(6, 4, 3)",
]


def describe(layer):
    drawn.clear()
    module = eval(layer)
    shape, low, high = drawn[-1]
    assert shape == list(module.bias.shape)
    return {"layer": layer, "weight": list(module.weight.shape), "bias": shape, "low": low, "high": high}


print(json.dumps({"torch": torch.__version__, "layers": [describe(layer) for layer in LAYERS]}, indent=2))
