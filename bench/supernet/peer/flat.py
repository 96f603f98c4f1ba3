"""
Between the parameters of a network here and the flat vector of the other side, where all parameters stand one
after the other in the same order with channels last: filters [k, k, inputs, outputs], depthwise
[k, k, channels, 1], linear layers [inputs, outputs].
"""

import torch
from torch import nn


def orders(network):
    """Each parameter with the order of its axes there, in terms of its axes here."""
    for module in network.modules():
        for parameter in module.parameters(recurse=False):
            if isinstance(module, nn.Conv2d):
                # [outputs, inputs, k, k], depthwise [channels, 1, k, k]
                yield parameter, (2, 3, 1, 0) if module.groups == 1 else (2, 3, 0, 1)
            elif isinstance(module, nn.Linear) and parameter.dim() == 2:
                yield parameter, (1, 0)
            else:
                yield parameter, (0,)


def shapes(network):
    """Shapes of the parameters as they are there."""
    return [[parameter.shape[axis] for axis in order] for parameter, order in orders(network)]


@torch.no_grad()
def load(network, vector):
    """vector: [parameters]"""
    expected = sum(parameter.numel() for parameter in network.parameters())
    if vector.numel() != expected:
        raise ValueError(f"The network has {expected} weights, the vector {vector.numel()}.")
    offset = 0
    for parameter, order in orders(network):
        values = vector[offset : offset + parameter.numel()]
        parameter.permute(order).copy_(values.view([parameter.shape[axis] for axis in order]))
        offset += parameter.numel()


def gradients(network):
    """The gradients as one vector; zeros for weights that took no part."""
    pieces = []
    for parameter, order in orders(network):
        gradient = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        pieces.append(gradient.permute(order).reshape(-1))
    return torch.cat(pieces)
