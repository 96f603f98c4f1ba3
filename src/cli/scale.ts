/** `nas scale`: a found MBConv network at another size, by compound scaling, as a genotype file. */
import { existsSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { networkCost } from '../cost/network';
import { UserError } from '../errors';
import { formatCount } from '../format';
import { explainFileError } from '../runs/atomic';
import { genotypeFileSchema, type GenotypeFile } from '../space/genotype';
import { compoundFactors, scaleFrame, scaleGenotype, type Coefficients } from '../space/mbconv/scaling';
import { planNetwork } from '../space/network';
import { readText } from './files';
import type { ExitCode } from './program';

export interface ScaleOptions extends Coefficients {
  readonly phi: number;
  readonly out?: string;
  readonly force?: boolean;
}

/** @throws UserError for anything but a genotype file of inverted residual blocks */
function readMbconv(path: string) {
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
  if (genotype.space === 'mbconv') return { file: parsed.data, genotype };
  throw new UserError(
    `${path} holds a network of the space "${genotype.space}"; compound scaling is for "mbconv".`,
    'Cells are scaled by "cells" and "channels" under "network" in the file.',
    'genotype',
  );
}

/** The file of the network scaled by α^φ, β^φ, γ^φ. @throws UserError when it is larger than a genotype file may say */
export function scaledFile(path: string, { phi, ...coefficients }: ScaleOptions): GenotypeFile {
  const { file, genotype } = readMbconv(path);
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
export function scale(source: string, options: ScaleOptions): ExitCode {
  const file = scaledFile(source, options);
  const target = options.out ?? source.replace(/(\.json)?$/, `-phi${options.phi}.json`);
  if (existsSync(target) && !options.force) {
    throw new UserError(
      `${target} exists already.`,
      'Choose another file with --out, or replace it with --force.',
    );
  }
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
