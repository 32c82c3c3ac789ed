"""
What Keras 3.15.1's STFT initializer gives, in float64 on torch's backend (its scipy windows included):
    KERAS_BACKEND=torch python3 test/vectors/keras_stft.py > test/vectors/keras_stft.json
"""
import json

import keras

keras.config.set_floatx("float64")
cases = []
for shape in [[1, 1, 2], [4, 1, 3], [9, 1, 5], [16, 1, 17]]:
    for side in ["real", "imag"]:
        for window in ["hann", "hamming", "boxcar", None]:
            for scaling in ["density", "spectrum", None]:
                for periodic in [False, True]:
                    if shape[0] == 16 and (window != "hann" or scaling != "density"):
                        continue
                    values = keras.initializers.STFT(side, window, scaling, periodic)(shape)
                    parameters = {
                        "side": side,
                        "window": window or "none",
                        "scaling": scaling or "none",
                        "periodic": periodic,
                    }
                    cases.append([shape, parameters, [float(f"{x:.15g}") for x in values.flatten().tolist()]])
print(json.dumps(cases))
