"""torch: torch.nn.init, in place. One thread draws, however many torch has; they share decompositions and copies."""

import torch
from safetensors.torch import save_file

from work import SEED, TRUNCATION

VERSION = torch.__version__.split("+")[0]


def open_library(threads):
    torch.set_num_threads(threads)
    torch.manual_seed(SEED)


def fill_orthogonal(tensor):
    """torch decomposes no bfloat16: the matrix is drawn in float32 and rounded."""
    if tensor.dtype is torch.float32:
        torch.nn.init.orthogonal_(tensor)
    else:
        tensor.copy_(torch.nn.init.orthogonal_(torch.empty(tensor.shape)))


def fill_as_upstream(tensor, std):
    """truncated_normal_ of jumpfill's upstream: of four normals the first inside the bounds, else the first."""
    with torch.no_grad():
        tries = tensor.new_empty(tensor.shape + (4,)).normal_()
        inside = (tries < TRUNCATION) & (tries > -TRUNCATION)
        first = inside.max(-1, keepdim=True)[1]
        tensor.copy_(tries.gather(-1, first).squeeze(-1)).mul_(std).add_(0.0)


def choose_fill(work):
    init, std = torch.nn.init, work.std
    return {
        "uniform": lambda tensor: init.uniform_(tensor, work.low, work.high),
        "normal": lambda tensor: init.normal_(tensor, 0.0, std),
        "truncated normal": lambda tensor: init.trunc_normal_(tensor, 0.0, std, -TRUNCATION * std, TRUNCATION * std),
        "Kaiming normal": lambda tensor: init.kaiming_normal_(tensor, nonlinearity="relu"),
        "Kaiming uniform": lambda tensor: init.kaiming_uniform_(tensor, nonlinearity="relu"),
        "orthogonal": fill_orthogonal,
        "upstream's truncated normal": lambda tensor: fill_as_upstream(tensor, std),
    }[work.kind]


def prepare(work):
    fill = choose_fill(work)
    dtype = getattr(torch, work.dtype)
    warm = None if work.is_fresh else torch.zeros(work.shape, dtype=dtype)

    def draw():
        tensor = torch.empty(work.shape, dtype=dtype) if warm is None else warm
        fill(tensor)
        return tensor

    return draw


def save(tensor, path):
    save_file({"weight": tensor}, path)


def to_float32(tensor):
    return tensor.float().numpy()
