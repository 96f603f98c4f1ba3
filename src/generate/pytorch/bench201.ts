/** Networks of NAS-Bench-201 in PyTorch. */
import type { Bench201Description } from '../describe';
import type { PythonCode } from '../pythonFile';
import { bench201Section } from '../pythonTables';
import { operationBranches } from '../python';
import { operationModule } from './layers';

function makeOperation({ operations }: Bench201Description): string {
  return `\
def make_operation(name: str, channels: int) -> nn.Module:
    """The operation of one edge of a cell; it keeps the shape."""
${operationBranches(operations, operationModule)}`;
}

const cell = `\
class Cell(nn.Module):
    """Three nodes, each the sum of one operation on every state before it."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.nodes = nn.ModuleList(
            nn.ModuleList(make_operation(name, channels) for name in names)
            for names in CELL
        )

    def forward(self, x: Tensor) -> Tensor:
        states = [x]
        for operations in self.nodes:
            outputs: list[Tensor] = []
            for index, operation in enumerate(operations):  # type: ignore
                outputs.append(operation(states[index]))
            states.append(add(outputs))
        return states[-1]`;

const residualBlock = `\
class ResidualBlock(nn.Module):
    """Halves height and width: two convolutions beside a shortcut, added."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            ReLUConvBN(in_channels, out_channels, 3, stride=2),
            ReLUConvBN(out_channels, out_channels, 3),
        )
        self.shortcut = nn.Sequential(
            nn.AvgPool2d(2, ceil_mode=True), conv(in_channels, out_channels, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.convolutions(x) + self.shortcut(x)`;

function network({ file, cellsPerStage }: Bench201Description): string {
  const { channels, classes, input } = file.network;
  return `\
class Network(nn.Module):
    """Stem, three stages of cells, global average pooling and a linear classifier.

    Images [N, in_channels, H, W] of any size become logits [N, classes]: train it with
    \`nn.CrossEntropyLoss\`.

    Args:
        channels: channels of the first stage; each later one has twice as many.
        cells: number of cells in each stage.
        classes: number of logits.
        in_channels: channels of the images.
    """

    def __init__(
        self,
        channels: int = ${channels},
        cells: int = ${cellsPerStage},
        classes: int = ${classes},
        in_channels: int = ${input.channels},
    ) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            conv(in_channels, channels, 3), nn.BatchNorm2d(channels)
        )
        blocks: list[nn.Module] = []
        for stage in range(3):
            if stage > 0:
                blocks.append(ResidualBlock(channels, 2 * channels))
                channels *= 2
            blocks += [Cell(channels) for _ in range(cells)]
        self.cells = nn.Sequential(*blocks)
        self.head = nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU())
        self.classifier = nn.Linear(channels, classes)

    def forward(self, images: Tensor) -> Tensor:
        x = self.head(self.cells(self.stem(images)))
        return self.classifier(x.mean(dim=(2, 3)))`;
}

export function bench201Code(description: Bench201Description): PythonCode {
  return {
    table: bench201Section(description.file),
    network: [makeOperation(description), cell, residualBlock, network(description)],
  };
}
