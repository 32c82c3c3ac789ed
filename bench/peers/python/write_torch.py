"""A model's first weights in a safetensors file, with torch: python3 write_torch.py LAYERS.json bfloat16 OUT"""

import json
import sys

import torch
from safetensors.torch import save_file

layers, dtype, out = json.load(open(sys.argv[1])), getattr(torch, sys.argv[2]), sys.argv[3]
torch.manual_seed(42)


def draw(layer):
    tensor = torch.empty(layer["shape"], dtype=dtype)
    return tensor.normal_(0.0, layer["std"]) if "std" in layer else tensor.fill_(layer["value"])


save_file({layer["name"]: draw(layer) for layer in layers}, out)
