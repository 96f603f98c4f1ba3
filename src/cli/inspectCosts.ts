/** Part of `nas inspect`: what drawn architectures cost, while searching and in the end, and how they stand to the limits. */
import type { Config } from '../config/schema';
import { brokenLimits, describeBroken, limitKinds, type LimitName } from '../cost/limits';
import { trialCosts, type TrialCosts } from '../cost/trialCosts';
import { UserError } from '../errors';
import { formatCount } from '../format';
import { JobLimits, jobLimits, reachOfLimits } from '../job/limits';
import { Random } from '../random';
import type { NetworkFrame } from '../space/frame';
import type { Genotype } from '../space/genotype';
import type { SearchSpace } from '../space/searchSpace';
import { grid, type Report, type Row, table } from './report';

/** Architectures drawn to see the range of their costs. */
const drawn = 20;

type CostName = keyof TrialCosts;
const costTitles: Readonly<Record<CostName, string>> = {
  parameters: 'Parameters',
  flops: 'Multiply–accumulates',
  memoryMiB: 'Memory, MiB',
  latencyMs: 'Latency, ms',
};

interface Range {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** @param folder what the latency table's path is relative to */
export function inspectCosts(
  config: Config,
  space: SearchSpace,
  folder: string,
  frame: NetworkFrame,
): Report {
  if (config.architecture) return inspectGiven(config, space, folder, frame);
  const random = Random.fromSeed(config.seed, 'inspect');
  const genotypes = Array.from({ length: drawn }, () => space.sample(random));
  const { limits, final, note } = finalCosts(config, space, folder, frame, genotypes);
  const proxies = genotypes.map((genotype) => trialCosts(space.proxy(genotype, frame)));
  const costs = { draws: drawn, proxy: rangesOf(proxies), final: rangesOf(final) };
  const verdict = inspectLimits(limits, final);
  return {
    values: { costs: { ...costs, note }, ...verdict.values },
    lines: [
      `Costs of ${drawn} architectures drawn at random`,
      ...grid([
        ['', 'least', 'median', 'most'],
        ...rangeLines('while searching', costs.proxy),
        ...rangeLines('final network', costs.final),
      ]).map((line) => `  ${line}`.trimEnd()),
      ...(note ? [`  Latency is unknown: ${note}`] : []),
      ...verdict.lines,
    ],
  };
}

/** The costs of the architecture that a config trains. */
function inspectGiven(config: Config, space: SearchSpace, folder: string, frame: NetworkFrame): Report {
  const given = space.sample(Random.fromSeed(config.seed));
  const { limits, final, note } = finalCosts(config, space, folder, frame, [given]);
  const [costs] = final;
  const broken = brokenLimits(costs!, limits.config.limits);
  return {
    values: { costs: { final: costs, note }, limits: { broken } },
    lines: [
      'Costs of the architecture',
      ...table(
        (Object.keys(costTitles) as CostName[])
          .filter((name) => costs![name] !== undefined)
          .map((name) => [`  ${costTitles[name]}`, number(costs![name]!)]),
      ),
      ...(note ? [`  Latency is unknown: ${note}`] : []),
      ...broken.map((each) => `  Beyond its limit: ${describeBroken(each)}.`),
    ],
  };
}

function number(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : value.toPrecision(3);
}

/** Without latencies where the table is not to be had: that must not hide all the rest. */
function finalCosts(
  config: Config,
  space: SearchSpace,
  folder: string,
  frame: NetworkFrame,
  genotypes: readonly Genotype[],
): { limits: JobLimits; final: TrialCosts[]; note?: string } {
  const costsWith = (limits: JobLimits) => ({
    limits,
    final: genotypes.map((genotype) => limits.costs(genotype)),
  });
  try {
    return costsWith(jobLimits(config, space, folder, frame));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { maxLatencyMs: _, latencyTable: __, ...limits } = config.limits;
    return { ...costsWith(new JobLimits({ ...config, limits }, space, frame)), note: error.message };
  }
}

function rangesOf(all: readonly TrialCosts[]): Partial<Record<CostName, Range>> {
  const names = (Object.keys(costTitles) as CostName[]).filter((name) => all[0]![name] !== undefined);
  return Object.fromEntries(
    names.map((name) => {
      const sorted = all.map((costs) => costs[name]!).sort((a, b) => a - b);
      const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!;
      return [name, { min: at(0), median: at(0.5), max: at(1) }];
    }),
  );
}

function rangeLines(scale: string, ranges: Partial<Record<CostName, Range>>): string[][] {
  return Object.entries(ranges).map(([name, { min, median, max }]) => [
    `${costTitles[name as CostName]}, ${scale}`,
    ...[min, median, max].map(number),
  ]);
}

function inspectLimits(limits: JobLimits, final: readonly TrialCosts[]): Report {
  const { names, config } = limits;
  if (names.length === 0) return { values: {}, lines: [] };
  const meeting = (only: LimitName[]): number =>
    final.filter((costs) => brokenLimits(costs, config.limits).every(({ limit }) => !only.includes(limit)))
      .length;
  const reach = reachOfLimits(limits);
  const each = names.map((limit) => {
    const smallest = reach?.find((known) => known.limit === limit)?.smallest;
    return { limit, allowed: config.limits[limit]!, met: meeting([limit]), smallest };
  });
  const rows = each.map(({ limit, allowed, met, smallest }): Row => {
    const { format } = limitKinds[limit];
    const hopeless = smallest !== undefined && smallest > allowed;
    const least = smallest === undefined ? '' : `; the smallest found has ${format(smallest)}`;
    return [
      `  ${limit}`,
      `${format(allowed)}: met by ${met} of ${drawn}${least}${hopeless ? ', too much' : ''}`,
    ];
  });
  const all = meeting(names);
  const verdict = reach ? 'No network was found that meets all of them.' : 'They can be met.';
  return {
    values: { limits: { each, metByAll: all, reachable: !reach } },
    lines: ['Limits of the final network', ...table(rows), `  ${verdict} All are met by ${all} of ${drawn}.`],
  };
}
