/** `docs/combinations.md`, written from the registries: what there is to choose from, and what goes together. */
import { allEstimators, allSpaces, allStrategies, refusalOf, type Refusal } from './combinations';
import type { EstimatorEntry } from '../estimate/estimator';
import type { SpaceEntry } from '../space/entry';

type Strategy = (typeof allStrategies)[number];

/** In the way that prettier aligns them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

const code = (name: string): string => `\`${name}\``;

function registry(title: string, entries: readonly { name: string; description: string }[]): string {
  const rows = entries.map(({ name, description }) => [code(name), description.replaceAll('|', '\\|')]);
  return `## ${title}\n\n${table(['name', 'what it is'], rows)}`;
}

/** What a strategy can be used with in a space, in a word or two. */
function verdict(space: SpaceEntry, strategy: Strategy): string {
  if (strategy.kind === 'gradient') return refusalOf(space, strategy) ? '–' : 'yes';
  const refused = allEstimators.filter((estimator) => refusalOf(space, strategy, estimator));
  if (refused.length === 0) return 'any estimator';
  if (refused.length === allEstimators.length) return '–';
  return `all but ${refused.map(({ name }) => code(name)).join(', ')}`;
}

/** Every refusal once, in the order of the registries. */
function refusals(): Refusal[] {
  const judges = (strategy: Strategy): readonly (EstimatorEntry | undefined)[] =>
    strategy.kind === 'gradient' ? [undefined] : allEstimators;
  const all = allSpaces.flatMap((space) =>
    allStrategies.flatMap((strategy) =>
      judges(strategy).flatMap((estimator) => refusalOf(space, strategy, estimator) ?? []),
    ),
  );
  return all.filter(({ message }, i) => all.findIndex((other) => other.message === message) === i);
}

export function combinationsText(): string {
  const matrix = table(
    ['strategy', ...allSpaces.map(({ name }) => code(name))],
    allStrategies.map((strategy) => [
      code(strategy.name),
      ...allSpaces.map((space) => verdict(space, strategy)),
    ]),
  );
  const refused = refusals().map(({ message, hint }) => `- ${message} ${hint}`);
  const gradient = allStrategies.filter(({ kind }) => kind === 'gradient').map(({ name }) => code(name));
  const parts = [
    '# What can be combined',
    '<!-- Made from the registries: npm run combinations -->',
    'A config chooses a search space, a strategy and, for strategies that propose architectures, an estimator that judges them.',
    matrix,
    `The gradient strategies (${gradient.join(', ')}) train all architectures of a space as one network and take no estimator.`,
    ...(refused.length > 0 ? ['What a config check says of the others:', refused.join('\n')] : []),
    registry('Spaces', allSpaces),
    registry('Strategies', allStrategies),
    registry('Estimators', allEstimators),
  ];
  return `${parts.join('\n\n')}\n`;
}
