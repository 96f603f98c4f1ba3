/**
 * The hardware limits of a job. All are about one network: the one that is trained and generated in the end, at the scale of
 * the config's `final` section. So an architecture's costs are those of its final network, also where a smaller one stands
 * for it in the search.
 */
import type { Config } from '../config/schema';
import { LatencyTable } from '../cost/latencyTable';
import {
  brokenLimits,
  costOf,
  describeAll,
  excess,
  limitCheck,
  limitKinds,
  limitNames,
  type Breach,
  type BrokenLimit,
  type LimitName,
} from '../cost/limits';
import { smallestFound } from '../cost/smallest';
import { trialCosts, type TrialCosts } from '../cost/trialCosts';
import { UserError } from '../errors';
import { Random } from '../random';
import type { NetworkFrame } from '../space/frame';
import type { Genotype } from '../space/genotype';
import { planNetwork } from '../space/network';
import type { SearchSpace } from '../space/searchSpace';
import { readBeside } from './files';
import { finalNetwork } from './plan';

export class JobLimits {
  /** How costs break the limits; nothing where they are within. */
  readonly breach: (costs: TrialCosts) => Breach | undefined;

  constructor(
    readonly config: Config,
    readonly space: SearchSpace,
    private readonly frame: NetworkFrame,
    readonly table?: LatencyTable,
  ) {
    this.breach = limitCheck(config.limits);
  }

  get names(): LimitName[] {
    return limitNames(this.config.limits);
  }

  /**
   * Of an architecture's final network.
   * @throws UserError when the latency table lacks a part of it
   */
  costs(genotype: Genotype): TrialCosts {
    return trialCosts(planNetwork(genotype, finalNetwork(this.config, this.frame)), this.table);
  }

  broken(genotype: Genotype): BrokenLimit[] {
    return this.names.length > 0 ? brokenLimits(this.costs(genotype), this.config.limits) : [];
  }

  /** How far the architecture is beyond its limits, as `excess` of cost/limits measures it; 0 within them. */
  excess(genotype: Genotype): number {
    return this.names.length > 0 ? excess(this.costs(genotype), this.config.limits) : 0;
  }
}

/**
 * @param configFolder what the table's path is relative to
 * @throws UserError when the latency table is missing, cannot be read or is none
 */
export function jobLimits(
  config: Config,
  space: SearchSpace,
  configFolder: string,
  frame: NetworkFrame,
): JobLimits {
  const { latencyTable, maxLatencyMs } = config.limits;
  if (latencyTable === undefined) {
    if (maxLatencyMs === undefined) return new JobLimits(config, space, frame);
    throw new UserError(
      'limits.maxLatencyMs needs a latency table.',
      'Set limits.latencyTable to a file name and make the table with: nas latency CONFIG',
      'latency-missing',
    );
  }
  const text = readTable(configFolder, latencyTable);
  return new JobLimits(config, space, frame, LatencyTable.parse(text, latencyTable));
}

function readTable(configFolder: string, file: string): string {
  try {
    return readBeside(configFolder, file);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message, 'Make the latency table with: nas latency CONFIG', error.code);
  }
}

/** How small one of the limited costs gets. */
export interface Reach {
  readonly limit: LimitName;
  readonly allowed: number;
  /** The smallest that was found. */
  readonly smallest: number;
}

/**
 * Whether the limits can be met: undefined where an architecture within all of them was found, else how small each of the
 * limited costs gets by itself.
 */
export function reachOfLimits(limits: JobLimits): Reach[] | undefined {
  const { config, space, names } = limits;
  if (names.length === 0) return undefined;
  const random = Random.fromSeed(config.seed, 'limits');
  if (smallestFound(space, (genotype) => limits.excess(genotype), random, 1).value <= 1) return undefined;
  return names.map((limit) => {
    const cost = (genotype: Genotype): number => costOf(limits.costs(genotype), limit);
    return { limit, allowed: config.limits[limit]!, smallest: smallestFound(space, cost, random).value };
  });
}

/**
 * Before a search starts.
 * @returns what to warn of: each limit can be met, but no architecture was found that meets all
 * @throws UserError when no architecture of the space meets one of the limits, with the smallest that it has
 */
export function requireReachable(limits: JobLimits): string | undefined {
  const reach = reachOfLimits(limits);
  if (!reach) return undefined;
  const hopeless = reach.filter(({ smallest, allowed }) => smallest > allowed);
  if (hopeless.length > 0) {
    const sentences = hopeless.map(
      ({ limit, allowed, smallest }) =>
        `No network of this space was found within limits.${limit} (${allowed.toLocaleString('en-US')}): the smallest has ${limitKinds[limit].format(smallest)}.`,
    );
    throw new UserError(
      sentences.join(' '),
      'Raise the limit, or make the final network smaller: final.cells, final.channels, or cheaper operations.',
      'limit-unreachable',
    );
  }
  return `Each limit can be met by itself, but no network was found that meets all of them: ${names(reach)}.`;
}

/**
 * Before a given architecture is trained.
 * @throws UserError when it breaks a limit
 */
export function requireWithin(genotype: Genotype, limits: JobLimits): void {
  const broken = limits.broken(genotype);
  if (broken.length === 0) return;
  throw new UserError(
    `The architecture has ${describeAll(broken)}.`,
    'Raise the limit or leave it out, or make the network smaller: final.cells, final.channels.',
    'limit-unreachable',
  );
}

function names(reach: readonly Reach[]): string {
  return reach.map(({ limit }) => limit).join(', ');
}

/** What a search stands for at the end of an epoch. */
export interface Candidate {
  readonly genotype: Genotype;
  readonly epoch: number;
}

export interface Answer extends Candidate {
  /** Said where it is not the first candidate, or breaks a limit. */
  readonly notice?: string;
}

/**
 * The first candidate within the limits, or where there is none the nearest: the one whose worst cost is the smallest multiple
 * of its limit.
 * @param candidates best first; at least one
 */
export function chooseAnswer(candidates: readonly Candidate[], limits: JobLimits): Answer {
  const [first] = candidates;
  const fitting = candidates.find(({ genotype }) => limits.broken(genotype).length === 0);
  if (fitting === first) return first!;
  if (fitting) {
    const broken = describeAll(limits.broken(first!.genotype));
    const notice = `The network found last has ${broken}. Instead of it, that of epoch ${fitting.epoch + 1} is taken, the newest within the limits.`;
    return { ...fitting, notice };
  }
  const excesses = candidates.map(({ genotype }) => limits.excess(genotype));
  const nearest = candidates[excesses.indexOf(Math.min(...excesses))]!;
  const broken = describeAll(limits.broken(nearest.genotype));
  return {
    ...nearest,
    notice: `No network that this search came by is within the limits. The nearest is that of epoch ${nearest.epoch + 1}: it has ${broken}.`,
  };
}
