/** `nas inspect`: the size of a search, or of a found network, from its file alone. */
import { networkCost, supernetMemory } from '../cost/network';
import { requireConfig } from '../config/parse';
import { dataSets } from '../data/registry';
import { readGenotypeFile } from '../generate/readGenotype';
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
  const memory = supernetMemory(plan, config.training.batchSize);
  const edges = cellEdges(space.nodes).length;
  const alphas = 2 * edges * space.operations.length;
  const size = spaceSize(space);
  const power = size.toString().length - 1;
  return {
    values: {
      space: { size: size.toString(), powerOfTen: power, edgesPerCell: edges, operations: space.operations },
      supernet: { parameters, flops, alphas, trainingMemoryBytes: memory },
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
      ['Memory of a step', `about ${formatBytes(memory)} at batch ${config.training.batchSize}`],
    ]),
  };
}
