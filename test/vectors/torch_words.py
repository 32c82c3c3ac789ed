#!/usr/bin/env python3
"""Words and states of mt19937 as torch 2.13.0 and numpy draw them. Prints test/vectors/torch_words.json.

A row is a seed and a position: the first 8 words from there (numpy's MT19937, seeded as torch seeds), and the SHA-256 of torch's 624
state words, little-endian, after it drew as many words as the position says (torch.rand of float32 draws one an element)."""
import hashlib
import json
import struct

import numpy as np
import torch

SEEDS = (0, 1, 42, 5489, 2**31, 2**32 - 1)
POSITIONS = (1, 2, 623, 624, 625, 1248, 1249, 9999, 2**20, 2**20 + 1, 2**24 + 12345)
FAR = (42, 2**32)
PIECE = 2**26


def words_at(seed, position):
    generator = np.random.MT19937()
    generator._legacy_seeding(seed)
    while position > 0:
        count = min(position, PIECE)
        generator.random_raw(count, output=False)
        position -= count
    return struct.pack("<8I", *generator.random_raw(8).tolist()).hex()


def state_after(seed, position):
    generator = torch.Generator().manual_seed(seed)
    while position > 0:
        count = min(position, PIECE)
        torch.rand(count, generator=generator)
        position -= count
    state = bytes(generator.get_state().tolist())
    words = [word for word, in struct.iter_unpack("<Q", state[24 : 24 + 624 * 8])]
    return hashlib.sha256(struct.pack("<624I", *words)).hexdigest()


def row(seed, position):
    return {"seed": seed, "position": position, "words": words_at(seed, position), "state": state_after(seed, position)}


rows = [row(seed, position) for seed in SEEDS for position in POSITIONS] + [row(*FAR)]
meta = {"torch": torch.__version__, "numpy": np.__version__, "command": "python3 test/vectors/torch_words.py > test/vectors/torch_words.json"}
print(json.dumps({"meta": meta, "rows": rows}, indent=1))
