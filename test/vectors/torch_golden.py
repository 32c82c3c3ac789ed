"""Prints the SHA-256 of tensors that torch itself fills, by the titles of test/golden/print.mjs.

python3 test/vectors/torch_golden.py > test/vectors/torch_golden.json   (torch 2.13.0+cpu, x86-64 with AVX2; it draws 2^33 words, which takes
a minute)
"""

import hashlib
import json
import math

import torch

DTYPES = {"float32": torch.float32, "float64": torch.float64, "float16": torch.float16, "bfloat16": torch.bfloat16}

PIECE = 2**26


def digest(tensor):
    return hashlib.sha256(tensor.view(torch.uint8).numpy().tobytes()).hexdigest()


def seeded(fill, shape, dtype):
    torch.manual_seed(42)
    return digest(fill(torch.empty(shape, dtype=dtype)))


def truncate(tensor, mean, std):
    """Upstream's truncated_normal_: the first of four normals that lies within, else the first of all."""
    normals = torch.empty((*tensor.shape, 4), dtype=tensor.dtype).normal_()
    inside = (normals < 2) & (normals > -2)
    first = inside.max(-1, keepdim=True)[1]
    return tensor.copy_(normals.gather(-1, first).squeeze(-1)).mul_(std).add_(mean)


def after_others(tensor):
    for count in (6, 9):
        torch.empty(count).normal_()
    return tensor.normal_()


def skip(words):
    torch.manual_seed(42)
    for _ in range(words // PIECE):
        torch.rand(PIECE)
    return torch.get_rng_state()


def after(state, tensor):
    torch.set_rng_state(state)
    return digest(tensor.normal_())


def main():
    hashes = {}
    one_word, two_words = skip(2**32), skip(2**33)
    limit = math.sqrt(3 * 2.0 / (128 * 9))
    limit = max(1.5 / 2 ** (2 - 1), limit)
    for name, dtype in DTYPES.items():
        cases = {
            f"torch uniform [-0.1, 3] {name} [600, 1003]": ((600, 1003), lambda t: t.uniform_(-0.1, 3)),
            f"torch wage 2 bits {name} [128, 128, 3, 3]": ((128, 128, 3, 3), lambda t: t.uniform_(-limit, limit)),
            f"torch normal mean 3 std 0.02 {name} [600, 1003]": ((600, 1003), lambda t: t.normal_(3, 0.02)),
            f"torch truncated normal mean 3 std 0.02 {name} [301, 1003]": (
                (301, 1003),
                lambda t: truncate(t, 3, 0.02),
            ),
            f"torch normal {name} [9] after one of [6] and one of [9]": ((9,), after_others),
        }
        for title, (shape, fill) in cases.items():
            hashes[title] = seeded(fill, shape, dtype)
        state = two_words if dtype == torch.float64 else one_word
        hashes[f"torch normal {name} from element 2^32 [1003]"] = after(state, torch.empty(1003, dtype=dtype))
    print(json.dumps(hashes, indent=1))


main()
