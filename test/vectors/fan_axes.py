"""Fans over named axes, by jax.nn.initializers itself (JAX 0.10.2): random shapes, axes from both ends, several axes in one role, batches.
Run: python3 test/vectors/fan_axes.py > test/vectors/fan_axes.json
"""
import json
import random

import jax
from jax._src.nn.initializers import _compute_fans

assert jax.__version__ == '0.10.2'
draw = random.Random(13)


def role(axes, rank):
    """One axis, or a list of them; some count from the end."""
    written = [axis - rank if draw.random() < 0.5 else axis for axis in axes]
    return written[0] if len(written) == 1 and draw.random() < 0.7 else written


def row():
    rank = draw.randint(2, 6)
    shape = [draw.choice([1, 2, 3, 5, 7, 16, 64, 1000]) for _ in range(rank)]
    order = draw.sample(range(rank), rank)
    inputs = draw.randint(1, 2 if rank > 2 else 1)
    outputs = draw.randint(1, 2 if rank - inputs > 1 else 1)
    batch = draw.randint(0, rank - inputs - outputs)
    axes = {
        'in_axis': role(order[:inputs], rank),
        'out_axis': role(order[inputs:inputs + outputs], rank),
        'batch_axis': role(order[inputs + outputs:inputs + outputs + batch], rank),
    }
    fan_in, fan_out = _compute_fans(shape, **axes)
    # JAX divides doubles: the fans are whole numbers, but for its roundings.
    return {'shape': shape, **axes, 'fans': [round(fan_in), round(fan_out)]}


# By its own defaults, in_axis=-2 and out_axis=-1, with a batch in front.
BATCHED = [
    {'shape': shape, 'batch_axis': batch, 'fans': [round(fan) for fan in _compute_fans(shape, batch_axis=batch)]}
    for shape, batch in [([8, 32, 64], 0), ([8, 3, 3, 32, 64], [0]), ([4, 8, 32, 64], [0, 1]), ([32, 64], [])]
]

if __name__ == '__main__':
    rows = [json.dumps(item) for item in BATCHED + [row() for _ in range(200)]]
    print('[\n' + ',\n'.join(rows) + '\n]')
