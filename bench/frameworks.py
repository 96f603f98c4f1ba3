"""Classifies images with an ONNX file, or with generated PyTorch code and its weights; prints the predicted classes."""

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "test/generated/python"))
from job import load, read_safetensors

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

    tensors = read_safetensors(weights)
    network = load(code).Network().eval()
    network.load_state_dict({name: torch.from_numpy(values) for name, values in tensors.items()})
    with torch.no_grad():
        logits = [network(torch.from_numpy(part)).numpy() for part in parts]
    version = f"PyTorch {torch.__version__}"
logits = np.concatenate(logits)
print(json.dumps({"version": version, "logits": logits.astype(float).round(7).tolist()}))
