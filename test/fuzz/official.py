"""Has the official reader read files: each comes on standard input as its length (4 bytes, little-endian) and its bytes; what was read
goes to standard output, a line of JSON a file. Run by official.mjs."""

import json
import os
import struct
import sys
import tempfile

from safetensors import __version__, safe_open


def read(path):
    try:
        with safe_open(path, "np") as file:
            slices = {name: file.get_slice(name) for name in file.keys()}
            tensors = {name: [piece.get_dtype(), piece.get_shape()] for name, piece in slices.items()}
            return {"tensors": tensors, "metadata": file.metadata() or {}}
    except Exception as error:
        return {"refused": str(error)}


def main():
    print(json.dumps({"version": __version__}), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        while length := sys.stdin.buffer.read(4):
            with open(path, "wb") as file:
                file.write(sys.stdin.buffer.read(struct.unpack("<I", length)[0]))
            print(json.dumps(read(path)), flush=True)


main()
