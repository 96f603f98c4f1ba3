/** The text at the top of generated code: what the network is, what it costs, where it comes from. */
import { formatCell } from '../space/cell/genotype';
import type { ChainConnections } from '../space/chain/genotype';
import type { CellKind } from '../space/frame';
import { formatGenotype, type SpaceType } from '../space/genotype';
import type {
  Bench201Description,
  CellDescription,
  ChainDescription,
  DescriptionOf,
  MbconvDescription,
  NetworkDescription,
} from './describe';
import { plainLine, wrap } from './text';

export interface HeaderWords {
  /** `PyTorch` */
  readonly framework: string;
  /** Shape of a batch of images: `[N, 1, 28, 28]`. */
  readonly input: string;
  /** Whether layers without effect are left out of the model. */
  readonly functional: boolean;
  /** How the file is tried out: a command. */
  readonly command: string;
  /** Characters that a line may have. */
  readonly width: number;
}

const grouped = (value: number) => value.toLocaleString('en-US');

type Fact = readonly [string, string];

/** What the header says of the networks of one space. */
interface SpaceWords {
  /** What the network is made of. */
  readonly body: readonly string[];
  readonly facts: readonly Fact[];
  /** Why some parameters are without effect. */
  readonly unused: string;
}

function cellLines({ file, plan }: CellDescription, kind: CellKind, width: number): string[] {
  const cell = file.genotype[kind];
  const at = plan.cells.flatMap((each, index) => (each.kind === kind ? [index] : []));
  if (at.length === 0) return [];
  const title =
    kind === 'normal'
      ? 'Normal cell'
      : `Reduction cell (${at.length > 1 ? 'cells' : 'cell'} ${at.join(' and ')}, halves height and width)`;
  const lines = [...formatCell(cell), `output ← concat(${cell.concat.join(', ')})`];
  return [`${title}:`, ...lines.flatMap((line) => wrap(line, width, '  ', '      ')), ''];
}

function cellWords(description: CellDescription, width: number): SpaceWords {
  const { cells, channels } = description.file.network;
  const inputs =
    'Inputs 0 and 1 of a cell are the outputs of the two cells before it (0 the older one), the rest are its nodes.';
  return {
    body: [
      ...cellLines(description, 'normal', width),
      ...cellLines(description, 'reduction', width),
      ...wrap(inputs, width),
    ],
    facts: [['Cells', `${cells}, counted from 0; ${channels} channels a node, doubled by each reduction`]],
    unused: 'cells do not read all their inputs',
  };
}

function bench201Words(description: Bench201Description, width: number): SpaceWords {
  const { file, cellsPerStage } = description;
  const { channels } = file.network;
  return {
    body: [...anyWords(description, width).body, '', '0 is the input of the cell, 3 its output.'],
    facts: [
      ['Cells', `${cellsPerStage} in each of 3 stages; ${channels} channels, doubled by each later stage`],
    ],
    unused: 'nodes of the cell that nothing reads',
  };
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

function mbconvWords({ file }: MbconvDescription, width: number): SpaceWords {
  const { stem, stages, head } = file.genotype;
  const blocks = stages.flatMap((stage) => stage.blocks).length;
  const hidden = head.hidden > 0 ? `, and a linear layer of ${head.hidden} before the classifier` : '';
  const text =
    `A convolution to ${stem.channels} channels, ${counted(blocks, 'inverted residual block')} in ` +
    `${counted(stages.length, 'stage')}, a 1×1 convolution to ${head.channels} channels${hidden}.`;
  return { body: wrap(text, width), facts: [], unused: '' };
}

function chainWords({ file }: ChainDescription, width: number): SpaceWords {
  const { layers, connections } = file.genotype;
  const ways: Readonly<Record<ChainConnections, string>> = {
    sequential: 'one after the other',
    skip: 'one after the other, each with its input added to its output',
    dense: 'each reading the outputs of all layers before it that have its size',
  };
  return {
    body: wrap(`${counted(layers.length, 'layer')}, ${ways[connections]}.`, width),
    facts: [],
    unused: '',
  };
}

/** Part by part what the genotype says. */
function anyWords({ file }: NetworkDescription, width: number): SpaceWords {
  const body = formatGenotype(file.genotype).flatMap(({ title, lines }) => [
    `${title}:`,
    ...lines.flatMap((line) => wrap(line, width, '  ', '      ')),
  ]);
  return { body, facts: [], unused: '' };
}

/** Spaces of which there is more to say. */
const ownWords: { readonly [S in SpaceType]?: (description: DescriptionOf<S>, width: number) => SpaceWords } =
  {
    cell: cellWords,
    nasbench201: bench201Words,
    chain: chainWords,
    mbconv: mbconvWords,
  };

/** @returns lines without the language's comment marks; nothing in them is escaped for a language yet */
export function headerLines(description: NetworkDescription, words: HeaderWords): string[] {
  const { file, cost, reachableCost, functionalCost } = description;
  const { origin, network } = file;
  const wordsOf = (ownWords[file.genotype.space] ?? anyWords) as typeof anyWords;
  const { body, facts: spaceFacts, unused } = wordsOf(description, words.width);
  // Where code builds every edge in every language, a functional model leaves nothing out.
  const isPruned = words.functional && functionalCost.parameters < cost.parameters;
  const { parameters, flops } = words.functional ? functionalCost : cost;
  const left = cost.parameters - (isPruned ? functionalCost : reachableCost).parameters;
  const leftOver = isPruned
    ? `${grouped(left)} more would have no effect on the output and are left out.`
    : `${grouped(left)} of them have no effect on the output: ${unused}.`;
  const known: Fact[] = [
    ...spaceFacts,
    ['Parameters', grouped(parameters)],
    ['Computation', `${grouped(flops)} multiply-accumulates an image`],
    ['Found by', plainLine(origin.strategy)],
    ['Data', plainLine(origin.data)],
    ['Seed', String(origin.seed)],
    // People count from 1, as all views do.
    [origin.unit === 'trial' ? 'Trial' : 'Epoch', String(origin.epoch + 1)],
    ['Run', plainLine(origin.runId)],
    ['Date', plainLine(origin.createdAt)],
    ['Computed by', plainLine(origin.engine ?? '', 120)],
    ['Written by', plainLine(origin.tool)],
  ];
  const facts = known.filter(([, value]) => value !== '');
  const size = Math.max(...facts.map(([key]) => key.length)) + 2;
  const name = plainLine(origin.name) || 'Found network';
  return [
    ...wrap(
      `${name}: an image classifier found by neural architecture search, in ${words.framework}.`,
      words.width,
    ),
    '',
    `Images ${words.input} to logits [N, ${network.classes}].`,
    '',
    ...body,
    '',
    ...facts.flatMap(([key, value]) => {
      const line = `${key}:`.padEnd(size) + value;
      return wrap(line, words.width, '', ' '.repeat(size));
    }),
    ...(left > 0 ? ['', ...wrap(leftOver, words.width)] : []),
    '',
    `Try it: ${words.command}`,
    `It depends on ${words.framework} alone and is yours to use, change and share.`,
  ];
}
