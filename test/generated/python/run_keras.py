"""Loads generated Keras files, gives them weights, runs, trains, saves and reloads them."""

import math
import os
import re
import tempfile

import keras
import numpy as np
from job import answer, array, load, outline, read_job, run_main

KINDS = {
    keras.layers.Conv2D: "conv",
    keras.layers.DepthwiseConv2D: "depthwise",
    keras.layers.BatchNormalization: "batchNorm",
    keras.layers.Dense: "linear",
}


def number(layer):
    """Layers of one class count up in their names in the order of their creation; those at the end have other names."""
    if layer.name in ("hidden", "logits"):
        return math.inf
    match = re.search(r"_(\d+)$", layer.name)
    return int(match.group(1)) if match else 0


def set_weights(model, layers):
    for layer_class, kind in KINDS.items():
        targets = sorted((l for l in model.layers if type(l) is layer_class), key=number)
        sources = [layer for layer in layers if layer["kind"] == kind]
        assert len(targets) == len(sources), (kind, len(targets), len(sources))
        for target, source in zip(targets, sources):
            target.set_weights([array(source[key]) for key in source if key != "kind"])


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
    set_weights(model, case["layers"])
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
