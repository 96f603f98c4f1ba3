"""Loads generated PyTorch files, gives them weights, runs and trains them."""

import io

import numpy as np
import torch
from job import answer, array, load, outline, read_job, read_safetensors, run_main
from torch import nn


def count(network):
    return sum(p.numel() for p in network.parameters())


def train(network, images, labels, rate):
    """Losses before and after one step of SGD, and how many kernels did not move.

    The shift of a BN has no gradient where another BN follows, so vectors do not count.
    """
    network.train()
    optimizer = torch.optim.SGD(network.parameters(), lr=rate)
    kernels = [p for p in network.parameters() if p.ndim > 1]
    before = [p.detach().clone() for p in kernels]
    losses = []
    for step in range(2):
        loss = nn.functional.cross_entropy(network(images), labels)
        losses.append(loss.item())
        if step == 0:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    still = sum(int(torch.equal(old, new)) for old, new in zip(before, kernels))
    return losses, still


def compiled_differences(network, images):
    """How far the network is from what TorchScript makes of it, scripted and traced, and from an exported graph."""
    network.eval()
    forms = [torch.jit.script(network), torch.jit.trace(network, images)]
    # New in PyTorch 2.1.
    if hasattr(torch, "export"):
        forms.append(torch.export.export(network, (images,)).module())
    with torch.no_grad():
        logits = network(images)
        return [(form(images) - logits).abs().max().item() for form in forms]


def run_case(case):
    module = load(case["file"])
    network = module.Network()
    tensors = read_safetensors(case["weights"])
    network.load_state_dict({name: torch.from_numpy(values) for name, values in tensors.items()})
    images = torch.from_numpy(array(case["images"])).permute(0, 3, 1, 2).contiguous()
    labels = torch.tensor(case["labels"])
    network.eval()
    with torch.no_grad():
        logits = network(images)
    stream = io.BytesIO()
    torch.save(network.state_dict(), stream)
    stream.seek(0)
    copy = module.Network().eval()
    copy.load_state_dict(torch.load(stream))
    with torch.no_grad():
        reloaded = copy(images)
    losses, still = train(network, images, labels, case["rate"])
    more = {}
    if case["thorough"]:
        more["printed"] = run_main(case["file"])
        more["compiledDifference"] = max(compiled_differences(network, images))
    if case["dropsPaths"]:
        dropping = module.Network(drop_path=0.5)
        more["dropPathLosses"] = train(dropping, images, labels, 0.01)[0]
    return {
        "parameters": count(network),
        "logits": logits.numpy().tolist(),
        "reloadDifference": float((reloaded - logits).abs().max()),
        "losses": losses,
        "unmoved": still,
        **more,
    }


def normalized(item):
    pixels = torch.from_numpy(array(item["pixels"])).permute(0, 3, 1, 2)
    return load(item["file"]).normalize(pixels).permute(0, 2, 3, 1).numpy().tolist()


torch.manual_seed(0)
np.random.seed(0)
job = read_job()
answer(
    {
        "version": torch.__version__,
        "cases": [run_case(case) for case in job["cases"]],
        "counts": [count(load(file).Network()) for file in job["counts"]],
        "outlines": [outline(file) for file in job["outlines"]],
        "normalized": [normalized(item) for item in job["normalized"]],
    }
)
