/** `nas scale`: a found network at another size, by compound scaling with given or found coefficients, as a genotype file. */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { requireConfig } from '../config/parse';
import { networkCost } from '../cost/network';
import { UserError } from '../errors';
import { formatCount } from '../format';
import { loadJobData } from '../job/data';
import { prepareJob } from '../job/prepare';
import {
  compoundFactors,
  requireScalable,
  scaleFrame,
  scaleGenotype,
  type Coefficients,
} from '../study/compoundScaling';
import { requireScalingConfig, searchScaling, type JudgedScaling } from '../study/scaling';
import { explainFileError } from '../runs/atomic';
import { genotypeFileSchema, type GenotypeFile } from '../space/genotype';
import { planNetwork } from '../space/network';
import { readText } from './files';
import { interruptible } from './interruptible';
import { engineOptions, type ExitCode, type RunOptions } from './options';
import { progressLine } from './progressLine';

export interface ScaleOptions extends Coefficients, Omit<RunOptions, 'seed' | 'json'> {
  readonly phi: number;
  /** A config, by whose estimator and data α, β and γ are found. */
  readonly search?: string;
  /** Of the grid. */
  readonly step: number;
  readonly force?: boolean;
}

/** @throws UserError for anything but a genotype file of a space whose networks can be scaled */
function readScalable(path: string) {
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${path} is not JSON: ${(error as Error).message}.`,
      'Give a genotype.json.',
      'genotype',
    );
  }
  const parsed = genotypeFileSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue ? `${z.core.toDotPath(issue.path)}: ${issue.message}` : 'unknown';
    throw new UserError(
      `${path} is not a usable genotype file: ${where}.`,
      'Give a genotype.json.',
      'genotype',
    );
  }
  const { genotype } = parsed.data;
  requireScalable(genotype.space, `${path} holds a network of`);
  return { file: parsed.data, genotype };
}

/** The file of the network scaled by α^φ, β^φ, γ^φ. @throws UserError when it is larger than a genotype file may say */
export function scaledFile(path: string, phi: number, coefficients: Coefficients): GenotypeFile {
  const { file, genotype } = readScalable(path);
  const factors = compoundFactors(coefficients, phi);
  const { input, classes } = file.network;
  const scaled = genotypeFileSchema.safeParse({
    ...file,
    genotype: scaleGenotype(genotype, factors),
    network: scaleFrame({ input, classes }, factors.resolution),
    origin: { ...file.origin, name: `${file.origin.name} (φ = ${phi})` },
  });
  if (scaled.success) return scaled.data;
  throw new UserError(
    `With φ = ${phi} the network is too large: ${z.core.toDotPath(scaled.error.issues[0]!.path)}.`,
    'Use a smaller --phi.',
  );
}

/** @throws UserError when the genotype is unusable or the file exists */
export async function scale(source: string, options: ScaleOptions): Promise<ExitCode> {
  const target = options.out ?? source.replace(/(\.json)?$/, `-phi${options.phi}.json`);
  if (existsSync(target) && !options.force) {
    throw new UserError(
      `${target} exists already.`,
      'Choose another file with --out, or replace it with --force.',
    );
  }
  const coefficients = options.search === undefined ? options : await findCoefficients(source, options);
  if (!coefficients) return 130;
  const file = scaledFile(source, options.phi, coefficients);
  try {
    writeFileSync(target, `${JSON.stringify(file, undefined, 2)}\n`);
  } catch (error) {
    throw explainFileError(error, target);
  }
  const { parameters, flops } = networkCost(planNetwork(file.genotype, file.network));
  const { height, width } = file.network.input;
  console.log(target);
  console.log(
    `${formatCount(parameters)} parameters, ${formatCount(flops)} multiply–accumulates at ${height}×${width}`,
  );
  return 0;
}

/**
 * Those whose network at φ = 1 the config's estimator likes best; prints what it says of each.
 * @returns undefined when it was interrupted
 * @throws UserError for a config that does not go with the network
 */
async function findCoefficients(source: string, options: ScaleOptions): Promise<Coefficients | undefined> {
  const { search, step } = options;
  const { file, genotype } = readScalable(source);
  const path = resolve(search!);
  const config = await requireConfig(readText(path), search!);
  const { input, classes } = file.network;
  requireScalingConfig(config, file.network);
  const progress = progressLine();
  const best = await interruptible(progress, async (stopped) => {
    const places = {
      configFolder: dirname(path),
      packedFolder: join(__dirname, 'data'),
      onProgress: (activity: string) => progress.note(activity),
    };
    const sized = (imageSize?: number) => ({ ...config, data: { ...config.data, imageSize } });
    const { space, engine, data } = await prepareJob(sized(), { ...engineOptions(options), ...places });
    const { height, width } = data.input.input;
    return searchScaling({
      ...{ config, space, engine, genotype, step, stopped },
      load: (side) => loadJobData(sized(side), places),
      frame: { input, classes },
      largestSide: Math.min(height, width),
      onProgress: (coefficients, index, of, steps) =>
        progress.show(
          `${formatCoefficients(coefficients)}: network ${index + 1} of ${of} or fewer`,
          `, step ${Math.floor(steps)}`,
        ),
      onNotice: (message) => progress.note(message),
      onFailure: (coefficients, message) => progress.note(`${formatCoefficients(coefficients)}: ${message}`),
      onJudged: (network) => progress.note(formatJudged(network)),
    });
  });
  if (best) console.log(`Best: ${formatJudged(best)}`);
  return best?.coefficients;
}

function formatCoefficients({ alpha, beta, gamma }: Coefficients): string {
  return `α = ${alpha}, β = ${beta}, γ = ${gamma}`;
}

function formatJudged({ coefficients, genotype, frame, score }: JudgedScaling): string {
  const { flops } = networkCost(planNetwork(genotype, frame));
  const judged = Number.isFinite(score) ? `score ${Number(score.toPrecision(4))}` : 'no score';
  return `${formatCoefficients(coefficients)}: ${judged}, ${formatCount(flops)} multiply–accumulates`;
}
