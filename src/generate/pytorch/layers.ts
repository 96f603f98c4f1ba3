/** Layers and blocks in PyTorch: modules over [N, C, H, W]. */
import type { NetworkDescription } from '../describe';
import { group, type Document } from '../layout';
import type { Block, OperationBody } from '../operations';
import { blockDocstring, lay, pythonCall, pythonExpression, snakeNaming, type Naming } from '../python';
import { parametersOf, type Expression, type SymbolicLayer } from '../symbolic';
import { className } from '../text';

/** Expression that makes the module of one layer. */
export function moduleOf(layer: SymbolicLayer, naming: Naming): Document {
  const write = (expression: Expression) => pythonExpression(expression, naming);
  switch (layer.kind) {
    case 'relu':
      return 'nn.ReLU()';
    case 'identity':
      return 'nn.Identity()';
    case 'shift':
      return 'Shift()';
    case 'conv':
      return pythonCall(
        'conv',
        [layer.inChannels, layer.filters, layer.kernel].map(write),
        layer.stride,
        naming,
      );
    case 'depthwise': {
      const dilation = layer.dilation === 1 ? [] : [`dilation=${layer.dilation}`];
      return pythonCall(
        'depthwise',
        [layer.channels, layer.kernel].map(write),
        layer.stride,
        naming,
        ...dilation,
      );
    }
    case 'batchNorm':
      return `nn.BatchNorm2d(${write(layer.channels)}${layer.affine ? '' : ', affine=False'})`;
    case 'maxPool':
      return `nn.MaxPool2d(3, ${write(layer.stride)}, padding=1)`;
    case 'avgPool':
      return `nn.AvgPool2d(3, ${write(layer.stride)}, padding=1, count_include_pad=False)`;
    case 'zero':
      return `Zero(${write(layer.stride)})`;
    case 'parallel':
      return group(
        'Concat(',
        layer.branches.map((branch) => sequence(branch, naming)),
        ')',
        true,
      );
  }
}

function sequence(layers: readonly SymbolicLayer[], naming: Naming): Document {
  const modules = layers.map((layer) => moduleOf(layer, naming));
  return modules.length === 1 ? modules[0]! : group('nn.Sequential(', modules, ')');
}

/** A block with its own number of input channels speaks of input and output channels. */
function namingOf(block: Block): Naming {
  const hasInput = parametersOf(block.layers, true).includes('inChannels');
  return (parameter) => (hasInput && parameter === 'channels' ? 'out_channels' : snakeNaming(parameter));
}

/** A block as a class. */
export function blockClass(block: Block): string {
  const naming = namingOf(block);
  const parameters = parametersOf(block.layers, true).map((parameter) => `${naming(parameter)}: int`);
  const modules = block.layers.map((layer) => moduleOf(layer, naming));
  return `\
class ${className(block.name)}(nn.Sequential):
${blockDocstring(block)}

${lay(group('def __init__(', ['self', ...parameters], ') -> None:'), 1)}
${lay(group('super().__init__(', modules, ')', true), 2)}`;
}

/** Expression that makes the module of an operation out of `channels` and `stride`. */
export function operationModule(body: OperationBody): Document {
  if (body.kind === 'layer') return moduleOf(body.layer, snakeNaming);
  const args = parametersOf(body.block.layers, true).map((parameter) => {
    if (parameter === 'kernel') return String(body.kernel);
    return parameter === 'inChannels' ? 'channels' : parameter;
  });
  return group(`${className(body.block.name)}(`, args, ')');
}

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

/** Functions and modules that the blocks are made of, as far as they are needed. */
export function helpers({ needs }: NetworkDescription): string[] {
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
  if (needs((layer) => layer.kind === 'depthwise')) sections.push(depthwiseHelper(needs(isDilated)));
  if (needs((layer) => layer.kind === 'shift')) {
    sections.push(`\
class Shift(nn.Module):
    """Moves the image up and left by one pixel; zeros come in."""

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(x, (0, 1, 0, 1))[:, :, 1:, 1:]`);
  }
  if (needs((layer) => layer.kind === 'zero')) {
    sections.push(`\
class Zero(nn.Module):
    """Zeros; n pixels become ⌈n / stride⌉."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        return torch.zeros_like(x[:, :, :: self.stride, :: self.stride])`);
  }
  if (needs((layer) => layer.kind === 'parallel')) {
    sections.push(`\
class Concat(nn.Module):
    """Branches over the same input, concatenated along the channels."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.branches], dim=1)`);
  }
  return sections;
}
