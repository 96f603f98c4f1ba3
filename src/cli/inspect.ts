/** `nas inspect`: the size of a search, or of a found network, from its file alone. */
import { availableParallelism } from 'node:os';
import { listNative } from '../backend/native';
import { networkCost } from '../cost/network';
import { requireConfig } from '../config/parse';
import type { Config } from '../config/schema';
import { dataSets } from '../data/registry';
import { readGenotypeFile } from '../generate/readGenotype';
import { forecastMemory, type MemoryForecast } from '../job/memory';
import { cellSpaceOf, supernetSkeleton } from '../job/plan';
import { planFoundNetwork, planSupernet } from '../space/cell/plan';
import { cellEdges, spaceSize } from '../space/cell/space';
import { formatCell } from '../space/genotype';
import { UserError } from '../errors';
import { formatBytes, formatCount } from '../format';
import { readText } from './files';
import type { ExitCode } from './program';

export function inspect(file: string, options: { readonly json?: boolean }): ExitCode {
  const text = readText(file);
  const report = text.includes('"nas-workbench/genotype"')
    ? inspectGenotype(text, file)
    : inspectConfig(text, file);
  if (options.json) console.log(JSON.stringify(report.values, undefined, 2));
  else console.log(report.lines.join('\n'));
  return 0;
}

interface Report {
  readonly values: Record<string, unknown>;
  readonly lines: readonly string[];
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`);
}

function inspectGenotype(text: string, file: string): Report {
  const { genotype, network } = readGenotypeFile(text, file);
  const { parameters, flops } = networkCost(planFoundNetwork(genotype, network));
  const lines = [
    ...table([
      ['Parameters', formatCount(parameters)],
      ['Multiply–accumulates', formatCount(flops)],
    ]),
    'Normal cell',
    ...formatCell(genotype.normal).map((line) => `  ${line}`),
    'Reduction cell',
    ...formatCell(genotype.reduction).map((line) => `  ${line}`),
  ];
  return { values: { parameters, flops, genotype, network }, lines };
}

function inspectConfig(text: string, file: string): Report {
  const config = requireConfig(text, file);
  const entry = dataSets.find((set) => set.name === config.data.set);
  if (!entry?.shape) {
    throw new UserError(`The shape of the data set "${config.data.set}" is only known once it is loaded.`);
  }
  const { height, width, channels, classes } = entry.shape;
  const side = config.data.imageSize;
  const input = { height: side ?? height, width: side ?? width, channels };
  const space = cellSpaceOf(config);
  const plan = planSupernet(space, supernetSkeleton(config, { input, classes }));
  const { parameters, flops } = networkCost(plan);
  // What `auto` will take unless the set-up turns out not to work; to try it would take seconds.
  const native = listNative().length > 0;
  const backend = config.backend === 'auto' ? (native ? 'tensorflow' : 'wasm') : config.backend;
  const threads = availableParallelism();
  const memory = forecastMemory({ config, set: entry, input: { input, classes }, backend, threads });
  const edges = cellEdges(space.nodes).length;
  const alphas = 2 * edges * space.operations.length;
  const size = spaceSize(space);
  const power = size.toString().length - 1;
  return {
    values: {
      space: { size: size.toString(), powerOfTen: power, edgesPerCell: edges, operations: space.operations },
      supernet: { parameters, flops, alphas },
      memory: { backend, threads, ...memory },
      input,
      classes,
    },
    lines: table([
      ['Genotypes', `${formatCount(size)} (about 10^${power})`],
      ['Edges in a cell', String(edges)],
      ['Operations on each', `${space.operations.length}: ${space.operations.join(', ')}`],
      ['α', formatCount(alphas)],
      ['Supernet parameters', formatCount(parameters)],
      [
        'Multiply–accumulates',
        `${formatCount(flops)} for one image of ${input.height}×${input.width}×${channels}`,
      ],
      ...memoryRows(config, memory, `${backend}, ${threads} threads`),
    ]),
  };
}

function memoryRows(
  { training, final }: Config,
  memory: MemoryForecast | undefined,
  around: string,
): (readonly [string, string])[] {
  if (!memory) return [['Peak memory', 'unknown: the space needs the reference engine']];
  const rows: [string, string][] = [
    ['Peak memory', `about ${formatBytes(memory.peak)}`],
    ['  search', `${formatBytes(memory.search)} at batch ${training.batchSize}`],
  ];
  if (memory.training !== undefined) {
    const found = `up to about ${formatBytes(memory.training)} at batch ${final.batchSize}`;
    rows.push(['  final training', `${found}, depending on what is found`]);
  }
  rows.push(['  around both', `${formatBytes(memory.process)}: ${around}, data`]);
  return rows;
}
