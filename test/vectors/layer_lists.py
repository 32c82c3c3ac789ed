"""Layer lists of models of today, as transformers 5.24.0 builds them from small configurations (weights on the meta device).

DeepSeek-V3's experts are listed as its published checkpoint has them, one tensor for each matrix of each expert, in e4m3fn with one
`weight_scale_inv` for every 128 x 128 block (https://huggingface.co/deepseek-ai/DeepSeek-V3, model.safetensors.index.json and
inference/kernel.py). Qwen2's Linear layers are to be packed as compressed-tensors packs them.

    python3 test/vectors/layer_lists.py > test/vectors/layer_lists.json
"""
import json
import math

import torch
from transformers import AutoConfig, AutoModelForCausalLM


def listed(kind, **sizes):
    config = AutoConfig.for_model(kind, **sizes)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    return {name: list(tensor.shape) for name, tensor in model.state_dict().items()}


def deepseek():
    fused = listed(
        "deepseek_v3",
        hidden_size=256,
        num_hidden_layers=3,
        first_k_dense_replace=1,
        intermediate_size=512,
        moe_intermediate_size=192,
        n_routed_experts=4,
        num_attention_heads=4,
        num_key_value_heads=4,
        q_lora_rank=128,
        kv_lora_rank=64,
        qk_rope_head_dim=32,
        qk_nope_head_dim=64,
        v_head_dim=64,
        vocab_size=512,
        n_group=2,
        topk_group=1,
        num_experts_per_tok=2,
    )
    layers = {}
    for name, shape in fused.items():
        if name.endswith("experts.gate_up_proj"):
            base, (experts, rows, columns) = name.removesuffix("gate_up_proj"), shape
            for expert in range(experts):
                layers[f"{base}{expert}.gate_proj.weight"] = [rows // 2, columns]
                layers[f"{base}{expert}.up_proj.weight"] = [rows // 2, columns]
        elif name.endswith("experts.down_proj"):
            base, (experts, rows, columns) = name.removesuffix("down_proj"), shape
            for expert in range(experts):
                layers[f"{base}{expert}.down_proj.weight"] = [rows, columns]
        else:
            layers[name] = shape
    scales = {
        f"{name}_scale_inv": [math.ceil(size / 128) for size in shape]
        for name, shape in layers.items()
        if name.endswith("_proj.weight") or name.endswith("_with_mqa.weight")
    }
    return {**layers, **scales}


print(
    json.dumps(
        {
            "bamba": listed(
                "bamba",
                hidden_size=64,
                num_hidden_layers=3,
                attn_layer_indices=[1],
                intermediate_size=128,
                num_attention_heads=4,
                num_key_value_heads=2,
                vocab_size=256,
                mamba_n_heads=8,
                mamba_d_head=16,
                mamba_d_state=16,
                mamba_n_groups=1,
            ),
            "mamba": listed("mamba", hidden_size=64, num_hidden_layers=2, vocab_size=256, state_size=16),
            "deepseek_v3": deepseek(),
            "qwen2": listed(
                "qwen2",
                hidden_size=128,
                num_hidden_layers=2,
                intermediate_size=344,
                num_attention_heads=4,
                num_key_value_heads=2,
                vocab_size=256,
            ),
        }
    )
)
