/**
 * Sharpness of the validation loss in the architecture parameters: the dominant eigenvalue of ∇²α L_val, whose growth
 * announces the collapse of DARTS (Zela et al., 2020, section 4).
 */
import type { Random } from '../../random';

/** Half the step of the central difference that stands for a product with the Hessian. */
const reach = 0.02;
const mostRounds = 20;
/** The Rayleigh quotient has settled when a round changes it by less than this share. */
const tolerance = 0.01;

/**
 * Power iteration with Hessian-vector products from differences of gradients.
 * @param point where; not changed
 * @param gradient ∇α L_val at any point
 * @returns the eigenvalue of largest magnitude; undefined when interrupted
 */
export async function dominantEigenvalue(
  point: ArrayLike<number>,
  gradient: (point: number[]) => Promise<readonly number[]>,
  random: Random,
  interrupted: () => boolean,
): Promise<number | undefined> {
  const start = Array.from(point);
  let direction = unit(start.map(() => random.normal()));
  let value = 0;
  for (let round = 0; round < mostRounds; round++) {
    const at = async (step: number): Promise<readonly number[] | undefined> =>
      interrupted() ? undefined : gradient(start.map((x, i) => x + step * direction[i]!));
    const above = await at(reach);
    const below = await at(-reach);
    if (!above || !below) return undefined;
    const product = above.map((g, i) => (g - below[i]!) / (2 * reach));
    const before = value;
    value = product.reduce((sum, x, i) => sum + x * direction[i]!, 0);
    if (product.every((x) => x === 0)) return 0;
    if (round > 0 && Math.abs(value - before) < tolerance * Math.abs(value)) return value;
    direction = unit(product);
  }
  return value;
}

function unit(vector: readonly number[]): number[] {
  const norm = Math.hypot(...vector);
  return vector.map((x) => x / norm);
}
