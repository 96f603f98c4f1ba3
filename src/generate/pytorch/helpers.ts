/** The functions and modules that blocks are made of in PyTorch, each written only where it is needed. */
import type { NetworkDescription } from '../describe';
import { isConstant, type SymbolicLayer } from '../symbolic';

const axisConvs = `\
def row_conv(
    in_channels: int, out_channels: int, kernel: int, stride: int = 1
) -> nn.Conv2d:
    """1×kernel convolution without bias, the stride along the width."""
    padding = (0, kernel // 2)
    return nn.Conv2d(
        in_channels, out_channels, (1, kernel), (1, stride), padding, bias=False
    )


def column_conv(
    in_channels: int, out_channels: int, kernel: int, stride: int = 1
) -> nn.Conv2d:
    """kernel×1 convolution without bias, the stride along the height."""
    padding = (kernel // 2, 0)
    return nn.Conv2d(
        in_channels, out_channels, (kernel, 1), (stride, 1), padding, bias=False
    )`;

function depthwiseHelper(dilated: boolean): string {
  if (!dilated) {
    return `\
def depthwise(channels: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    """Depthwise convolution without bias; n pixels become ⌈n / stride⌉."""
    return nn.Conv2d(
        channels,
        channels,
        kernel,
        stride,
        padding=kernel // 2,
        groups=channels,
        bias=False,
    )`;
  }
  return `\
def depthwise(
    channels: int, kernel: int, stride: int = 1, dilation: int = 1
) -> nn.Conv2d:
    """Depthwise convolution without bias; n pixels become ⌈n / stride⌉."""
    return nn.Conv2d(
        channels,
        channels,
        kernel,
        stride,
        padding=dilation * (kernel // 2),
        dilation=dilation,
        groups=channels,
        bias=False,
    )`;
}

function zeroHelper(needs: NetworkDescription['needs']): string {
  const hasPlain = needs((layer) => layer.kind === 'zero' && isConstant(layer.stride, 1));
  if (!needs((layer) => layer.kind === 'zero' && !isConstant(layer.stride, 1))) {
    return `\
class Zero(nn.Module):
    """Zeros."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.zeros_like(x)`;
  }
  return `\
class Zero(nn.Module):
    """Zeros; n pixels become ⌈n / stride⌉."""

    def __init__(self, stride: int${hasPlain ? ' = 1' : ''}) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        return torch.zeros_like(x[:, :, :: self.stride, :: self.stride])`;
}

/** In the order in which they stand in the file. What the code loops over, TorchScript has to understand. */
export function helpers({ needs, file }: NetworkDescription): string[] {
  const usesSums = file.genotype.space === 'cell' || file.genotype.space === 'nasbench201';
  const isDilated = (layer: SymbolicLayer) => layer.kind === 'depthwise' && layer.dilation === 2;
  const sections = [
    `\
def conv(
    in_channels: int, out_channels: int, kernel: int, stride: int = 1
) -> nn.Conv2d:
    """Convolution without bias; n pixels become ⌈n / stride⌉."""
    return nn.Conv2d(
        in_channels, out_channels, kernel, stride, padding=kernel // 2, bias=False
    )`,
  ];
  if (needs((layer) => layer.kind === 'axisConv')) sections.push(axisConvs);
  if (needs((layer) => layer.kind === 'depthwise')) sections.push(depthwiseHelper(needs(isDilated)));
  if (needs((layer) => layer.kind === 'shift')) {
    sections.push(`\
class Shift(nn.Module):
    """Moves the image up and left by one pixel; zeros come in."""

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(x, (0, 1, 0, 1))[:, :, 1:, 1:]`);
  }
  if (needs((layer) => layer.kind === 'zero')) sections.push(zeroHelper(needs));
  if (needs((layer) => layer.kind === 'parallel')) {
    sections.push(`\
class Concat(nn.Module):
    """Branches over the same input, concatenated along the channels."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> Tensor:
        outputs: list[Tensor] = []
        for branch in self.branches:
            outputs.append(branch(x))
        return torch.cat(outputs, dim=1)`);
  }
  if (usesSums) {
    sections.push(`\
def add(tensors: list[Tensor]) -> Tensor:
    """Sum of tensors of one shape."""
    total = tensors[0]
    for tensor in tensors[1:]:
        total = total + tensor
    return total`);
  }
  return sections;
}
