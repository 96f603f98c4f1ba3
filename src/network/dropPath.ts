/** Drop-path (Larsson et al., 2017): while training, edges of single images are left out at random. */
import type { Random } from '../random';
import type { EdgePlan, NetworkPlan } from '../space/plan';
import type { PathGates } from './trainableNetwork';

/** An identity is never dropped (DARTS): without weights it has nothing to learn from it. */
function isIdentity({ candidates }: EdgePlan): boolean {
  return candidates[0]!.layers.every(({ kind }) => kind === 'identity');
}

/**
 * Draws which edges are left out for which images. What stays is scaled up by 1/(1 − p), so that sums keep their mean.
 * @param probability p of being left out, 0 ≤ p < 1
 * @returns undefined where p is 0; nothing is drawn then
 */
export function drawGates(
  { cells }: NetworkPlan,
  images: number,
  probability: number,
  random: Random,
): PathGates | undefined {
  if (probability === 0) return undefined;
  const keep = 1 - probability;
  return cells.map(({ kind, nodes }) =>
    nodes.flat().map((edge) => {
      if (kind === 'fixed' || isIdentity(edge)) return undefined;
      return Float32Array.from({ length: images }, () => (random.uniform() < keep ? 1 / keep : 0));
    }),
  );
}
