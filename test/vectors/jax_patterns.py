"""Where jax.nn.initializers.delta_orthogonal (JAX 0.10.2) puts its matrix, in kernels of even and odd sizes.
Run: python3 test/vectors/jax_patterns.py > test/vectors/jax_patterns.json
"""
import json

import jax
import numpy

assert jax.__version__ == '0.10.2'

SHAPES = [
    [1, 3, 3], [2, 3, 4], [3, 2, 5], [4, 3, 3], [5, 1, 2],
    [2, 2, 3, 4], [3, 3, 2, 2], [2, 3, 2, 4], [4, 5, 3, 3], [6, 1, 1, 3],
    [2, 2, 2, 2, 3], [3, 3, 3, 2, 2], [4, 3, 2, 3, 5],
]


def row(shape, scale):
    kernel = jax.nn.initializers.delta_orthogonal(scale)(jax.random.key(13), shape)
    flat = numpy.asarray(kernel, dtype=numpy.float64).reshape(-1)
    matrix = flat[numpy.flatnonzero(flat)].reshape(shape[-2:])
    # Of the rows, [in, out]: JAX's scale multiplies the matrix.
    norm = numpy.sqrt((matrix ** 2).sum(axis=1)).mean()
    return {'shape': shape, 'gain': scale, 'nonzero': numpy.flatnonzero(flat).tolist(), 'norm': round(float(norm), 5)}


if __name__ == '__main__':
    rows = [json.dumps(row(shape, scale)) for shape, scale in zip(SHAPES, [1.0, 2.0, 0.5] * len(SHAPES))]
    print('[\n' + ',\n'.join(rows) + '\n]')
