/** What a run writes about itself: its first event, `genotype.json` and `result.json`. */
import { givenFile } from '../config/architecture';
import type { Config } from '../config/schema';
import { describeBroken } from '../cost/limits';
import { networkCost } from '../cost/network';
import { testScoreOf, type RunEventBody, type RunEventOf } from '../protocol/events';
import type { RunState } from '../protocol/runState';
import { judge } from '../protocol/verdict';
import type { RunConfig, RunResult } from '../runs/runFolder';
import { planNetwork } from '../space/network';
import { entryOf } from '../space/registry';
import type { NetworkFrame } from '../space/frame';
import type { Genotype, GenotypeFile } from '../space/genotype';
import type { SearchSpace } from '../space/searchSpace';
import { finalNetwork, gradientMethodOf, supernetPlan, usesSupernet } from './plan';
import type { PreparedJob } from './prepare';

/** The first event of a run. */
export function describeRun(run: RunConfig, { space, data, engine }: PreparedJob): RunEventBody {
  const { config } = run;
  const { supernet } = space;
  const gradient = usesSupernet(config);
  const samples = !gradient && !config.architecture;
  return {
    type: 'run',
    runId: run.runId,
    name: run.name,
    tool: run.tool,
    engine: engine.description,
    seed: config.seed,
    ...(config.architecture && { task: 'training' as const }),
    strategy: config.strategy.type,
    data: config.data.set,
    space: {
      type: space.type,
      size: space.size.toString(),
      operations: [...(supernet?.operations ?? [])],
      edges: [...(supernet?.edges ?? [])],
      inputs: entryOf(config.space).cells?.inputs ?? 0,
      inputsPerNode: supernet?.inputsPerNode ?? 0,
    },
    estimator: samples ? config.estimator.type : undefined,
    trials: samples ? config.budget.trials : 0,
    epochs: config.architecture ? 0 : config.budget.epochs,
    stepsPerEpoch: data.searchStepsPerEpoch,
    warmupEpochs: gradientMethodOf(config)?.warmupEpochs ?? 0,
    images: data.images,
    classes: data.classes,
    ...(config.score !== 'accuracy' && { score: { name: config.score, blind: data.blindScore } }),
    supernet: gradient ? describeSupernet(config, space, data.input) : undefined,
  };
}

function describeSupernet(
  config: Config,
  space: SearchSpace,
  frame: NetworkFrame,
): RunEventOf<'run'>['supernet'] {
  const { parameters, flops } = networkCost(supernetPlan(config, space, frame));
  const { kinds, edges, operations } = space.supernet!;
  return { parameters, flops, alphas: kinds.length * edges.length * operations.length };
}

/** `genotype.json` as of one epoch of the search. */
export function genotypeFile(
  run: RunConfig,
  { data, engine }: PreparedJob,
  genotype: Genotype,
  epoch: number,
): GenotypeFile {
  const { config, name, runId, tool, createdAt } = run;
  return {
    format: 'nas-workbench/genotype',
    version: 1,
    genotype,
    network: finalNetwork(config, data.input),
    normalization: data.normalization,
    classNames: data.classNames,
    ...(data.finalClassWeights && { classWeights: data.finalClassWeights }),
    origin: {
      name,
      runId,
      strategy: config.strategy.type,
      data: config.data.set,
      seed: config.seed,
      epoch,
      unit: usesSupernet(config) ? 'epoch' : 'trial',
      ...foundBy(config),
      engine: engine.description,
      createdAt,
      tool,
    },
  };
}

/** Where the search was another's: who found the architecture, and when in that search. */
function foundBy(config: Config): Partial<GenotypeFile['origin']> {
  const given = givenFile(config);
  if (!given) return {};
  const { strategy, epoch, unit } = given.origin;
  return { strategy, epoch, unit };
}

/** `result.json` of a run whose networks are all judged. */
export function runResult(
  run: RunConfig,
  { data, engine, limits }: PreparedJob,
  genotype: Genotype,
  state: RunState,
  weights: RunResult['weights'],
): RunResult {
  const cost = networkCost(planNetwork(genotype, finalNetwork(run.config, data.input)));
  const judged = state.networks.map(({ phase, genotype: g, ...network }) => {
    const { parameters, flops, testLoss, testAccuracy, report } = network;
    const testScore = testScoreOf(network);
    return { phase, network: { genotype: g, parameters, flops, testLoss, testAccuracy, testScore, report } };
  });
  return {
    format: 'nas-workbench/result',
    version: 1,
    runId: run.runId,
    genotype,
    score: run.config.score,
    parameters: cost.parameters,
    flops: cost.flops,
    found: judged.find(({ phase }) => phase === 'final')?.network,
    proof: state.proof,
    weights,
    random: judged.filter(({ phase }) => phase === 'baseline').map(({ network }) => network),
    verdict: judge(state),
    brokenLimits: limits.broken(genotype).map(describeBroken),
    engine: engine.description,
    finishedAt: new Date().toISOString(),
  };
}
