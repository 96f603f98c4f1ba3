/** Operations, nodes, cells and the whole network in PyTorch. */
import type { CellDescription } from '../describe';
import type { PythonCode } from '../pythonFile';
import { cellPairSection } from '../pythonTables';
import { operationBranches } from '../python';
import { operationModule } from './layers';

const dropPath = `\
class DropPath(nn.Module):
    """Zeroes single images of a batch with a probability, while training."""

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = probability

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.probability == 0:
            return x
        keep = 1 - self.probability
        mask = x.new_empty([x.shape[0], 1, 1, 1]).bernoulli_(keep)
        return x * mask / keep`;

/** @param hasBareNode whether a node can be without edges, so that it is zeros */
const node = (hasBareNode: boolean): string => `\
class Node(nn.Module):
    """Adds up its edges: one operation each, on an input or an earlier node."""

    def __init__(
        self,
        edges: list[tuple[str, int]],
        channels: int,
        reduction: bool,
        drop_path: float,
    ) -> None:
        super().__init__()
        self.sources = [source for _, source in edges]
        # Only what reads an input of a reduction cell halves the size.
        self.operations = nn.ModuleList(
            make_operation(name, channels, stride=2 if reduction and source < 2 else 1)
            for name, source in edges
        )
        self.drop_path = DropPath(drop_path)
        self.drops = [not isinstance(each, nn.Identity) for each in self.operations]
${hasBareNode ? '        self.zero = Zero(2 if reduction else 1)\n' : ''}\

    def forward(self, states: list[Tensor]) -> Tensor:
${hasBareNode ? '        if len(self.operations) == 0:\n            return self.zero(states[0])\n' : ''}\
        outputs: list[Tensor] = []
        for index, operation in enumerate(self.operations):
            output = operation(states[self.sources[index]])
            outputs.append(self.drop_path(output) if self.drops[index] else output)
        return add(outputs)`;

const cell = `\
class Cell(nn.Module):
    """Makes the next [N, out_channels, H, W] from the outputs of the two cells before.

    Args:
        genotype: the wiring.
        older_channels: channels of the output of the cell before the previous one.
        newer_channels: channels of the output of the previous cell.
        channels: channels of each node.
        reduction: whether the cell halves height and width.
        after_reduction: whether the previous cell did.
        drop_path: probability for the output of every edge but identities.
    """

    def __init__(
        self,
        genotype: CellGenotype,
        older_channels: int,
        newer_channels: int,
        channels: int,
        reduction: bool,
        after_reduction: bool,
        drop_path: float,
    ) -> None:
        super().__init__()
        self.concat = genotype.concat
        self.out_channels = channels * len(genotype.concat)
        # After a reduction the older input is still twice as high and wide.
        adapt = FactorizedReduce if after_reduction else ReLUConvBN
        self.preprocess0 = adapt(older_channels, channels)
        self.preprocess1 = ReLUConvBN(newer_channels, channels)
        self.nodes = nn.ModuleList(
            Node(edges, channels, reduction, drop_path) for edges in genotype.nodes
        )

    def forward(self, older: Tensor, newer: Tensor) -> Tensor:
        states = [self.preprocess0(older), self.preprocess1(newer)]
        for node in self.nodes:
            states.append(node(states))
        return torch.cat([states[index] for index in self.concat], dim=1)`;

function network({ file }: CellDescription): string {
  const { channels, cells, classes, stemMultiplier, input } = file.network;
  const stem = stemMultiplier === 1 ? 'channels' : `${stemMultiplier} * channels`;
  return `\
class Network(nn.Module):
    """Stem, cells, global average pooling and a linear classifier.

    Images [N, in_channels, H, W] of any size become logits [N, classes]: train it with
    \`nn.CrossEntropyLoss\`.

    Args:
        channels: channels of each node before the first reduction; each doubles them.
        cells: number of cells; those at one and two thirds of it are reductions.
        classes: number of logits.
        in_channels: channels of the images.
        drop_path: probability with which an edge is dropped for an image while
            training; \`set_drop_path\` changes it later.
    """

    def __init__(
        self,
        channels: int = ${channels},
        cells: int = ${cells},
        classes: int = ${classes},
        in_channels: int = ${input.channels},
        drop_path: float = 0.0,
    ) -> None:
        super().__init__()
        older = newer = ${stem}
        self.stem = nn.Sequential(conv(in_channels, newer, 3), nn.BatchNorm2d(newer))
        self.cells = nn.ModuleList()
        after_reduction = False
        for index in range(cells):
            reduction = index in (cells // 3, 2 * cells // 3)
            if reduction:
                channels *= 2
            cell = Cell(
                REDUCTION if reduction else NORMAL,
                older,
                newer,
                channels,
                reduction,
                after_reduction,
                drop_path,
            )
            self.cells.append(cell)
            older, newer = newer, cell.out_channels
            after_reduction = reduction
        self.classifier = nn.Linear(newer, classes)

    def forward(self, images: Tensor) -> Tensor:
        older = newer = self.stem(images)
        for cell in self.cells:
            older, newer = newer, cell(older, newer)
        return self.classifier(newer.mean(dim=(2, 3)))

    def set_drop_path(self, probability: float) -> None:
        """Changes the probability of dropping an edge, for example every epoch."""
        for module in self.modules():
            if isinstance(module, DropPath):
                module.probability = probability`;
}

function makeOperation({ operations }: CellDescription): string {
  return `\
def make_operation(name: str, channels: int, stride: int) -> nn.Module:
    """The operation of one edge; n pixels become ⌈n / stride⌉."""
${operationBranches(operations, operationModule)}`;
}

export function cellCode(description: CellDescription): PythonCode {
  return {
    table: cellPairSection(description.file),
    network: [
      makeOperation(description),
      dropPath,
      node(description.hasBareNode),
      cell,
      network(description),
    ],
  };
}
