"""The doubles that torch.nn.init passes to uniform_ and normal_, caught on their way, and which parameters the two accept.
Run: python3 test/vectors/torch_init.py > test/vectors/torch_init.json   (torch 2.13.0+cpu)
"""
import json
import math
import random

import torch
from torch.nn import init

caught = []


class Caught(torch.Tensor):
    """Neither call is made: a shape of 10^9 elements needs no memory."""

    def uniform_(self, low, high, generator=None):
        caught[:] = ["uniform", low, high]
        return self

    def normal_(self, mean, std, generator=None):
        caught[:] = ["normal", mean, std]
        return self


SHAPES = [[1, 1], [10, 4], [300, 784], [4096, 11008], [64, 3, 7, 7], [512, 512, 3, 3], [16, 33, 5], [32, 16, 3, 3, 3], [128, 1, 3, 3], [3, 50257]]
rng = random.Random(12)
# Quotients of small whole numbers: torch squares the slope by C's pow, which rounds a few doubles otherwise than a product does.
SLOPES = [0.0, 0.01, 0.1, 0.2, 0.25, 0.3, 1.0, math.sqrt(5), -0.5, 11 / 48] + [rng.randrange(1, 2000) / 1000 for _ in range(6)]
GAINS = [1.0, 0.02, 5 / 3, math.sqrt(2), 0.75, 3.0] + [rng.uniform(0.01, 4) for _ in range(6)]
NONLINEARITIES = ["linear", "conv2d", "conv_transpose3d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"]


def call(name, shape, **parameters):
    tensor = torch.empty(1).expand(shape).as_subclass(Caught)
    with torch._C.DisableTorchFunctionSubclass():
        getattr(init, name + "_")(tensor, **parameters)
    return [name, shape, parameters, list(caught)]


rows = []
for shape in SHAPES:
    for name in ("kaiming_uniform", "kaiming_normal"):
        for mode in ("fan_in", "fan_out"):
            rows += [call(name, shape, a=a, mode=mode) for a in SLOPES]
            rows += [call(name, shape, a=0.2, mode=mode, nonlinearity=kind) for kind in NONLINEARITIES]
    for name in ("xavier_uniform", "xavier_normal"):
        rows += [call(name, shape, gain=gain) for gain in GAINS]

LARGEST = {"float32": 3.4028234663852886e38, "float64": 1.7976931348623157e308, "float16": 65504.0, "bfloat16": 3.3895313892515355e38}


def accepts(dtype, method, parameters):
    tensor = torch.empty(32, dtype=getattr(torch, dtype))
    before = torch.get_rng_state()
    try:
        getattr(tensor, method)(*parameters)
    except RuntimeError:
        assert torch.equal(before, torch.get_rng_state())
        return False
    assert not torch.equal(before, torch.get_rng_state())
    return True


accepted = []
for dtype, m in LARGEST.items():
    for pair in [(1, 0), (0, 0), (1, 1), (-m, m), (-m / 2, m / 2), (-m / 2, m / 2 * 1.0001), (0, m), (-m, 0), (m, m), (0, math.nextafter(m, math.inf)),
                 (1e-50, 2e-50), (-1e-50, 1e-50), (1, 1 + 1e-12), (1.0001, 1.0002), (1, math.nextafter(1, 2)), (2, 1.9999999)]:
        if math.isfinite(pair[1]):
            accepted.append([dtype, "uniform", list(pair), accepts(dtype, "uniform_", pair)])
    for pair in [(0, -1), (0, 0), (3, 0), (0, 1e-50), (1, 1e-12), (m, 0), (-m, 0), (0, m / 16), (0, -1e-300), (5, 0.01)]:
        accepted.append([dtype, "normal", list(pair), accepts(dtype, "normal_", pair)])

meta = {"torch": torch.__version__, "command": "python3 test/vectors/torch_init.py > test/vectors/torch_init.json"}
parts = [f'"meta": {json.dumps(meta)}']
for key, list_ in (("calls", rows), ("accepted", accepted)):
    parts.append(f'"{key}": [\n' + ",\n".join(json.dumps(row) for row in list_) + "\n]")
print("{\n" + ",\n".join(parts) + "\n}")
