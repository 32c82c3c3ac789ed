"""Prints what mamba_ssm's formulas give, in torch, for chosen uniforms: test/vectors/mamba.json.

    python3 test/vectors/mamba.py > test/vectors/mamba.json

Sources: mamba_ssm/modules/mamba_simple.py (dt_proj.bias, A_log) and mamba2.py (dt_bias, A_log) of https://github.com/state-spaces/mamba;
inv_freq of transformers/models/llama/modeling_llama.py.
"""
import json
import math

import torch

dt_min, dt_max, dt_init_floor = 0.001, 0.1, 1e-4
uniforms = torch.arange(0.5, 64, dtype=torch.float64) / 64


def dt_bias(u, floor):
    dt = torch.exp(u * (math.log(dt_max) - math.log(dt_min)) + math.log(dt_min))
    dt = torch.clamp(dt, min=floor)
    return dt + torch.log(-torch.expm1(-dt))


a_log2 = torch.log(uniforms * (16 - 1) + 1)
result = {
    "torch": torch.__version__.split("+")[0],
    "uniforms": uniforms.tolist(),
    "dt_bias": dt_bias(uniforms, dt_init_floor).tolist(),
    "dt_bias_floor_0.01": dt_bias(uniforms, 0.01).tolist(),
    "A_log_mamba2": a_log2.tolist(),
    "A_log_mamba": torch.log(torch.arange(1, 17, dtype=torch.float32)).tolist(),
    "inv_freq": (1.0 / (10000.0 ** (torch.arange(0, 128, 2, dtype=torch.int64).float() / 128))).tolist(),
}
print(json.dumps(result))
