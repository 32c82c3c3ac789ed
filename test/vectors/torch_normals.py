"""Prints SHA-256 hashes of the normals that torch makes of every pair of uniforms (k, k * FACTOR + SUMMAND mod 2^24) * 2^-24.

Each of the 2^24 arguments of its float32 logarithm, and of its sine and cosine, occurs once. torch's generator is given states whose
next words are the wanted ones. It takes a few seconds.
python3 test/vectors/torch_normals.py > test/vectors/torch_normals.json   (torch 2.13.0+cpu, x86-64 with AVX2; numpy)
"""

import hashlib
import json
import struct

import numpy
import torch

PAIRS = 2**24
FACTOR = 0x5BD1E9
SUMMAND = 12345
# Of the 624 words of a state torch draws the first 623 before it makes new ones: 38 blocks of 16.
DRAWN = 608
PIECE = 2**20


def untemper(words):
    """The raw words that mt19937 tempers into these."""
    u = numpy.uint32
    x = words ^ (words >> u(18))
    x ^= (x << u(15)) & u(0xEFC60000)
    mixed = x.copy()
    for _ in range(4):
        x = mixed ^ ((x << u(7)) & u(0x9D2C5680))
    mixed = x.copy()
    for _ in range(2):
        x = mixed ^ (x >> u(11))
    return x


def draw(raw, out):
    """Fills `out` with normal_(0, 1) of a generator whose next words temper these."""
    state = torch.get_rng_state().numpy().copy()
    state[8:12] = numpy.frombuffer(struct.pack("<i", 624), numpy.uint8)  # words left
    state[16:24] = numpy.frombuffer(struct.pack("<Q", 0), numpy.uint8)  # index of the next one
    state[24 : 24 + 8 * len(raw)] = raw.astype(numpy.uint64).view(numpy.uint8)
    torch.set_rng_state(torch.from_numpy(state))
    return out.normal_().numpy()


def main():
    k = numpy.arange(PAIRS, dtype=numpy.uint64)
    first = k.astype(numpy.uint32)
    second = ((k * FACTOR + SUMMAND) % PAIRS).astype(numpy.uint32)
    words = numpy.stack([first.reshape(-1, 8), second.reshape(-1, 8)], 1).reshape(-1)
    raw = untemper(words)
    normals = numpy.empty(len(words), numpy.float32)
    for start in range(0, len(words), DRAWN):
        piece = raw[start : start + DRAWN]
        normals[start : start + DRAWN] = draw(piece, torch.empty(len(piece)))
    hashes = [hashlib.sha256(piece.tobytes()).hexdigest() for piece in normals.reshape(-1, PIECE)]
    about = {"torch": torch.__version__, "cpu_capability": torch.backends.cpu.get_cpu_capability()}
    print(json.dumps({"meta": about, "factor": FACTOR, "summand": SUMMAND, "piece": PIECE, "sha256_le": hashes}, indent=1))


torch.manual_seed(0)
main()
