"""What torch.nn.init makes of shapes without a draw: python3 test/vectors/torch_patterns.py > test/vectors/torch_patterns.json (torch 2.13.0)"""
import json
import torch
from torch.nn import init


def ones(tensor):
    return tensor.flatten().nonzero().flatten().tolist()


def dirac(shape, groups):
    return {"shape": shape, "groups": groups, "ones": ones(init.dirac_(torch.empty(*shape), groups))}


def zeros(rows, columns, sparsity):
    tensor = init.sparse_(torch.empty(rows, columns, dtype=torch.float64), sparsity)
    return {"shape": [rows, columns], "sparsity": sparsity, "zeros": (tensor == 0).sum(0).tolist()}


print(json.dumps({
    "eye": [{"shape": s, "ones": ones(init.eye_(torch.empty(*s)))} for s in ([3, 5], [5, 3], [4, 4], [1, 2])],
    "dirac": [dirac([4, 3, 4], 1), dirac([6, 2, 3], 3), dirac([4, 4, 2, 5], 2), dirac([3, 16, 5, 5], 1),
              dirac([4, 2, 2, 3, 4], 2)],
    "sparse": [zeros(100, 3, 0.07), zeros(100, 3, 0.1), zeros(10, 4, 0.3), zeros(7, 2, 0.0), zeros(7, 2, 1.0),
               zeros(1000, 2, 0.001)],
}))
