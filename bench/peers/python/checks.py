"""Checks of what was drawn: a fast wrong answer is not a result."""

import json
import math
import os
import struct

import numpy

from work import TRUNCATION

# Standard deviations of distributions with std 1; Kaiming's are those of a ReLU.
TRUNCATED_STD = 0.8796
UNIFORM_STD = 1 / math.sqrt(3)

# A sample of 2,000 has a std within 8 % of the distribution's; this also lets rounding to bfloat16 through.
STD_SLACK = 0.12

# Of four normals all are outside once in 230,000 elements, and upstream keeps such a one.
OUTSIDE_ALLOWED = 1e-4

WIDTHS = {"float32": 4, "bfloat16": 2}
NAMES = {"float32": "F32", "bfloat16": "BF16"}


def expect_std_and_bound(work):
    """The standard deviation, and what no value may be further from 0 than."""
    kaiming = math.sqrt(2 / work.shape[1])
    return {
        "uniform": ((work.high - work.low) / 2 * UNIFORM_STD, max(-work.low, work.high)),
        "normal": (work.std, 7 * work.std),
        "truncated normal": (work.std * TRUNCATED_STD, work.std * TRUNCATION),
        "upstream's truncated normal": (work.std * TRUNCATED_STD, work.std * TRUNCATION),
        "Kaiming normal": (kaiming, 7 * kaiming),
        "Kaiming uniform": (kaiming, kaiming / UNIFORM_STD),
    }[work.kind]


def check_values(work, rows):
    """rows: some of the matrix's, float32."""
    if not numpy.isfinite(rows).all():
        raise ValueError("an element is not finite")
    if work.kind == "orthogonal":
        return check_rows_orthonormal(work, rows)
    std, bound = expect_std_and_bound(work)
    # Bounds are rounded to the dtype by some.
    outside = numpy.mean(numpy.abs(rows) > bound * (1 + 2**-7))
    if outside > OUTSIDE_ALLOWED:
        raise ValueError(f"{outside} of the elements are beyond {bound}")
    if abs(rows.std() / std - 1) > STD_SLACK:
        raise ValueError(f"the standard deviation is {rows.std()}, not {std}")


def check_new(rows, last_rows):
    """A compiler may draw once, beforehand, what has no input that changes."""
    if last_rows is not None and numpy.array_equal(rows, last_rows):
        raise ValueError("a run has the values of the one before")


def check_rows_orthonormal(work, rows):
    few = rows[:32]
    error = numpy.abs(few @ few.T - numpy.eye(len(few))).max()
    allowed = 1e-3 if work.dtype == "float32" else 2e-2
    if error > allowed:
        raise ValueError(f"its rows are not orthonormal: {error}")


def check_file(work):
    with open(work.path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    (entry,) = [entry for name, entry in header.items() if name != "__metadata__"]
    if (entry["dtype"], tuple(entry["shape"])) != (NAMES[work.dtype], work.shape):
        raise ValueError(f"the file has {entry}")
    bytes_expected = 8 + length + math.prod(work.shape) * WIDTHS[work.dtype]
    if os.path.getsize(work.path) != bytes_expected:
        raise ValueError(f"the file has {os.path.getsize(work.path)} bytes, not {bytes_expected}")
