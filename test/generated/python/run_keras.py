"""Loads generated Keras files, gives them weights, runs, trains, saves and reloads them."""

import math
import os
import tempfile

import keras
import numpy as np
from job import answer, array, load, outline, read_job, run_main

def count(model):
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)


def count_unbuilt(file):
    """Parameters of a model whose weights have shapes, but no values: those are most of what it takes to build one."""
    with keras.StatelessScope(initialize_variables=False):
        return count(load(file).build_model())


def train(model, images, labels, rate, eager=True):
    """Losses before and after one step of SGD, and how many kernels did not move.

    The shift of a BN has no gradient where another BN follows, so vectors do not count.
    """
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    # Tracing a graph takes longer than such small steps.
    optimizer = keras.optimizers.SGD(rate)
    model.compile(optimizer, loss, jit_compile=False, run_eagerly=eager)
    kernels = [weight for weight in model.trainable_weights if len(weight.shape) > 1]
    before = [weight.numpy().copy() for weight in kernels]
    losses = [float(model.train_on_batch(images, labels))]
    still = sum(int(np.array_equal(old, new)) for old, new in zip(before, kernels))
    losses.append(float(loss(labels, model(images, training=True))))
    return losses, still


def run_case(case):
    module = load(case["file"])
    model = module.build_model()
    module.load_weights(model, case["weights"])
    images = array(case["images"])
    labels = np.array(case["labels"])
    logits = np.array(model(images))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        model.save(path)
        reloaded = np.array(keras.models.load_model(path)(images))
        losses, still = train(model, images, labels, case["rate"])
        more = {}
        if case["thorough"]:
            more["printed"] = run_main(case["file"])
        if case["dropsPaths"]:
            module.build_model(drop_path=0.5).save(path)
            dropping = keras.models.load_model(path)
            more["dropPathLosses"] = train(dropping, images, labels, 0.01, eager=False)[0]
    return {
        "parameters": count(model),
        "logits": logits.tolist(),
        "reloadDifference": float(np.abs(reloaded - logits).max()),
        "losses": losses,
        "unmoved": still,
        **more,
    }


def normalized(item):
    return np.array(load(item["file"]).normalize(array(item["pixels"]))).tolist()


keras.utils.set_random_seed(0)
job = read_job()
answer(
    {
        "version": keras.__version__,
        "cases": [run_case(case) for case in job["cases"]],
        "counts": [count_unbuilt(file) for file in job["counts"]],
        "outlines": [outline(file) for file in job["outlines"]],
        "normalized": [normalized(item) for item in job["normalized"]],
    }
)
