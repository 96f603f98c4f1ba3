"""The eight candidate operations of DARTS (Liu et al., 2019, section 3.1), channels first: [b, c, h, w] in and out."""

import torch
from torch import nn


def relu_conv_bn(inputs, outputs, affine):
    """ReLU, 1x1 convolution, BN: brings a cell's input to the cell's channels."""
    return nn.Sequential(
        nn.ReLU(), nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs, affine=affine)
    )


class FactorizedReduce(nn.Module):
    """Halves height and width: two 1x1 convolutions of stride 2, the second on the image shifted by one pixel."""

    def __init__(self, inputs, outputs, affine):
        super().__init__()
        first = outputs // 2
        self.relu = nn.ReLU()
        self.straight = nn.Conv2d(inputs, first, 1, stride=2, bias=False)
        self.shifted = nn.Conv2d(inputs, outputs - first, 1, stride=2, bias=False)
        self.bn = nn.BatchNorm2d(outputs, affine=affine)

    def forward(self, x):
        x = self.relu(x)
        moved = x[:, :, 1:, 1:]
        height, width = x.shape[2] % 2, x.shape[3] % 2
        if height or width:
            # An odd size has one pixel less to read; zeros stand in for it.
            moved = nn.functional.pad(moved, (0, width, 0, height))
        return self.bn(torch.cat([self.straight(x), self.shifted(moved)], dim=1))


class Zero(nn.Module):
    """No connection."""

    def __init__(self, stride):
        super().__init__()
        self.stride = stride

    def forward(self, x):
        batch, channels, height, width = x.shape
        return x.new_zeros(batch, channels, -(-height // self.stride), -(-width // self.stride))


def separable_pass(channels, kernel, stride, dilation, affine):
    """ReLU, depthwise convolution, pointwise convolution, BN."""
    padding = dilation * (kernel - 1) // 2
    return [
        nn.ReLU(),
        nn.Conv2d(channels, channels, kernel, stride, padding, dilation, groups=channels, bias=False),
        nn.Conv2d(channels, channels, 1, bias=False),
        nn.BatchNorm2d(channels, affine=affine),
    ]


def separable(channels, kernel, stride, affine):
    """Two passes, the stride in the first."""
    first = separable_pass(channels, kernel, stride, 1, affine)
    return nn.Sequential(*first, *separable_pass(channels, kernel, 1, 1, affine))


def dilated(channels, kernel, stride, affine):
    return nn.Sequential(*separable_pass(channels, kernel, stride, 2, affine))


def skip(channels, stride, affine):
    return nn.Identity() if stride == 1 else FactorizedReduce(channels, channels, affine)


OPERATIONS = {
    "none": lambda channels, stride, affine: Zero(stride),
    "max_pool_3x3": lambda channels, stride, affine: nn.MaxPool2d(3, stride, padding=1),
    "avg_pool_3x3": lambda channels, stride, affine: nn.AvgPool2d(3, stride, padding=1, count_include_pad=False),
    "skip_connect": skip,
    "sep_conv_3x3": lambda channels, stride, affine: separable(channels, 3, stride, affine),
    "sep_conv_5x5": lambda channels, stride, affine: separable(channels, 5, stride, affine),
    "dil_conv_3x3": lambda channels, stride, affine: dilated(channels, 3, stride, affine),
    "dil_conv_5x5": lambda channels, stride, affine: dilated(channels, 5, stride, affine),
}


def candidate(name, channels, stride):
    """An operation as the supernet holds it: BN without scale and shift, and one after a pool."""
    operation = OPERATIONS[name](channels, stride, False)
    if name.endswith("pool_3x3"):
        return nn.Sequential(operation, nn.BatchNorm2d(channels, affine=False))
    return operation
