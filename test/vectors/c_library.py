"""log, log1p and sincos of the C library, in structured arguments that torch's float64 normals can have; bits in hexadecimal.

    python3 test/vectors/c_library.py > test/vectors/c_library.json     # glibc 2.36 or later (log1p: with fused multiply-add), x86-64
"""
import ctypes
import hashlib
import json
import math
import platform
import random
import struct

libm = ctypes.CDLL("libm.so.6")
double, pointer = ctypes.c_double, ctypes.POINTER(ctypes.c_double)
for name in ("log", "log1p"):
    getattr(libm, name).argtypes, getattr(libm, name).restype = [double], double
libm.sincos.argtypes, libm.sincos.restype = [double, pointer, pointer], None


def bits(x):
    return struct.pack(">d", x).hex()


def sincos(x):
    sine, cosine = double(), double()
    libm.sincos(x, ctypes.byref(sine), ctypes.byref(cosine))
    return sine.value, cosine.value


def beside(x, reach=2):
    """x and its neighbours."""
    pattern = struct.unpack("<q", struct.pack("<d", x))[0]
    return [struct.unpack("<d", struct.pack("<q", pattern + i))[0] for i in range(-reach, reach + 1)]


draw = random.Random(12)
UNIT = 2.0**-53
uniforms = [draw.getrandbits(53) * UNIT for _ in range(60)]
uniforms += [draw.getrandbits(53 - shift) * UNIT for shift in range(1, 53, 3)]
uniforms += [1 - k * UNIT for k in (1, 2, 3, 1000, 2**20, 2**30, 2**45)] + [k * UNIT for k in (1, 2, 3, 7)]
uniforms += [0.5, 0.25, 0.75, 0.5 - UNIT, 0.5 + UNIT]
logs = uniforms + [1 - u for u in uniforms] + beside(1 - 2.0**-4) + beside(0.6875) + beside(math.sqrt(0.5))
logs += beside(1 + 265 / 4096) + [2.0**-1022, 1e-300, 1e300, 1.5, math.e, 1.0]
log1ps = [-u for u in uniforms] + [-x for x in beside(1 - math.sqrt(0.5))]
log1ps += beside(-(2.0**-29)) + [2.0**-20 - 1, 2.0**-21 - 0.5, 1e-3, 0.3, 0.7, 3.7, 1e10, 0.0, -0.0]
angles = [2 * math.pi * u for u in uniforms] + beside(0.126) + beside(0.85546875) + beside(2.426265)
angles += [x for k in range(1, 9) for x in beside(k * math.pi / 4)]
angles += [x for k in (1, 2, 3, 4) for x in beside(k * math.pi / 2 - 0.126, 1) + beside(k * math.pi / 2 + 0.126, 1)]
angles += [2.0**-27, 2.0**-28, 0.0, 1e5, 1e8, (2 * 64 + 1) / 256, 0.5]


def spread(i):
    """A multiple of 2^-53 in [0, 1): the upper 53 bits of i times an odd number near 2^64 over the golden ratio."""
    return (i * 0x9E3779B97F4A7C15 % 2**64 >> 11) * UNIT


def digest(function):
    """SHA-256 of the values at the first 2^17 of those, as little-endian doubles."""
    values = [value for i in range(2**17) for value in function(spread(i))]
    return hashlib.sha256(struct.pack(f"<{len(values)}d", *values)).hexdigest()


print(
    json.dumps(
        {
            "meta": {"libc": " ".join(platform.libc_ver()), "machine": platform.machine()},
            "sha256": {
                "log(1 - u)": digest(lambda u: [libm.log(1 - u)]),
                "log1p(-u)": digest(lambda u: [libm.log1p(-u)]),
                "sincos(2 pi u)": digest(lambda u: sincos(2 * math.pi * u)),
            },
            "log": [[bits(x), bits(libm.log(x))] for x in logs if x > 0],
            "log1p": [[bits(x), bits(libm.log1p(x))] for x in log1ps],
            "sincos": [[bits(x), *map(bits, sincos(x))] for x in angles],
        },
        separators=(",", ":"),
    ).replace("],", "],\n")
)
