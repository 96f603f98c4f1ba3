/** From a config to the search that it asks for, and how much work its first part is. */
import type { Config } from '../config/schema';
import type { TrialCosts } from '../cost/trialCosts';
import type { EstimatorContext } from '../estimate/estimator';
import { trainingWork } from '../estimate/networkTrainer';
import { estimatorWork, startEstimator } from '../estimate/startEstimator';
import type { EngineOptions } from '../network/engines';
import { TrialSearch, trialSearchWork } from '../estimate/trialSearch';
import { Random } from '../random';
import { GradientSearch, gradientStepWork } from '../search/gradient/search';
import type { Search } from '../search/process';
import { gradientMethod, strategyNamed } from '../search/strategies';
import type { Proposer, ProposerContext } from '../search/strategy';
import type { Genotype } from '../space/genotype';
import { planNetwork } from '../space/network';
import { baselineGenotype, finalNetwork, supernetPlan } from './plan';
import type { PreparedJob } from './prepare';
import type { ProcessWork } from './work';

export interface SearchOptions extends Pick<PreparedJob, 'space' | 'data' | 'limits'> {
  readonly config: Config;
  readonly engine: EngineOptions;
  /** Text of a file that the config names. @throws UserError when it cannot be read */
  readFile(path: string): string;
}

export function startSearch(options: SearchOptions): Search {
  const { config, space, data, engine, limits } = options;
  const { seed, training, strategy, budget, output } = config;
  const method = gradientMethod(strategy);
  if (method) {
    return new GradientSearch(method, {
      ...{ seed, space, engine, training },
      frame: data.input,
      data: data.search(),
      epochs: budget.epochs,
      logEverySteps: output.logEverySteps,
      ...(limits.names.length > 0 && {
        limits: { allowed: config.limits, costs: (genotype) => limits.costs(genotype) },
      }),
      latency:
        limits.table && ((site) => limits.table!.part({ kind: 'layers', label: site.operation, ...site })),
    });
  }
  const context = estimatorContext(options);
  const costs = (genotype: Genotype): TrialCosts => limits.costs(genotype);
  const { trials } = budget;
  const proposerContext = { space, random: Random.fromSeed(seed, 'strategy'), trials, costs };
  return new TrialSearch({
    ...{ space, trials, costs },
    proposer: createProposer(strategy, proposerContext),
    estimator: startEstimator(config.estimator, context),
    broken: limits.breach,
  });
}

/**
 * How much work the search is that `startSearch` would start, and nothing that computes it.
 * @throws UserError as that
 */
function searchWork(options: Omit<SearchOptions, 'limits'>): ProcessWork {
  const { config, space, data } = options;
  const { strategy, budget, training } = config;
  const method = gradientMethod(strategy);
  if (method) {
    const plan = supernetPlan(config, space, data.input);
    const stepWork = gradientStepWork(plan, method, training.batchSize);
    return { epochs: budget.epochs, stepsPerEpoch: data.searchStepsPerEpoch, stepWork };
  }
  const { trials } = budget;
  const work = estimatorWork(config.estimator, estimatorContext(options));
  const { stepsPerEpoch, stepWork } = trialSearchWork(work, trials);
  return { trials, epochs: trials, stepsPerEpoch, stepWork };
}

/** What the first part of a job will do: its search, or the training of a given architecture. */
export function firstWork(options: Omit<SearchOptions, 'limits'>): ProcessWork {
  const { config, space, data } = options;
  if (!config.architecture) return searchWork(options);
  const plan = planNetwork(baselineGenotype(config, space, 0), finalNetwork(config, data.input));
  const { epochs, batchSize } = config.final;
  return { epochs, stepsPerEpoch: data.trainingStepsPerEpoch, stepWork: trainingWork(plan, batchSize) };
}

/** What estimators of a config work with. */
export function estimatorContext({
  config,
  space,
  data,
  engine,
  readFile,
}: Omit<SearchOptions, 'limits'>): EstimatorContext {
  const { seed, training, budget, output } = config;
  return {
    ...{ seed, space, training, engine, readFile },
    frame: data.input,
    data: data.search(),
    trials: budget.trials,
    epochs: budget.epochs,
    logEverySteps: output.logEverySteps,
  };
}

function createProposer(options: Config['strategy'], context: ProposerContext): Proposer {
  const strategy = strategyNamed(options.type);
  if (strategy.kind !== 'sampling') throw new RangeError(`"${options.type}" is no sampling strategy.`);
  const create = strategy.create as (chosen: Config['strategy'], context: ProposerContext) => Proposer;
  return create(options, context);
}
