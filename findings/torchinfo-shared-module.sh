#!/usr/bin/env bash
# torchinfo counts the parameters of a network several times when blocks share a module, even one without parameters.
#
# Natural guess: `summary(network).total_params` is the sum of `numel()` over `network.parameters()`; PyTorch itself names each
#   parameter once, however often a module is registered, and torchinfo marks a module that it meets again as "(recursive)".
# Behaviour: three blocks of two linear layers have 432 parameters. With a dropout each, torchinfo says so; with one dropout that all
#   three share, as drop-path and stochastic depth are often written, it says 576. Only blocks that hold their layers in a ModuleList
#   are counted so; the outputs of the network are the same. A network of DARTS's cells with one shared drop-path module has 3,349,342
#   parameters by PyTorch and 5,172,310 by torchinfo.
# Version: torchinfo 1.8.0, the newest, with PyTorch 2.15.0. Source: `summary()` and `layer_info` of torchinfo, which attribute layers
#   inside containers that are not called by the path of the module that was met last.
# Cost: a wrong size in papers, model cards and comparisons of architectures under a parameter limit, by half and more.
# Here: generated PyTorch code gives each node a drop-path module of its own.
#
# PyTorch's wheel for Linux comes with CUDA: about 3 GB are downloaded into the temporary folder.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-cache-dir torch==2.15.0 torchinfo==1.8.0 numpy
"$folder/venv/bin/python" - <<'PYTHON'
import platform
from importlib.metadata import version

import torch
from torch import nn
from torchinfo import summary


class Block(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(8, 8), nn.Linear(8, 8)])
        self.dropout = dropout

    def forward(self, x):
        for layer in self.layers:
            x = self.dropout(layer(x))
        return x


class Network(nn.Module):
    def __init__(self, dropouts):
        super().__init__()
        self.blocks = nn.ModuleList(Block(dropout) for dropout in dropouts)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


def counts(dropouts):
    network = Network(dropouts)
    own = sum(values.numel() for values in network.parameters())
    return own, summary(network, input_size=(1, 8), verbose=0).total_params


print(f"Python {platform.python_version()}, PyTorch {torch.__version__}, torchinfo {version('torchinfo')}")
shared = nn.Dropout(0.1)
single, together = counts([nn.Dropout(0.1) for _ in range(3)]), counts([shared] * 3)
print(f"a dropout each: PyTorch {single[0]}, torchinfo {single[1]}")
print(f"one dropout for all: PyTorch {together[0]}, torchinfo {together[1]}")
if single != (432, 432) or together != (432, 576):
    raise SystemExit("The behaviour has changed.")
PYTHON
