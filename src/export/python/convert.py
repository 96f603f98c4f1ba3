"""Turns generated Keras code and trained weights into a file of Keras or LiteRT, and runs it on test images.

Called by NAS Workbench with the path of a job in JSON. The last line of what it prints is the answer in JSON.
"""

import importlib.util
import json
import os
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np


def say(step):
    print(json.dumps({"step": step}), flush=True)


def read_module(path):
    spec = importlib.util.spec_from_file_location("generated", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["generated"] = module
    spec.loader.exec_module(module)
    return module


def read_images(part, shape):
    return np.fromfile(part["images"], "<f4").reshape(-1, *shape)


def wrapped(model, job):
    """The model with what stands before and behind it on request."""
    images = keras.Input(job["shape"], name="pixels" if job["rawPixels"] else "images")
    x = images
    if job["rawPixels"]:
        variance = [value**2 for value in job["deviation"]]
        x = keras.layers.Rescaling(1 / 255, name="scale")(x)
        x = keras.layers.Normalization(mean=job["mean"], variance=variance, name="normalize")(x)
    x = model(x)
    if job["softmax"]:
        x = keras.layers.Softmax(name="probabilities")(x)
    return keras.Model(images, x, name="network") if job["rawPixels"] or job["softmax"] else model


def taken(images, job):
    """Normalized images as the file takes them."""
    if not job["rawPixels"]:
        return images
    pixels = (images * np.float32(job["deviation"]) + np.float32(job["mean"])) * 255
    return np.round(pixels).astype("float32")


def to_litert(model, job):
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if job["format"] == "litert-int8":
        images = taken(read_images(job["calibration"], job["shape"]), job)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([image[None]] for image in images)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    return converter.convert()


def interpreter_of(content):
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        import tensorflow as tf

        Interpreter = tf.lite.Interpreter
    return Interpreter(model_content=content, num_threads=job["threads"])


def run_litert(content, images):
    interpreter = interpreter_of(content)
    given, found = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
    results = []
    for start in range(0, len(images), 100):
        batch = images[start : start + 100]
        interpreter.resize_tensor_input(given, batch.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(given, batch)
        interpreter.invoke()
        results.append(interpreter.get_tensor(found).copy())
    return np.concatenate(results)


def run(job):
    say("Building the model")
    module = read_module(job["code"])
    model = module.build_model()
    module.load_weights(model, job["weights"])
    model = wrapped(model, job)
    say("Converting")
    start = time.time()
    if job["format"] == "keras":
        model.save(job["out"])
        model = keras.models.load_model(job["out"])
        compute = lambda images: model.predict(images, batch_size=250, verbose=0)
    else:
        content = to_litert(model, job)
        with open(job["out"], "wb") as file:
            file.write(content)
        compute = lambda images: run_litert(content, images)
    seconds = time.time() - start
    say("Testing")
    outputs = compute(taken(read_images(job["test"], job["shape"]), job))
    labels = np.array(job["test"]["labels"])
    right = int((outputs.argmax(axis=1) == labels).sum())
    return {"images": len(labels), "right": right, "seconds": seconds, "version": keras.__version__}


with open(sys.argv[1], encoding="utf-8") as file:
    job = json.load(file)
print(json.dumps({"done": run(job)}), flush=True)
