/**
 * Compound scaling (Tan & Le, 2019, section 3.3): depth, width and resolution of a network grow together, by α^φ, β^φ and
 * γ^φ. With α·β²·γ² ≈ 2 a φ one higher takes about twice the multiply–accumulates. Which spaces have networks that can be scaled, their
 * entries say.
 */
import { UserError } from '../errors';
import type { NetworkFrame } from '../space/frame';
import type { Genotype } from '../space/genotype';
import { entryOf, spaceNamed, spaces } from '../space/registry';
import type { SpaceEntry } from '../space/entry';

/** α of depth, β of width, γ of resolution; all at least 1. */
export interface Coefficients {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
}

/** Those found for EfficientNet-B0. */
export const efficientNetCoefficients: Coefficients = { alpha: 1.2, beta: 1.1, gamma: 1.15 };

/** Factors of a network's depth, width and resolution. */
export interface Factors {
  readonly depth: number;
  readonly width: number;
  readonly resolution: number;
}

/** Equation 3. */
export function compoundFactors({ alpha, beta, gamma }: Coefficients, phi: number): Factors {
  return { depth: alpha ** phi, width: beta ** phi, resolution: gamma ** phi };
}

/** @throws UserError for a space whose networks no one has said how to scale */
export function requireScalable(space: string, what: string): void {
  const entry = spaceNamed(space);
  if (entry?.scaled) return;
  const able = (spaces as readonly SpaceEntry[])
    .filter(({ scaled }) => scaled)
    .map(({ name }) => `"${name}"`);
  throw new UserError(
    `${what} the space "${space}"; compound scaling is for ${able.join(', ')}.`,
    entry?.cells
      ? 'Cells are scaled by "cells" and "channels" under "network" in the genotype file.'
      : 'Use a network of a space that can be scaled.',
    'genotype',
  );
}

/**
 * The network with other numbers of layers and channels.
 * @throws UserError for one of a space whose networks cannot be scaled
 */
export function scaleGenotype(genotype: Genotype, factors: Pick<Factors, 'depth' | 'width'>): Genotype {
  requireScalable(genotype.space, 'The network is of');
  return entryOf(genotype).scaled!(genotype, factors) as Genotype;
}

/** The frame with larger images. */
export function scaleFrame({ input, classes }: NetworkFrame, resolution: number): NetworkFrame {
  const side = (pixels: number): number => Math.round(pixels * resolution);
  return { input: { ...input, height: side(input.height), width: side(input.width) }, classes };
}

/** Factor of the multiply–accumulates for each step of φ, as far as rounding allows. */
export function costFactor({ alpha, beta, gamma }: Coefficients): number {
  return alpha * beta ** 2 * gamma ** 2;
}

export interface Grid {
  /** Distance of two values of one coefficient. */
  readonly step: number;
  /** How far α·β²·γ² may be from 2. */
  readonly tolerance: number;
}

/** All coefficients of a grid that about double the cost. */
export function coefficientGrid({ step, tolerance }: Grid = { step: 0.05, tolerance: 0.1 }): Coefficients[] {
  // β and γ are squared, so that none of them passes √(2 + tolerance), and α not 2 + tolerance.
  const values = (limit: number): number[] =>
    Array.from({ length: Math.floor((limit - 1) / step + 1e-9) + 1 }, (_, i) =>
      Number((1 + i * step).toFixed(6)),
    );
  const most = 2 + tolerance;
  return values(most)
    .flatMap((alpha) =>
      values(Math.sqrt(most)).flatMap((beta) =>
        values(Math.sqrt(most)).map((gamma) => ({ alpha, beta, gamma })),
      ),
    )
    .filter((coefficients) => Math.abs(costFactor(coefficients) - 2) <= tolerance + 1e-9);
}

/** A found network at the next size. */
export interface ScaledNetwork {
  readonly coefficients: Coefficients;
  readonly genotype: Genotype;
  readonly frame: NetworkFrame;
}

/**
 * The grid search of step 1: φ = 1, the coefficients whose network scores best. Ties go to the earlier one.
 * @param score of a network, higher is better; asked for each network once, though several coefficients may give it
 */
export async function searchCoefficients(
  genotype: Genotype,
  frame: NetworkFrame,
  score: (network: ScaledNetwork) => number | Promise<number>,
  grid: readonly Coefficients[] = coefficientGrid(),
): Promise<ScaledNetwork & { readonly score: number }> {
  const known = new Map<string, number>();
  let best: (ScaledNetwork & { readonly score: number }) | undefined;
  for (const coefficients of grid) {
    const factors = compoundFactors(coefficients, 1);
    const network = {
      coefficients,
      genotype: scaleGenotype(genotype, factors),
      frame: scaleFrame(frame, factors.resolution),
    };
    const key = JSON.stringify([network.genotype, network.frame]);
    const value = known.get(key) ?? (await score(network));
    known.set(key, value);
    if (!best || value > best.score) best = { ...network, score: value };
  }
  if (!best) throw new RangeError('The grid has no coefficients; use a larger tolerance or a smaller step.');
  return best;
}
