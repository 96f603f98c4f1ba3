/** The text at the top of generated code: what the network is, what it costs, where it comes from. */
import type { NetworkWords } from '../space/entry';
import { formatGenotype } from '../space/genotype';
import { entryOf } from '../space/registry';
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
  /** How what was trained is loaded, a sentence. */
  readonly trained: string;
  /** What it depends on, where that is not the framework alone. */
  readonly needs?: string;
  /** Characters that a line may have. */
  readonly width: number;
}

const grouped = (value: number) => value.toLocaleString('en-US');

/** What the network is made of, with an empty line between two parts. */
function bodyLines(body: NetworkWords['body'], width: number): string[] {
  return body.flatMap((part, index) => {
    const lines =
      typeof part === 'string'
        ? wrap(part, width)
        : [`${part.title}:`, ...part.lines.flatMap((line) => wrap(line, width, '  ', '      '))];
    return index > 0 ? ['', ...lines] : lines;
  });
}

/** @returns lines without the language's comment marks; nothing in them is escaped for a language yet */
export function headerLines(description: NetworkDescription, words: HeaderWords): string[] {
  const { file, cost, reachableCost, functionalCost } = description;
  const { origin, network } = file;
  const {
    body,
    facts: spaceFacts = [],
    unused = '',
  }: NetworkWords = entryOf(file.genotype).words?.(file.genotype, network) ?? {
    body: formatGenotype(file.genotype),
  };
  // Where code builds every edge in every language, a functional model leaves nothing out.
  const isPruned = words.functional && functionalCost.parameters < cost.parameters;
  const { parameters, flops } = words.functional ? functionalCost : cost;
  const left = cost.parameters - (isPruned ? functionalCost : reachableCost).parameters;
  const leftOver = isPruned
    ? `${grouped(left)} more would have no effect on the output and are left out.`
    : `${grouped(left)} of them have no effect on the output${unused && `: ${unused}`}.`;
  const known: (readonly [string, string])[] = [
    ...spaceFacts,
    ['Parameters', grouped(parameters)],
    ['Computation', `${grouped(flops)} multiply-accumulates an image`],
    [origin.runId ? 'Found by' : 'Origin', plainLine(origin.strategy)],
    ['Data', plainLine(origin.data)],
    // What was imported has no run.
    ['Seed', origin.runId && String(origin.seed)],
    // People count from 1, as all views do.
    [origin.unit === 'trial' ? 'Trial' : 'Epoch', origin.runId && String(origin.epoch + 1)],
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
    ...bodyLines(body, words.width),
    '',
    ...facts.flatMap(([key, value]) => {
      const line = `${key}:`.padEnd(size) + value;
      return wrap(line, words.width, '', ' '.repeat(size));
    }),
    ...(left > 0 ? ['', ...wrap(leftOver, words.width)] : []),
    '',
    `Try it: ${words.command}`,
    ...wrap(words.trained, words.width),
    `It depends on ${words.needs ?? `${words.framework} alone`} and is yours to use, change and share.`,
  ];
}
