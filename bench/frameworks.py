"""
Networks on one set of images in a framework: of each the logits, and how many parameters the framework counts.

    python frameworks.py KIND FOLDER COUNT HEIGHT WIDTH CHANNELS

FOLDER holds `images.f32`, and of network N `N.onnx`, or `N_torch.py` with `N_torch.safetensors`, or `N_keras.py` with
`N.safetensors`. `N.KIND.f32` is written there; versions and counts are printed.
"""

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "test/generated/python"))
from job import load, read_safetensors

kind = sys.argv[1]
folder = Path(sys.argv[2])
count, height, width, channels = map(int, sys.argv[3:])
images = np.fromfile(folder / "images.f32", "<f4").reshape(-1, height, width, channels)


def in_parts(compute, x):
    return np.concatenate([np.asarray(compute(x[i : i + 250])) for i in range(0, len(x), 250)])


def with_onnx(n):
    import onnxruntime

    session = onnxruntime.InferenceSession(folder / f"{n}.onnx", providers=["CPUExecutionProvider"])
    x = images.transpose(0, 3, 1, 2).copy()
    return in_parts(lambda part: session.run(None, {"images": part})[0], x), None


def with_torch(n):
    import torch

    tensors = read_safetensors(str(folder / f"{n}_torch.safetensors"))
    network = load(str(folder / f"{n}_torch.py")).Network().eval()
    network.load_state_dict({name: torch.from_numpy(values) for name, values in tensors.items()})
    x = images.transpose(0, 3, 1, 2).copy()
    with torch.no_grad():
        logits = in_parts(lambda part: network(torch.from_numpy(part)).numpy(), x)
    return logits, sum(values.numel() for values in network.parameters())


def with_keras(n):
    module = load(str(folder / f"{n}_keras.py"))
    model = module.build_model()
    module.load_weights(model, str(folder / f"{n}.safetensors"))
    parameters = sum(int(np.prod(values.shape)) for values in model.trainable_variables)
    return model.predict(images, batch_size=250, verbose=0), parameters


def version():
    if kind == "onnx":
        import onnxruntime

        return f"ONNX Runtime {onnxruntime.__version__}"
    if kind == "torch":
        import torch

        return f"PyTorch {torch.__version__}"
    import keras

    backend = keras.backend.backend()
    library = __import__(backend)
    return f"Keras {keras.__version__} on {backend} {library.__version__}"


compute = {"onnx": with_onnx, "torch": with_torch, "keras": with_keras}[kind]
counts = []
for n in range(count):
    logits, parameters = compute(n)
    logits.astype("<f4").tofile(folder / f"{n}.{kind}.f32")
    counts.append(parameters)
print(json.dumps({"version": version(), "parameters": counts}))
