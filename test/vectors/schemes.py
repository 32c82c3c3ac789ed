"""Widths of initialisers by the documented formulas of torch, Keras and JAX, in Python's doubles, written from their
documentation (nn.init; keras.initializers; jax.nn.initializers): another implementation than src/domain/recipes.
Run: python3 test/vectors/schemes.py > test/vectors/schemes.json
"""
import json
import math
from functools import reduce
from operator import mul

SHAPES = [
    [10, 4], [4, 10], [1, 1], [4096, 11008], [64, 3, 7], [64, 3, 7, 7], [512, 512, 3, 3], [32, 16, 3, 3, 3],
    [128, 1, 3, 3],      # depthwise: torch keeps in/groups in dimension 1
    [3, 3, 64, 1],       # depthwise in Keras's layout
    [16, 33, 3, 5],      # a transposed convolution of torch: [in, out, ...]
    [7, 7, 3, 64],       # Keras's
]
product = lambda sizes: reduce(mul, sizes, 1)


def torch_fans(shape):
    receptive = product(shape[2:])
    return shape[1] * receptive, shape[0] * receptive


def keras_fans(shape):
    receptive = product(shape[:-2])
    return shape[-2] * receptive, shape[-1] * receptive


def torch_gain(nonlinearity, a):
    if nonlinearity == 'tanh':
        return 5.0 / 3
    if nonlinearity == 'relu':
        return math.sqrt(2.0)
    if nonlinearity == 'leaky_relu':
        return math.sqrt(2.0 / (1 + a ** 2))
    return 3.0 / 4 if nonlinearity == 'selu' else 1


def kaiming(shape, fans, a, mode, nonlinearity, uniform):
    fan = fans(shape)[0 if mode == 'fan_in' else 1]
    std = torch_gain(nonlinearity, a) / math.sqrt(fan)
    return math.sqrt(3.0) * std if uniform else std


def xavier(shape, fans, gain, uniform):
    fan_in, fan_out = fans(shape)
    std = gain * math.sqrt(2.0 / float(fan_in + fan_out))
    return math.sqrt(3.0) * std if uniform else std


def variance_scaling(shape, fans, scale, mode, distribution, preserve_std):
    fan_in, fan_out = fans(shape)
    n = {'fan_in': fan_in, 'fan_out': fan_out, 'fan_avg': (fan_in + fan_out) / 2.0}[mode]
    scale /= max(1.0, n)
    if distribution == 'uniform':
        return math.sqrt(3.0 * scale)
    if distribution == 'truncated_normal' and preserve_std:
        return math.sqrt(scale) / 0.87962566103423978
    return math.sqrt(scale)


def rows():
    for shape in SHAPES:
        for layout, fans in (('torch', torch_fans), ('keras', keras_fans)):
            yield shape, {'layout': layout}, fans(shape), None
            for name, uniform in (('uniform', True), ('normal', False)):
                for a, mode, nonlinearity in ((0, 'fan_in', 'leaky_relu'), (math.sqrt(5), 'fan_in', 'leaky_relu'),
                                              (0, 'fan_out', 'relu'), (0, 'fan_in', 'tanh'), (0, 'fan_in', 'selu'),
                                              (0, 'fan_out', 'linear')):
                    init = {'kind': f'kaiming_{name}', 'a': a, 'mode': mode, 'nonlinearity': nonlinearity}
                    yield shape, {**init, 'layout': layout}, fans(shape), kaiming(shape, fans, a, mode, nonlinearity, uniform)
                for gain in (1, 5.0 / 3):
                    init = {'kind': f'xavier_{name}', 'gain': gain, 'layout': layout}
                    yield shape, init, fans(shape), xavier(shape, fans, gain, uniform)
            for distribution in ('uniform', 'normal', 'truncated_normal'):
                for scale, mode in ((1.0, 'fan_in'), (2.0, 'fan_out'), (1 / 3, 'fan_avg')):
                    for preserve in (True, False):
                        init = {'kind': 'variance_scaling', 'scale': scale, 'mode': mode, 'distribution': distribution,
                                'preserve_std': preserve, 'layout': layout}
                        yield shape, init, fans(shape), variance_scaling(shape, fans, scale, mode, distribution, preserve)
            for name, scale, mode in (('he', 2.0, 'fan_in'), ('glorot', 1.0, 'fan_avg'), ('lecun', 1.0, 'fan_in')):
                for suffix, distribution in (('uniform', 'uniform'), ('normal', 'truncated_normal')):
                    init = {'kind': f'{name}_{suffix}', 'layout': layout}
                    yield shape, init, fans(shape), variance_scaling(shape, fans, scale, mode, distribution, True)


print(json.dumps([{'shape': s, 'init': i, 'fans': f, 'width': w} for s, i, f, w in rows()], separators=(',', ':')))
