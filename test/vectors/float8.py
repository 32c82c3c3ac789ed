"""What ml_dtypes and torch make of float32 values as float8_e4m3fn and float8_e5m2: each pattern's value, the float32 values around each
neighbours' midpoint and of every exponent, rounded; and, apart, what lies beyond the largest float8, of which the two make different things.

    python3 test/vectors/float8.py > test/vectors/float8.json
"""
import json

import ml_dtypes
import numpy as np
import torch

DTYPES = ("float8_e4m3fn", "float8_e5m2")


def by_ml_dtypes(x, dtype):
    with np.errstate(all="ignore"):
        return x.astype(getattr(ml_dtypes, dtype)).view(np.uint8)


def by_torch(x, dtype):
    return torch.from_numpy(x).to(getattr(torch, dtype)).view(torch.uint8).numpy()


def values_of(dtype):
    patterns = np.arange(256, dtype=np.uint8)
    mine = patterns.view(getattr(ml_dtypes, dtype)).astype(np.float32)
    theirs = torch.from_numpy(patterns).view(getattr(torch, dtype)).to(torch.float32).numpy()
    assert np.array_equal(mine, theirs, equal_nan=True)
    return mine


def within(values):
    """Values, midpoints and the float32 on either side of both, and three fractions of every float32 exponent."""
    finite = np.unique(values[np.isfinite(values) & (values >= 0)])
    middles = (finite[1:] + finite[:-1]) / np.float32(2)
    edges = np.concatenate([finite, middles]).astype(np.float32).view(np.uint32)
    exponents = (np.arange(255, dtype=np.uint32) << 23)[:, None] + np.array([0, 1, 0x2AAAAA, 0x7FFFFF], np.uint32)
    bits = np.unique(np.concatenate([edges, edges[edges > 0] - 1, edges + 1, exponents.ravel()]))
    largest = finite.max().view(np.uint32)
    bits = bits[bits <= largest]
    return np.concatenate([bits, bits | np.uint32(0x80000000)])


def beyond(values):
    largest = values[np.isfinite(values)].max()
    place = largest - np.unique(values[np.isfinite(values)])[-2]
    tie = np.float32(largest + place / 2)
    points = [np.nextafter(largest, np.float32(np.inf)), np.nextafter(tie, np.float32(0)), tie]
    points += [np.nextafter(tie, np.float32(np.inf)), np.float32(largest + place), np.float32(3.4028235e38), np.float32(np.inf)]
    return np.array(points, np.float32)


def vectors(dtype):
    values = values_of(dtype)
    inputs = within(values)
    rounded = by_ml_dtypes(inputs.view(np.float32), dtype)
    assert np.array_equal(rounded, by_torch(inputs.view(np.float32), dtype))
    outside = beyond(values)
    name = lambda x: float(x) if np.isfinite(x) else str(x)
    return {
        "values": [name(x) for x in values],
        "inputs": [int(x) for x in inputs],
        "rounded": [int(x) for x in rounded],
        "beyond": {
            "inputs": [name(x) for x in outside],
            "ml_dtypes": [int(x) for x in by_ml_dtypes(outside, dtype)],
            "torch": [int(x) for x in by_torch(outside, dtype)],
        },
    }


meta = {"ml_dtypes": ml_dtypes.__version__, "torch": torch.__version__}
print(json.dumps({"meta": meta, **{dtype: vectors(dtype) for dtype in DTYPES}}, separators=(",", ":")))
