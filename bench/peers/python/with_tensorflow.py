"""TensorFlow: tf.random.Generator and Keras's initialisers, in tf.function. It draws into new memory each time."""

import tensorflow
from safetensors.tensorflow import save_file

from work import SEED, TRUNCATION

VERSION = tensorflow.__version__


def open_library(threads):
    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    tensorflow.random.set_seed(SEED)


def choose_draw(work):
    """Keras's HeNormal truncates; the plain normal is variance scaling's. Its matrices are [inputs, outputs]."""
    generator = tensorflow.random.Generator.from_seed(SEED)
    initializers = tensorflow.keras.initializers
    shape, dtype, std = work.shape, tensorflow.as_dtype(work.dtype), work.std
    # An integer would be a constant: the compiler would draw small matrices once, beforehand.
    seed = tensorflow.keras.random.SeedGenerator(SEED)

    def kaiming(distribution):
        return initializers.VarianceScaling(2.0, "fan_in", distribution, seed=seed)

    def transposed(make):
        return lambda: tensorflow.reshape(make((shape[1], shape[0]), dtype=work.dtype), shape)

    return {
        "uniform": lambda: generator.uniform(shape, work.low, work.high, dtype),
        "normal": lambda: generator.normal(shape, 0.0, std, dtype),
        "truncated normal": lambda: generator.truncated_normal(shape, 0.0, std, dtype),
        "Kaiming normal": transposed(kaiming("untruncated_normal")),
        "Kaiming uniform": transposed(kaiming("uniform")),
        # Decompositions take no bfloat16.
        "orthogonal": lambda: tensorflow.cast(initializers.Orthogonal(seed=seed)(shape, dtype="float32"), dtype),
    }[work.kind]


def prepare(work):
    compiled = tensorflow.function(choose_draw(work))

    # A call on a processor returns when the values are there.
    return compiled


def save(tensor, path):
    save_file({"weight": tensor}, path)


def to_float32(tensor):
    return tensorflow.cast(tensor, "float32").numpy()
