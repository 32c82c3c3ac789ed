"""A model's first weights in a safetensors file, with TensorFlow: python3 write_tensorflow.py LAYERS.json bfloat16 OUT"""

import json
import sys

import tensorflow as tf
from safetensors.tensorflow import save_file

layers, dtype, out = json.load(open(sys.argv[1])), tf.as_dtype(sys.argv[2]), sys.argv[3]
generator = tf.random.Generator.from_seed(42)


def draw(layer):
    if "std" in layer:
        return generator.normal(layer["shape"], 0.0, layer["std"], dtype)
    return tf.fill(layer["shape"], tf.cast(layer["value"], dtype))


save_file({layer["name"]: draw(layer) for layer in layers}, out)
