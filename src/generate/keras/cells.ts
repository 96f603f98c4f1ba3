/** Operations, cells and the whole network in Keras's functional style. */
import type { CellDescription } from '../describe';
import { operationBranches } from '../python';
import type { PythonCode } from '../pythonFile';
import { cellPairSection } from '../pythonTables';
import { operationOutput } from './layers';
import { modelFunction } from './model';

function operation({ operations }: CellDescription): string {
  return `\
def operation(kind: str, x: Tensor, channels: int, stride: int, *, name: str) -> Tensor:
    """Output of one edge; n pixels become ⌈n / stride⌉."""
${operationBranches(operations, operationOutput, 'kind')}`;
}

function cell({ hasBareNode, hasLoneEdge, hasLoneNode }: CellDescription): string {
  const bare = `\
        if not edges:
            # Without edges a node is zeros.
            states.append(zero(states[0], 2 if reduction else 1))
            continue
`;
  const total = hasLoneEdge
    ? 'layers.Add()(outputs) if len(outputs) > 1 else outputs[0]'
    : 'layers.Add()(outputs)';
  const joined = `\
    outputs = [states[index] for index in genotype.concat]
    return layers.Concatenate(name=name)(outputs)`;
  const joinedOrLone = `\
    outputs = [states[index] for index in genotype.concat]
    if len(outputs) == 1:
        return layers.Identity(name=name)(outputs[0])
    return layers.Concatenate(name=name)(outputs)`;
  return `\
def cell(
    genotype: CellGenotype,
    older: Tensor,
    newer: Tensor,
    channels: int,
    reduction: bool,
    after_reduction: bool,
    drop_path: float,
    name: str,
) -> Tensor:
    """Output of a cell for the outputs of the two cells before.

    Args:
        genotype: the wiring.
        older: output of the cell before the previous one.
        newer: output of the previous cell.
        channels: channels of each node.
        reduction: whether the cell halves height and width.
        after_reduction: whether the previous cell did.
        drop_path: probability with which an edge is dropped while training.
        name: name of the layer that gives the output, and beginning of all others'.
    """
    # After a reduction the older input is still twice as high and wide.
    adapt = factorized_reduce if after_reduction else relu_conv_bn
    states = [
        adapt(older, channels, name=f"{name}.preprocess0"),
        relu_conv_bn(newer, channels, name=f"{name}.preprocess1"),
    ]
    for node, edges in enumerate(genotype.nodes):
${hasBareNode ? bare : ''}\
        outputs = []
        for index, (kind, source) in enumerate(edges):
            x = states[source]
            # Only what reads an input of a reduction cell halves the size.
            stride = 2 if reduction and source < 2 else 1
            path = f"{name}.nodes.{node}.operations.{index}"
            output = operation(kind, x, channels, stride, name=path)
            if drop_path > 0 and output is not x:
                output = layers.Dropout(drop_path, noise_shape=(None, 1, 1, 1))(output)
            outputs.append(output)
        states.append(${total})
${hasLoneNode ? joinedOrLone : joined}`;
}

function buildModel({ file }: CellDescription): string {
  const { channels, cells, stemMultiplier } = file.network;
  const stem = stemMultiplier === 1 ? 'channels' : `${stemMultiplier} * channels`;
  return modelFunction(file, {
    summary: 'Stem, cells, global average pooling and a linear classifier.',
    scale: [
      {
        code: `channels: int = ${channels}`,
        text: 'channels: channels of each node before the first reduction; each doubles them.',
      },
      {
        code: `cells: int = ${cells}`,
        text: 'cells: number of cells; those at one and two thirds of it are reductions.',
      },
    ],
    more: [
      {
        code: 'drop_path: float = 0.0',
        text: `\
drop_path: probability with which an edge is dropped for an image while
            training.`,
      },
    ],
    body: `\
    x = conv(images, ${stem}, 3, name="stem.0")
    older = newer = batch_norm(x, name="stem.1")
    after_reduction = False
    for index in range(cells):
        reduction = index in (cells // 3, 2 * cells // 3)
        if reduction:
            channels *= 2
        output = cell(
            REDUCTION if reduction else NORMAL,
            older,
            newer,
            channels,
            reduction,
            after_reduction,
            drop_path,
            name=f"cells.{index}",
        )
        older, newer = newer, output
        after_reduction = reduction`,
    output: 'newer',
  });
}

export function cellCode(description: CellDescription): PythonCode {
  return {
    table: cellPairSection(description.file),
    network: [operation(description), cell(description), buildModel(description)],
  };
}
