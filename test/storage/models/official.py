"""Opens a file with the official safetensors and prints, as JSON, each tensor's dtype, shape and the sum of its finite values."""
import json
import sys

import torch
from safetensors import safe_open

with safe_open(sys.argv[1], framework="pt") as file:
    read = {}
    for name in file.keys():
        tensor = file.get_tensor(name)
        values = tensor.to(torch.float64)
        read[name] = [str(tensor.dtype).removeprefix("torch."), list(tensor.shape), float(values.sum())]
print(json.dumps(read))
