/** What a run writes about itself: its first event, `genotype.json` and `result.json`. */
import { networkCost } from '../cost/network';
import type { RunEventBody, RunEventOf } from '../protocol/events';
import type { RunConfig, RunResult } from '../runs/runFolder';
import { planFoundNetwork, planSupernet } from '../space/cell/plan';
import { cellEdges, spaceSize } from '../space/cell/space';
import type { Genotype, GenotypeFile } from '../space/genotype';
import type { JobData } from './data';
import { brokenLimits, cellSpaceOf, finalSkeleton, supernetSkeleton } from './plan';

/** The first event of a run. */
export function describeRun(run: RunConfig, data: JobData, backend: string): RunEventBody {
  const { config } = run;
  const space = cellSpaceOf(config);
  const { parameters, flops } = networkCost(planSupernet(space, supernetSkeleton(config, data.input)));
  return {
    type: 'run',
    runId: run.runId,
    name: run.name,
    tool: run.tool,
    backend,
    seed: config.seed,
    strategy: config.strategy.type,
    data: config.data.set,
    space: { ...space, operations: [...space.operations], size: spaceSize(space).toString() },
    epochs: config.budget.epochs,
    stepsPerEpoch: data.searchStepsPerEpoch,
    warmupEpochs: config.strategy.warmupEpochs,
    images: data.images,
    supernet: { parameters, flops, alphas: 2 * cellEdges(space.nodes).length * space.operations.length },
  };
}

/** `genotype.json` as of one epoch of the search. */
export function genotypeFile(
  run: RunConfig,
  data: JobData,
  backend: string,
  genotype: Genotype,
  epoch: number,
): GenotypeFile {
  const { config, name, runId, tool, createdAt } = run;
  return {
    format: 'nas-workbench/genotype',
    version: 1,
    genotype,
    network: finalSkeleton(config, data.input),
    normalization: data.normalization,
    classNames: data.classNames,
    origin: {
      name,
      runId,
      strategy: config.strategy.type,
      data: config.data.set,
      seed: config.seed,
      epoch,
      backend,
      createdAt,
      tool,
    },
  };
}

/** `result.json` of a run whose networks are all judged. */
export function runResult(
  run: RunConfig,
  data: JobData,
  backend: string,
  genotype: Genotype,
  networks: readonly RunEventOf<'network'>[],
): RunResult {
  const cost = networkCost(planFoundNetwork(genotype, finalSkeleton(run.config, data.input)));
  const judged = networks.map(({ phase, genotype: g, parameters, flops, testLoss, testAccuracy }) => ({
    phase,
    network: { genotype: g, parameters, flops, testLoss, testAccuracy },
  }));
  return {
    format: 'nas-workbench/result',
    version: 1,
    runId: run.runId,
    genotype,
    parameters: cost.parameters,
    flops: cost.flops,
    found: judged.find(({ phase }) => phase === 'final')?.network,
    random: judged.filter(({ phase }) => phase === 'baseline').map(({ network }) => network),
    brokenLimits: brokenLimits(run.config, cost),
    backend,
    finishedAt: new Date().toISOString(),
  };
}

/** One sentence for each limit that the found network breaks. */
export function limitNotices(result: RunResult): string[] {
  return result.brokenLimits.map((broken) => `The found network has ${broken}.`);
}
