"""Makes some steps with a generated training script, on batches that are given; each framework as it is."""

import importlib
import json
import os
import sys
import types

import numpy as np


def array(tensor):
    import base64

    values = np.frombuffer(base64.b64decode(tensor["data"]), dtype="<f4")
    return values.reshape(tensor["shape"]).copy()


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        values = file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = np.frombuffer(values[begin:end], "<f4").reshape(entry["shape"]).copy()
    return tensors


def stand_in_for_safetensors():
    """The script imports the package, which is not there; these steps do not call it."""
    for name in ("safetensors", "safetensors.numpy", "safetensors.torch"):
        module = types.ModuleType(name)
        module.load_file = module.save_file = None
        sys.modules[name] = module


def with_torch(script, code, job):
    import torch

    network = code.Network()
    state = {name: torch.from_numpy(values) for name, values in read(job["torchWeights"]).items()}
    network.load_state_dict(state, strict=False)
    weights = list(network.parameters())
    rate = job["rate"]
    optimizer = torch.optim.SGD(weights, rate, script.MOMENTUM, weight_decay=script.WEIGHT_DECAY)
    network.train()
    losses = [script.train_step(network, optimizer, *batch)[0] for batch in batches]
    return losses, {name: values.detach().numpy() for name, values in network.named_parameters()}


def with_keras(script, code, job):
    model = code.build_model()
    code.load_weights(model, job["kerasWeights"])
    script.compile_for_training(model)
    model.optimizer.learning_rate = job["rate"]
    losses = [script.train_step(model, *batch)[0] for batch in batches]
    return losses, {weight.path: np.array(weight) for weight in model.trainable_weights}


with open(sys.argv[1], encoding="utf-8") as file:
    job = json.load(file)
sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[1])))
if job["framework"] == "torch":
    stand_in_for_safetensors()
script = importlib.import_module(job["script"])
code = importlib.import_module(job["code"])
batches = [(array(batch["pixels"]), array(batch["targets"])) for batch in job["batches"]]
run = with_torch if job["framework"] == "torch" else with_keras
losses, weights = run(script, code, job)
print(json.dumps({"losses": losses, "weights": {name: values.ravel().tolist() for name, values in weights.items()}}))
