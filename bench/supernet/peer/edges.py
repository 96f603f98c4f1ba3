"""
What an edge of a supernet's cell computes from its input x [b, c, h, w]: the mixture of all operations (DARTS),
the mixture on a part of the channels (PC-DARTS), or one operation (a sampled path).
"""

import operator
from functools import reduce

import torch
from torch import nn

from operations import candidate


def add_up(terms):
    """The sum, without the copy that Python's `sum` makes of the first term by adding it to 0."""
    return reduce(operator.add, terms)


class MixedOperation(nn.Module):
    """The sum of softmax(alpha)_o * o(x) over all operations o (DARTS, equation 2)."""

    def __init__(self, names, channels, stride):
        super().__init__()
        self.operations = nn.ModuleList(candidate(name, channels, stride) for name in names)
        # `none` adds zeros, so it is computed only where there is nothing else.
        self.used = [i for i, name in enumerate(names) if name != "none"] or [0]

    def forward(self, x, weights):
        """weights: a scalar tensor per operation."""
        return add_up(weights[i] * self.operations[i](x) for i in self.used)


class PartialMixedOperation(nn.Module):
    """
    The first 1/k of the channels goes through the mixture, the rest past it (max-pooled where the stride is 2);
    the channels are then shuffled with k groups and weighted by the edge's beta (PC-DARTS; Xu et al., 2020).
    """

    def __init__(self, names, channels, stride, k):
        super().__init__()
        self.k = k
        self.mixture = MixedOperation(names, channels // k, stride)
        self.bypass = nn.Identity() if stride == 1 else nn.MaxPool2d(2, 2, ceil_mode=True)

    def forward(self, x, weights, beta):
        """weights: a scalar tensor per operation; beta: the edge's share of its node."""
        selected = x.shape[1] // self.k
        mixed = self.mixture(x[:, :selected], weights)
        rest = self.bypass(x[:, selected:])
        # Group g of the concatenation becomes the channels g, g + k, g + 2k, ...: the shuffle in one copy.
        shuffled = torch.stack([mixed, *rest.chunk(self.k - 1, dim=1)], dim=2).flatten(1, 2)
        return beta * shuffled


class SampledOperation(nn.Module):
    """Holds the weights of all operations and computes one."""

    def __init__(self, names, channels, stride):
        super().__init__()
        self.operations = nn.ModuleList(candidate(name, channels, stride) for name in names)

    def forward(self, x, index):
        return self.operations[index](x)
