/** The text at the top of generated code: what the network is, what it costs, where it comes from. */
import { formatCell, type CellKind } from '../space/genotype';
import type { NetworkDescription } from './describe';
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

function cellLines({ file, plan }: NetworkDescription, kind: CellKind, width: number): string[] {
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

/** @returns lines without the language's comment marks; nothing in them is escaped for a language yet */
export function headerLines(description: NetworkDescription, words: HeaderWords): string[] {
  const { file, cost, reachableCost } = description;
  const { origin, network } = file;
  const { parameters, flops } = words.functional ? reachableCost : cost;
  const left = cost.parameters - reachableCost.parameters;
  const unused = words.functional
    ? `${grouped(left)} more would have no effect on the output and are left out.`
    : `${grouped(left)} of them have no effect on the output: cells do not read all their inputs.`;
  const known: [string, string][] = [
    [
      'Cells',
      `${network.cells}, counted from 0; ${network.channels} channels a node, doubled by each reduction`,
    ],
    ['Parameters', grouped(parameters)],
    ['Computation', `${grouped(flops)} multiply-accumulates an image`],
    ['Found by', plainLine(origin.strategy)],
    ['Data', plainLine(origin.data)],
    ['Seed', String(origin.seed)],
    ['Epoch', String(origin.epoch)],
    ['Run', plainLine(origin.runId)],
    ['Date', plainLine(origin.createdAt)],
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
    ...cellLines(description, 'normal', words.width),
    ...cellLines(description, 'reduction', words.width),
    ...wrap(
      'Inputs 0 and 1 of a cell are the outputs of the two cells before it (0 the older one), the rest are its nodes.',
      words.width,
    ),
    '',
    ...facts.flatMap(([key, value]) => {
      const line = `${key}:`.padEnd(size) + value;
      return wrap(line, words.width, '', ' '.repeat(size));
    }),
    ...(left > 0 ? ['', ...wrap(unused, words.width)] : []),
    '',
    `Try it: ${words.command}`,
    `It depends on ${words.framework} alone and is yours to use, change and share.`,
  ];
}
