"""Classifies images with an ONNX file, or with generated PyTorch code and its weights; prints the predicted classes."""

import importlib.util
import json
import sys

import numpy as np

kind, code, weights, images, *shape = sys.argv[1:]
height, width, channels = map(int, shape)
x = np.fromfile(images, "<f4").reshape(-1, height, width, channels).transpose(0, 3, 1, 2).copy()
parts = [x[i : i + 250] for i in range(0, len(x), 250)]
if kind == "onnx":
    import onnxruntime

    session = onnxruntime.InferenceSession(weights, providers=["CPUExecutionProvider"])
    logits = [session.run(None, {"images": part})[0] for part in parts]
    version = f"ONNX Runtime {onnxruntime.__version__}"
else:
    import torch

    with open(weights, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        values = file.read()
    header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        flat = np.frombuffer(values[begin:end], "<f4").reshape(entry["shape"]).copy()
        tensors[name] = torch.from_numpy(flat)
    spec = importlib.util.spec_from_file_location("generated", code)
    module = importlib.util.module_from_spec(spec)
    sys.modules["generated"] = module
    spec.loader.exec_module(module)
    network = module.Network().eval()
    network.load_state_dict(tensors)
    with torch.no_grad():
        logits = [network(torch.from_numpy(part)).numpy() for part in parts]
    version = f"PyTorch {torch.__version__}"
logits = np.concatenate(logits)
print(json.dumps({"version": version, "logits": logits.astype(float).round(7).tolist()}))
