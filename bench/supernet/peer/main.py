"""
The PyTorch side of the benchmark: reads one request a line on standard input, JSON with an `op`, and answers each
with one line of JSON on standard output. `peer.ts` is the other end and lists what goes to and fro.
"""

import json
import sys
import time
import traceback

import numpy as np
import torch
from torch.nn import functional

import flat
import networks
from memory import memory


class Session:
    """One network, its batch and its architecture parameters."""

    def build(self, request):
        torch.set_num_threads(request["threads"])
        self.skeleton = request["skeleton"]
        self.network = networks.build(request).train()
        self.architecture = []
        return {
            "parameters": sum(parameter.numel() for parameter in self.network.parameters()),
            "shapes": flat.shapes(self.network),
            "torch": torch.__version__,
            "threads": torch.get_num_threads(),
        }

    def load(self, request):
        """Weights and images (channels last) from files of little-endian float32, the rest from the request."""
        flat.load(self.network, torch.from_numpy(np.fromfile(request["weights"], dtype="<f4")))
        self.labels = torch.tensor(request["labels"])
        size = [self.skeleton["input"][side] for side in ("height", "width", "channels")]
        images = torch.from_numpy(np.fromfile(request["images"], dtype="<f4"))
        self.images = images.view(len(self.labels), *size).permute(0, 3, 1, 2).contiguous()
        self.architecture = []
        for name in ("alphas", "betas"):
            if name in request:
                values = {kind: torch.tensor(request[name][kind], dtype=torch.float32) for kind in networks.KINDS}
                setattr(self.network, name, values)
                self.architecture.extend(values.values())
        return {}

    def compute_loss(self):
        return functional.cross_entropy(self.network(self.images), self.labels)

    def want(self, weights, architecture):
        """Which gradients the next backward passes compute."""
        self.network.requires_grad_(weights)
        for values in self.architecture:
            values.requires_grad_(architecture)

    def backward(self):
        """A forward and a backward pass; returns the loss."""
        self.network.zero_grad(set_to_none=True)
        for values in self.architecture:
            values.grad = None
        loss = self.compute_loss()
        loss.backward()
        return loss

    @torch.no_grad()
    def loss(self, request):
        return {"loss": self.compute_loss().item()}

    def gradients(self, request):
        self.want(weights=True, architecture=True)
        loss = self.backward()
        flat.gradients(self.network).numpy().astype("<f4").tofile(request["out"])
        answer = {"loss": loss.item()}
        for name in ("alphas", "betas"):
            values = getattr(self.network, name, None)
            if values is not None:
                answer[name] = {kind: values[kind].grad.tolist() for kind in networks.KINDS}
        return answer

    def step(self, request):
        """Seconds of one forward and backward pass, and of processors in it: less than seconds * threads where others
        took them."""
        weights = request["wanted"] == "weights"
        self.want(weights, not weights)
        begin, used = time.perf_counter(), time.process_time()
        loss = self.backward()
        seconds, used = time.perf_counter() - begin, time.process_time() - used
        return {"seconds": seconds, "cpuSeconds": used, "loss": loss.item()}

    def memory(self, request):
        return memory()


def main():
    # Whatever a library prints must not come between the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    session = Session()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(session, request["op"])(request)
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
