"""Answers what torch's CPU generator draws: a request a line on stdin, an answer a line on stdout, both JSON. ask-torch.mjs asks.

Requests have a key `do`:
  seed    `seed` (decimal): torch.manual_seed
  fill    `number`, `kind`, `dtype`, `shape`, `parameters`: fills a new tensor
  skip    `words`: draws so many, and drops them
  state   the bytes of torch.get_rng_state()
  look    nothing
  restore `state`: torch.set_rng_state
  bytes   `number`: the bytes of one of the last tensors
The first line says what torch this is. Answers without `bytes` have `state`, a SHA-256 of torch.get_rng_state(); one to `fill` also
the tensor's `sha256`, or `refused`. Bytes are little-endian, in base64.

wage_init_ and truncated_normal_ are upstream's (xbtorch, src/xbtorch/quant/wage_init.py at 57b119d) in our own words.
"""
import base64
import ctypes
import hashlib
import json
import math
import sys
import warnings

import torch

DTYPES = {name: getattr(torch, name) for name in ("float32", "float64", "float16", "bfloat16")}


def bytes_of(tensor):
    return ctypes.string_at(tensor.data_ptr(), tensor.numel() * tensor.element_size())


def digest(tensor):
    return hashlib.sha256(bytes_of(tensor)).hexdigest()


def wage_init_(tensor, bits, factor=2.0):
    if tensor.dim() < 2:
        raise ValueError("tensor at least is 2d")
    limit = math.sqrt((3 * factor) / math.prod(tensor.shape[1:]))
    smallest = 1.5 / 2 ** (bits - 1)
    return tensor.uniform_(*(sign * max(smallest, limit) for sign in (-1, 1)))


def truncated_normal_(tensor, mean=0.0, std=1.0):
    candidates = tensor.new_empty((*tensor.shape, 4)).normal_()
    inside = (candidates < 2) & (candidates > -2)
    first = inside.max(-1, keepdim=True)[1]
    tensor.copy_(candidates.gather(-1, first).squeeze(-1))
    return tensor.mul_(std).add_(mean)


FILLS = {
    "uniform": lambda tensor, low, high: tensor.uniform_(low, high),
    "normal": lambda tensor, mean=0.0, std=1.0: tensor.normal_(mean, std),
    "truncated_normal": truncated_normal_,
    "wage": wage_init_,
    "kaiming_uniform": torch.nn.init.kaiming_uniform_,
    "kaiming_normal": torch.nn.init.kaiming_normal_,
    "xavier_uniform": torch.nn.init.xavier_uniform_,
    "xavier_normal": torch.nn.init.xavier_normal_,
    "constant": lambda tensor, value: tensor.fill_(value),
    "zeros": lambda tensor: tensor.zero_(),
    "ones": lambda tensor: tensor.fill_(1.0),
}
# More than run at once.
KEPT = 8


class Answers:
    def __init__(self):
        self.last = {}

    def seed(self, seed):
        torch.manual_seed(int(seed))
        return self.look()

    def fill(self, number, kind, dtype, shape, parameters):
        tensor = torch.empty(shape, dtype=DTYPES[dtype])
        try:
            FILLS[kind](tensor, **parameters)
        except (RuntimeError, ValueError, ZeroDivisionError, OverflowError) as error:
            return {"refused": str(error).splitlines()[0], **self.look()}
        self.last[number] = tensor
        self.last.pop(number - KEPT, None)
        return {"sha256": digest(tensor), **self.look()}

    def skip(self, words):
        torch.rand(words)
        return self.look()

    def state(self):
        return {"bytes": base64.b64encode(bytes_of(torch.get_rng_state())).decode()}

    def restore(self, state):
        torch.set_rng_state(torch.frombuffer(bytearray(base64.b64decode(state)), dtype=torch.uint8))
        return self.look()

    def bytes(self, number):
        return {"bytes": base64.b64encode(bytes_of(self.last[number])).decode()}

    def look(self):
        return {"state": digest(torch.get_rng_state())}


def say(answer):
    print(json.dumps(answer), flush=True)


def main():
    # nn.init warns where a tensor has no elements.
    warnings.simplefilter("ignore")
    # The random calls are serial; a second thread would only take a core from the other side.
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    answers = Answers()
    say({"torch": torch.__version__, "capability": torch.backends.cpu.get_cpu_capability()})
    for line in sys.stdin:
        request = json.loads(line)
        say(getattr(answers, request.pop("do"))(**request))


if __name__ == "__main__":
    main()
