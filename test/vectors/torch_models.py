"""
Writes what models of torch.nn, and sequences of torch's calls, give after torch.manual_seed: names, shapes, dtypes and SHA-256 of the
tensors. Run on an x86-64 processor with AVX2:
    python3 test/vectors/torch_models.py > test/vectors/torch_models.json
"""
import hashlib
import json
import torch
from torch import nn

DTYPES = {torch.float32: 'float32', torch.float64: 'float64', torch.float16: 'float16', torch.bfloat16: 'bfloat16'}


def digest(tensor):
    return hashlib.sha256(tensor.contiguous().view(torch.uint8).numpy().tobytes()).hexdigest()


def describe(named):
    return [
        {'name': name, 'shape': list(t.shape), 'dtype': DTYPES[t.dtype], 'sha256': digest(t.detach())}
        for name, t in named
    ]


def construct(title, make, seed):
    torch.manual_seed(seed)
    model = make()
    return {'title': title, 'seed': seed, 'tensors': describe(model.state_dict().items())}


def call(title, seed, calls):
    """Calls of torch's own, one after the other, on tensors of these dtypes and shapes."""
    torch.manual_seed(seed)
    drawn = []
    for i, (dtype, shape, name, arguments) in enumerate(calls):
        tensor = torch.empty(shape, dtype=dtype)
        getattr(tensor, name)(*arguments)
        drawn.append((f'{i}', tensor))
    tensors = describe(drawn)
    for tensor, (_, _, name, arguments) in zip(tensors, calls):
        tensor['call'] = [name, *arguments]
    return {'title': title, 'seed': seed, 'tensors': tensors}


f32, f64, f16, b16 = torch.float32, torch.float64, torch.float16, torch.bfloat16

MODELS = [
    construct('Linear', lambda: nn.Linear(10, 3), 42),
    construct('Linear with a negative seed', lambda: nn.Linear(10, 3), -1),
    construct('Conv2d', lambda: nn.Conv2d(3, 16, 5), 2**40 + 7),
    construct('Sequential', lambda: nn.Sequential(nn.Linear(300, 400), nn.ReLU(), nn.Linear(400, 10)), 0),
    construct('Sequential of convolutions in bfloat16', lambda: nn.Sequential(
        nn.Conv2d(3, 8, 3, dtype=b16), nn.BatchNorm2d(8, dtype=b16, track_running_stats=False), nn.ReLU(),
        nn.Conv2d(8, 4, (1, 3), bias=False, dtype=b16), nn.Flatten(), nn.Linear(24, 5, dtype=b16)), 5),
]

CALLS = [
    call('normals that leave one over', 42, [
        (f32, (3,), 'normal_', (0, 1)), (f64, (5, 1), 'normal_', (1, 0.5)), (f32, (2, 5), 'zero_', ()),
        (f16, (7,), 'normal_', (0, 0.02)), (f32, (1000,), 'uniform_', (-1, 1)), (b16, (1,), 'normal_', (0, 1)),
        (f32, (1,), 'normal_', (0, 1)), (f64, (100, 3), 'normal_', (0, 2)), (f64, (3,), 'uniform_', (0, 1)),
    ]),
    call('normals of every size around a block', 7, [
        (dtype, (n,), 'normal_', (0.5, 2)) for dtype in (f32, f64, f16, b16) for n in (15, 16, 17, 31, 33, 1)
    ]),
    call('a tensor of several chunks, beside small ones', 1234, [
        (f32, (11,), 'normal_', (0, 1)), (f32, (1000, 700), 'normal_', (0, 0.02)), (b16, (555555,), 'uniform_', (-1, 1)),
        (f64, (9,), 'normal_', (0, 1)), (f16, (300001,), 'normal_', (0, 1)),
    ]),
]

meta = {'torch': torch.__version__, 'capability': torch.backends.cpu.get_cpu_capability()}
print(json.dumps({'meta': meta, 'models': MODELS, 'calls': CALLS}, indent=1))
