/** Chains of layers in PyTorch. */
import type { ChainConnections } from '../../space/chain/genotype';
import type { ChainDescription } from '../describe';
import type { PythonCode } from '../pythonFile';
import { chainSection } from '../pythonTables';
import { operationBranches } from '../python';
import { operationModule } from './layers';

function makeOperation({ operations }: ChainDescription): string {
  const render = (body: Parameters<typeof operationModule>[0]) => operationModule(body, 'in_channels');
  return `\
def make_operation(
    name: str, in_channels: int, channels: int, stride: int
) -> nn.Module:
    """The operation of one layer; n pixels become ⌈n / stride⌉."""
${operationBranches(operations, render, 'name', 'in_channels == channels')}`;
}

const connections: Readonly<Record<ChainConnections, readonly string[]>> = {
  sequential: [],
  skip: [
    `\
class Residual(nn.Module):
    """Adds a layer's input, by a 1×1 convolution where its output has another shape."""

    def __init__(
        self, operation: nn.Module, in_channels: int, channels: int, stride: int
    ) -> None:
        super().__init__()
        self.operation = operation
        if stride == 1 and in_channels == channels:
            self.shortcut: nn.Module = nn.Identity()
        else:
            self.shortcut = nn.Sequential(
                conv(in_channels, channels, 1, stride), nn.BatchNorm2d(channels)
            )

    def forward(self, x: Tensor) -> Tensor:
        return self.operation(x) + self.shortcut(x)`,
  ],
  dense: [
    `\
class Dense(nn.Module):
    """Puts a layer's output behind its input, along the channels."""

    def __init__(self, operation: nn.Module) -> None:
        super().__init__()
        self.operation = operation

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, self.operation(x)], dim=1)`,
  ],
};

const loops: Readonly<Record<ChainConnections, string>> = {
  sequential: `\
        for name, out_channels, stride in LAYERS:
            layers.append(make_operation(name, channels, out_channels, stride))
            channels = out_channels`,
  skip: `\
        for name, out_channels, stride in LAYERS:
            operation = make_operation(name, channels, out_channels, stride)
            layers.append(Residual(operation, channels, out_channels, stride))
            channels = out_channels`,
  dense: `\
        for index, (name, out_channels, stride) in enumerate(LAYERS):
            operation = make_operation(name, channels, out_channels, stride)
            # What keeps the size is read by all later layers of that size.
            is_read = stride == 1 and index < len(LAYERS) - 1
            layers.append(Dense(operation) if is_read else operation)
            channels = channels + out_channels if is_read else out_channels`,
};

function network({ file }: ChainDescription): string {
  const { classes, input } = file.network;
  return `\
class Network(nn.Module):
    """Stem, layers, global average pooling and a linear classifier.

    Images [N, in_channels, H, W] of any size become logits [N, classes]: train it with
    \`nn.CrossEntropyLoss\`.

    Args:
        classes: number of logits.
        in_channels: channels of the images.
    """

    def __init__(self, classes: int = ${classes}, in_channels: int = ${input.channels}) -> None:
        super().__init__()
        channels = LAYERS[0].channels
        self.stem = nn.Sequential(
            conv(in_channels, channels, 3), nn.BatchNorm2d(channels)
        )
        layers: list[nn.Module] = []
${loops[file.genotype.connections]}
        self.layers = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU())
        self.classifier = nn.Linear(channels, classes)

    def forward(self, images: Tensor) -> Tensor:
        x = self.head(self.layers(self.stem(images)))
        return self.classifier(x.mean(dim=(2, 3)))`;
}

export function chainCode(description: ChainDescription): PythonCode {
  return {
    table: chainSection(description.file),
    network: [
      makeOperation(description),
      ...connections[description.file.genotype.connections],
      network(description),
    ],
  };
}
