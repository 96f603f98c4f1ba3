/** The registry of estimators. A new one is an entry file and one line here, and its implementation in `startEstimator.ts`. */
import type * as z from 'zod';
import { asha } from './asha';
import { earlyStopping } from './earlyStopping';
import { predictor } from './predictor';
import { shared } from './shared';
import { table } from './table';
import { training } from './training';
import { zeroCost } from './zeroCost';

export const estimators = [training, earlyStopping, asha, shared, zeroCost, predictor, table] as const;

/** An estimator's section of a config, checked. */
export type EstimatorOptions = z.output<(typeof estimators)[number]['options']>;
export type EstimatorName = EstimatorOptions['type'];
