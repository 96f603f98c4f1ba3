/** From a section of a config to the estimator that it asks for. */
import { EarlyStopping } from './earlyStopping';
import type { Estimator, EstimatorContext, EstimatorWork } from './estimator';
import type { EstimatorName, EstimatorOptions } from './estimators';
import { PredictorEstimator } from './predictorEstimator';
import { SharedWeights, sharedWeightsWork } from './sharedWeights';
import { SuccessiveHalving } from './successiveHalving';
import { TableEstimator } from './tableEstimator';
import { TrainingEstimator, trainToTheEnd } from './trainingEstimator';
import { ZeroCost } from './zeroCostEstimator';

type Implementations = {
  readonly [N in EstimatorName]: (
    options: Extract<EstimatorOptions, { type: N }>,
    context: EstimatorContext,
  ) => Estimator;
};

/** One for each name in the registry. */
const implementations: Implementations = {
  training: ({ epochs }, context) => new TrainingEstimator(context, trainToTheEnd(epochs)),
  early_stopping: (options, context) => new TrainingEstimator(context, new EarlyStopping(options)),
  asha: (options, context) => new TrainingEstimator(context, new SuccessiveHalving(options)),
  shared: (options, context) => new SharedWeights(options, context),
  zero_cost: (options, context) => new ZeroCost(options, context),
  predictor: (options, context) => new PredictorEstimator(options, context),
  table: (options, context) => new TableEstimator(options, context),
};

/** @throws UserError when a file that the section names cannot be used */
export function startEstimator(options: EstimatorOptions, context: EstimatorContext): Estimator {
  const start = implementations[options.type] as (
    chosen: EstimatorOptions,
    context: EstimatorContext,
  ) => Estimator;
  return start(options, context);
}

/**
 * What a search by an estimator is expected to cost, without a network that it would train.
 * @throws UserError when a file that the section names cannot be used
 */
export function estimatorWork(options: EstimatorOptions, context: EstimatorContext): EstimatorWork {
  // All others make networks when they judge the first architecture.
  if (options.type === 'shared') return sharedWeightsWork(options, context);
  const { stepWork, expectedSteps } = startEstimator(options, context);
  return { stepWork, expectedSteps };
}
