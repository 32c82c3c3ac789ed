#!/usr/bin/env python3
"""The byte contract's streams, written a second time: Python's whole numbers, SHA-256 from hashlib, jumps as in the
reference C code of xoroshiro128+ (https://prng.di.unimi.it/xoroshiro128plus.c). Prints test/vectors/streams.json."""
import hashlib
import json

MASK = (1 << 64) - 1
JUMP = (0xDF900294D8F554A5, 0x170865DF4B3201FC)
LANES = 8


def rotate(x, k):
    return ((x << k) | (x >> (64 - k))) & MASK


def step(state):
    s0, s1 = state
    x = s0 ^ s1
    return (s0 + s1) & MASK, (rotate(s0, 24) ^ x ^ ((x << 16) & MASK), rotate(x, 37))


def jump(state):
    t0 = t1 = 0
    for word in JUMP:
        for bit in range(64):
            if word >> bit & 1:
                t0, t1 = t0 ^ state[0], t1 ^ state[1]
            _, state = step(state)
    return t0, t1


def root(seed, name):
    digest = hashlib.sha256(b"jumpfill/1\0" + seed.to_bytes(8, "little") + name.encode()).digest()
    return int.from_bytes(digest[0:8], "little"), int.from_bytes(digest[8:16], "little")


def block_bytes(state, block, steps):
    """The first bytes of a block: each step the eight lanes' sums, little-endian."""
    for _ in range(LANES * block):
        state = jump(state)
    lanes = [state]
    while len(lanes) < LANES:
        lanes.append(jump(lanes[-1]))
    out = b""
    for _ in range(steps):
        for lane in range(LANES):
            total, lanes[lane] = step(lanes[lane])
            out += total.to_bytes(8, "little")
    return out


def outputs(state, count):
    values = []
    for _ in range(count):
        value, state = step(state)
        values.append(str(value))
    return values


CASES = [(0, ""), (0, "a"), (42, "fc1.weight"), (2**64 - 1, "größe/重み"), (1 << 32, "#0")]

print(json.dumps({
    "outputs_of_state_1_2": outputs((1, 2), 10),
    "roots": [{"seed": str(s), "name": n, "root": [hex(x) for x in root(s, n)]} for s, n in CASES],
    "blocks": [
        {"seed": str(s), "name": n, "block": b, "first_words": block_bytes(root(s, n), b, 3).hex()}
        for s, n in CASES[1:4] for b in (0, 1, 2, 63)
    ],
}, indent=1, ensure_ascii=False))
