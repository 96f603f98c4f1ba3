/**
 * The grid search behind `nas scale --search` (Tan & Le, 2019, section 3.3, step 1): which α, β and γ make the best network of about twice
 * the multiply–accumulates, each judged by the config's estimator on images of its own size.
 */
import type { Config } from '../config/schema';
import { UserError } from '../errors';
import { judge } from './judge';
import { startEstimator } from '../estimate/startEstimator';
import type { Genotype } from '../space/genotype';
import type { NetworkFrame } from '../space/frame';
import {
  coefficientGrid,
  requireScalable,
  searchCoefficients,
  type Coefficients,
  type ScaledNetwork,
} from './compoundScaling';
import type { JobData } from '../job/data';
import type { PreparedJob } from '../job/prepare';
import { estimatorContext } from '../job/startSearch';

/** A network of the grid with its score, −∞ where it has none. */
export type JudgedScaling = ScaledNetwork & { readonly score: number };

export interface ScalingSearch extends Pick<PreparedJob, 'space' | 'engine'> {
  readonly config: Config;
  readonly genotype: Genotype;
  /** Of the network at φ = 0. */
  readonly frame: NetworkFrame;
  /** Distance of two values of one coefficient. */
  readonly step: number;
  /** Largest side that the data's images have. */
  readonly largestSide: number;
  /** The data with images of this side. */
  load(side: number): Promise<JobData>;
  stopped(): boolean;
  /** A network is being judged. @param of number of coefficients in the grid */
  onProgress(coefficients: Coefficients, index: number, of: number, steps: number): void;
  /** The estimator has something to say before the first network. */
  onNotice(message: string): void;
  onFailure(coefficients: Coefficients, message: string): void;
  onJudged(network: JudgedScaling): void;
}

/** Estimators that look at nothing but the network and the images. */
const usable = ['training', 'early_stopping', 'zero_cost'] as const;

/** @throws UserError for what the config cannot be used for */
export function requireScalingConfig({ space, estimator }: Config, { input }: NetworkFrame): void {
  requireScalable(space.type, 'The config searches');
  if (!usable.some((name) => name === estimator.type)) {
    throw new UserError(
      `The estimator "${estimator.type}" cannot judge networks outside of the config's space.`,
      `Use one of ${usable.join(', ')}.`,
    );
  }
  if (input.height !== input.width) {
    throw new UserError(
      `The network is for images of ${input.height} × ${input.width}; only square ones can be resized.`,
      'Use a network that was found with data.imageSize.',
    );
  }
}

/** Coefficients of the grid whose images the data has, those of one size one after the other. */
export function scalingGrid(step: number, side: number, largestSide: number): Coefficients[] {
  return coefficientGrid({ step, tolerance: 0.1 })
    .filter(({ gamma }) => Math.round(side * gamma) <= largestSide)
    .sort((a, b) => a.gamma - b.gamma);
}

/**
 * @returns the best, undefined when it was stopped
 * @throws UserError when no coefficients are possible, no network has a score, or the data does not fit the network
 */
export async function searchScaling(search: ScalingSearch): Promise<JudgedScaling | undefined> {
  const { config, genotype, frame, step, largestSide, stopped } = search;
  requireScalingConfig(config, frame);
  const side = frame.input.height;
  const grid = scalingGrid(step, side, largestSide);
  if (grid.length === 0) {
    throw new UserError(
      `No α, β, γ in steps of ${step} double the cost with images of at most ${largestSide} × ${largestSide}.`,
      'Use a smaller --step, or a network for smaller images.',
    );
  }
  let data: JobData | undefined;
  let index = 0;
  const score = async (network: ScaledNetwork): Promise<number> => {
    const { height } = network.frame.input;
    if (stopped()) return -Infinity;
    if (data?.input.input.height !== height) data = await search.load(height);
    requireSameKind(data.input, network.frame);
    const judged = {
      ...network,
      score: (await judgeOne(search, network, data, index++, grid.length)) ?? -Infinity,
    };
    if (!stopped()) search.onJudged(judged);
    return judged.score;
  };
  const best = await searchCoefficients(genotype, frame, score, grid);
  if (stopped()) return undefined;
  if (best.score > -Infinity) return best;
  throw new UserError(
    'None of the scaled networks has a score.',
    'The lines above say why; a smaller training.learningRate may help.',
  );
}

async function judgeOne(
  search: ScalingSearch,
  { coefficients, genotype }: ScaledNetwork,
  data: JobData,
  index: number,
  of: number,
): Promise<number | undefined> {
  const { config, space, engine, stopped } = search;
  const readFile = (): never => {
    throw new RangeError('These estimators read no files.');
  };
  const estimator = startEstimator(
    config.estimator,
    estimatorContext({ config, space, data, engine, readFile }),
  );
  if (index === 0) for (const { message } of estimator.notices ?? []) search.onNotice(message);
  try {
    return await judge(estimator, genotype, index, {
      stopped,
      onSteps: (steps) => search.onProgress(coefficients, index, of, steps),
      onFailure: (message) => search.onFailure(coefficients, message),
    });
  } finally {
    estimator.dispose();
  }
}

function requireSameKind(data: NetworkFrame, network: NetworkFrame): void {
  if (data.input.channels === network.input.channels && data.classes === network.classes) return;
  throw new UserError(
    `The network is for ${network.input.channels} channels and ${network.classes} classes, the config's data has ${data.input.channels} and ${data.classes}.`,
    'Give the config that the network was found with.',
  );
}
