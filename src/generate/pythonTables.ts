/** Genotypes as constants of a Python module, for a reader as much as for the code below them. */
import type { CellGenotype } from '../space/cell/genotype';
import type { FileOf } from '../space/genotype';
import type { MbconvDescription } from './describe';
import { group } from './layout';
import { lay } from './python';
import { pythonString } from './text';

function wiring(name: string, { nodes, concat }: CellGenotype): string {
  const rows = nodes.map((edges) =>
    group(
      '[',
      edges.map(({ operation, input }) => `(${pythonString(operation)}, ${input})`),
      ']',
    ),
  );
  return lay(
    group(
      `${name} = CellGenotype(`,
      [group('nodes=[', rows, ']', true), group('concat=[', concat.map(String), ']')],
      ')',
    ),
  );
}

/** `CellGenotype`, `NORMAL` and `REDUCTION`. */
export function cellPairSection({ genotype }: FileOf<'cell'>): string {
  return `\
class CellGenotype(NamedTuple):
    """Wiring of a cell: 0 and 1 are the two cells before, 2 and up its nodes."""

    # Per node its edges, whose outputs are added: the operation and what it reads.
    nodes: list[list[tuple[str, int]]]
    # The nodes whose outputs, concatenated, are the output of the cell.
    concat: list[int]


${wiring('NORMAL', genotype.normal)}

${wiring('REDUCTION', genotype.reduction)}`;
}

/** `CELL` of NAS-Bench-201. */
export function bench201Section({ genotype }: FileOf<'nasbench201'>): string {
  const [a, ...rest] = genotype.operations.map(pythonString);
  const rows = [[a!], rest.slice(0, 2), rest.slice(2)].map((row) => group('[', row, ']'));
  return `\
# Operations of a cell, a row a node: on the cell's input, on node 1, on node 2.
${lay(group('CELL = [', rows, ']', true))}`;
}

/** `Layer` and `LAYERS` of a chain. */
export function chainSection({ genotype }: FileOf<'chain'>): string {
  const rows = genotype.layers.map(
    ({ operation, channels, stride }) => `    Layer(${pythonString(operation)}, ${channels}, ${stride}),`,
  );
  return `\
class Layer(NamedTuple):
    """One layer of the chain."""

    operation: str
    # Of the output.
    channels: int
    stride: int


LAYERS = [
${rows.join('\n')}
]`;
}

/** `Block` and `BLOCKS` of inverted residuals; columns in which nothing differs are left out. */
export function mbconvSection({ file, activation, squeezeExcite }: MbconvDescription): string {
  const fields = [
    'kernel: int',
    '# Channels between the two 1×1 convolutions.',
    'hidden: int',
    ...(squeezeExcite
      ? ['# Channels of the bottleneck of squeeze-and-excitation; 0 for none.', 'squeeze: int']
      : []),
    '# Of the output.',
    'channels: int',
    'stride: int',
    ...(activation ? [] : ['activation: str']),
  ];
  const stages = file.genotype.stages.flatMap((stage, i) => [
    `    # Stage ${i + 1}`,
    ...stage.blocks.map(({ kernel, hidden, squeeze }, k) => {
      const values = [
        kernel,
        hidden,
        ...(squeezeExcite ? [squeeze] : []),
        stage.channels,
        k === 0 ? stage.stride : 1,
        ...(activation ? [] : [pythonString(stage.activation)]),
      ];
      return `    Block(${values.join(', ')}),`;
    }),
  ]);
  return `\
class Block(NamedTuple):
    """An inverted residual block."""

${fields.map((field) => `    ${field}`).join('\n')}


BLOCKS = [
${stages.join('\n')}
]`;
}
