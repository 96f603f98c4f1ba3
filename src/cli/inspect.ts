/** `nas inspect`: the size of a search, or of a found network, from its file alone. */
import { dirname, resolve } from 'node:path';
import { parse } from 'jsonc-parser';
import { tooDeepAt } from '../config/nesting';
import { requireFit } from '../config/parse';
import type { Config } from '../config/schema';
import { isRecord } from '../config/sections';
import type { DataFacts } from '../data/dataSet';
import { networkCost } from '../cost/network';
import { trialCosts } from '../cost/trialCosts';
import type { EstimatorEntry } from '../estimate/estimator';
import { estimators } from '../estimate/estimators';
import { formatCount, formatPower } from '../format';
import { readGenotypeFile } from '../generate/readGenotype';
import { readBeside } from '../job/files';
import { frameOf, spaceOf, supernetPlan, usesSupernet } from '../job/plan';
import { requireInitialWeights } from '../job/weights';
import type { NetworkFrame } from '../space/frame';
import { formatGenotype } from '../space/genotype';
import type { SearchSpace } from '../space/searchSpace';
import { planNetwork } from '../space/network';
import { readText } from './files';
import { inspectCosts } from './inspectCosts';
import { inspectForms, inspectMemory, isFarTooLarge } from './inspectMemory';
import type { ExitCode } from './options';
import { table, type Report, type Row } from './report';

export async function inspect(file: string, options: { readonly json?: boolean }): Promise<ExitCode> {
  const text = readText(file);
  const report = isGenotypeFile(text) ? inspectGenotype(text, file) : await inspectConfig(text, file);
  if (options.json) console.log(JSON.stringify(report.values, undefined, 2));
  else console.log(report.lines.join('\n'));
  return 0;
}

/** A config can hold such a file, so it is not enough that its format stands somewhere. */
function isGenotypeFile(text: string): boolean {
  const value: unknown = tooDeepAt(text) === undefined ? parse(text) : undefined;
  return isRecord(value) && value['format'] === 'nas-workbench/genotype';
}

function inspectGenotype(text: string, file: string): Report {
  const { genotype, network } = readGenotypeFile(text, file);
  const { parameters, flops, memoryMiB } = trialCosts(planNetwork(genotype, network));
  const lines = [
    ...table([
      ['Parameters', formatCount(parameters)],
      ['Multiply–accumulates', formatCount(flops)],
      ['Training memory', `${memoryMiB.toPrecision(3)} MiB for one image`],
    ]),
    ...formatGenotype(genotype).flatMap(({ title, lines }) => [title, ...lines.map((line) => `  ${line}`)]),
  ];
  return { values: { parameters, flops, memoryMiB, genotype, network }, lines };
}

async function inspectConfig(text: string, file: string): Promise<Report> {
  const { config, facts, notices } = await requireFit(text, file);
  requireInitialWeights(config, facts, dirname(resolve(file)));
  const frame = frameOf(config, facts);
  const space = spaceOf(config);
  const searching = config.architecture === undefined;
  const parts = [
    inspectData(config, facts, frame, notices),
    ...(searching ? [inspectSpace(config, space)] : [inspectTraining(config)]),
    ...(searching
      ? [inspectSearch(config, space, frame), inspectEstimator(config, space, dirname(resolve(file)))]
      : []),
    inspectMemory(config, space, facts, frame),
    inspectCosts(config, space, dirname(resolve(file)), frame),
    ...(isFarTooLarge(config, space, facts, frame) ? [] : [inspectForms(config, space, frame)]),
  ];
  const values = parts.reduce<Report['values']>((all, part) => ({ ...all, ...part.values }), { ...frame });
  return { values, lines: parts.flatMap(({ lines }) => lines) };
}

/** The images, before and after they are fitted, and which defaults gave way to them. */
function inspectData(
  { data }: Config,
  facts: DataFacts,
  { input }: NetworkFrame,
  notices: readonly string[],
): Report {
  const size = ({ height, width, channels }: typeof input): string => `${height}×${width}×${channels}`;
  const train = Math.min(facts.trainCount, data.trainImages ?? Infinity);
  const test = Math.min(facts.testCount, data.testImages ?? Infinity);
  const { sizes = [] } = facts;
  const before = sizes.length > 1 ? `${sizes.length} sizes` : size(facts);
  const after = before === size(input) ? '' : `, ${data.enlarge ? 'fitted' : 'shrunk'} to ${size(input)}`;
  return {
    values: { data: { set: data.set, ...facts, used: { train, test } }, notices },
    lines: [
      ...table([
        ['Images', `${before}${after}, ${facts.classes} classes`],
        ['  used', `${formatCount(train)} to train and validate, ${formatCount(test)} to test`],
      ]),
      ...notices.map((notice) => `Note: ${notice}`),
    ],
  };
}

/** In place of all that is said of a search. */
function inspectTraining({ final }: Config): Report {
  const { epochs, batchSize, learningRate } = final;
  const how = `${formatCount(epochs)} epochs at batch ${batchSize}, learning rate ${learningRate}`;
  return {
    values: { training: { epochs, batchSize, learningRate } },
    lines: table([['Training', `of a given architecture: ${how}`]]),
  };
}

function inspectSpace(config: Config, space: SearchSpace): Report {
  const { size, supernet } = space;
  const rows: Row[] = [['Architectures', `${formatCount(size)} (about ${formatPower(size)})`]];
  const values = { type: space.type, size: size.toString(), powerOfTen: size.toString().length - 1 };
  if (!supernet) return { values: { space: values }, lines: table(rows) };
  const { edges, operations, plainCells: plain } = supernet;
  if (plain !== undefined) {
    const both = `both cells ${formatPower(plain * plain)}`;
    rows.push(['  plain cells', `${formatCount(plain)} = K^(N(N−1)/2), K operations, N nodes; ${both}`]);
  }
  rows.push(
    ['Edges in a cell', String(edges.length)],
    ['Operations on each', `${operations.length}: ${operations.join(', ')}`],
  );
  const more = { edgesPerCell: edges.length, operations, plainCells: plain?.toString() };
  return { values: { space: { ...values, ...more } }, lines: table(rows) };
}

/** What there is to say of the estimator's files, e.g. how much of a table is left out. */
function inspectEstimator(config: Config, space: SearchSpace, folder: string): Report {
  if (usesSupernet(config)) return { values: {}, lines: [] };
  const entry: EstimatorEntry = estimators.find(({ name }) => name === config.estimator.type)!;
  const readFile = (path: string): string => readBeside(folder, path);
  const notices = entry.inspect?.(config.estimator, { space, readFile }) ?? [];
  if (notices.length === 0) return { values: {}, lines: [] };
  const lines = notices.map(({ level, message }) => (level === 'warning' ? `Warning: ${message}` : message));
  return { values: { estimatorNotices: notices }, lines };
}

function inspectSearch(config: Config, space: SearchSpace, frame: NetworkFrame): Report {
  const { strategy, estimator, budget } = config;
  const { height, width, channels } = frame.input;
  if (!usesSupernet(config)) {
    const how = `${strategy.type}, ${formatCount(budget.trials)} trials judged by ${estimator.type}`;
    return {
      values: { strategy: strategy.type, estimator: estimator.type },
      lines: table([['Search', how]]),
    };
  }
  const { parameters, flops } = networkCost(supernetPlan(config, space, frame));
  const { kinds, edges, operations } = space.supernet!;
  const alphas = kinds.length * edges.length * operations.length;
  return {
    values: { strategy: strategy.type, supernet: { parameters, flops, alphas } },
    lines: table([
      ['Search', `${strategy.type}, ${budget.epochs} epochs`],
      ['α', formatCount(alphas)],
      ['Supernet parameters', formatCount(parameters)],
      ['Multiply–accumulates', `${formatCount(flops)} for one image of ${height}×${width}×${channels}`],
    ]),
  };
}
