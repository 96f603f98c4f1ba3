/**
 * The weights of a network as the layers of generated code have them: cut out of the flat vector, layer by layer in the
 * order in which the code creates them, which is the order of the plan.
 */
import type { NetworkStructure } from '../network/structure';
import type { Statistics } from '../network/trainableNetwork';
import { momentsOf, requireFitting } from '../network/trainedWeights';

/** Values with a shape, as they travel to other processes. */
export interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Weights of one layer, by their role; kernels of convolutions are [k, k, in, out], of depthwise ones [k, k, in, 1]. */
export type LayerWeights =
  | { readonly kind: 'conv' | 'depthwise'; readonly kernel: Values }
  | { readonly kind: 'linear'; readonly kernel: Values; readonly bias: Values }
  | {
      readonly kind: 'batchNorm';
      readonly scale: Values;
      readonly shift: Values;
      readonly mean: Values;
      readonly variance: Values;
    };

/**
 * @param weights the flat vector that `layout` describes
 * @param statistics means of all BNs one after the other, then their variances
 * @throws RangeError where they are those of another network, or a BN has no scale and shift: generated code has no such
 */
export function layerWeights(
  { layout, batchNorms }: Pick<NetworkStructure, 'layout' | 'batchNorms'>,
  weights: Float32Array,
  statistics: Statistics,
): LayerWeights[] {
  requireFitting({ layout, batchNorms }, { weights, statistics });
  const moments = momentsOf(batchNorms, statistics);
  const layers: LayerWeights[] = [];
  const { parameters } = layout;
  const valuesOf = (index: number): Values => {
    const { shape, offset, size } = parameters[index]!;
    return { shape, values: weights.slice(offset, offset + size) };
  };
  let norms = 0;
  parameters.forEach(({ name, shape }, index) => {
    if (name.endsWith('.scale')) {
      const { mean, variance } = moments[norms++]!;
      // Copies, as of the rest: what travels takes all of its buffer along.
      const own = (values: Float32Array): Values => ({ shape: [values.length], values: values.slice() });
      layers.push({
        kind: 'batchNorm',
        scale: valuesOf(index),
        shift: valuesOf(index + 1),
        mean: own(mean),
        variance: own(variance),
      });
    } else if (name.endsWith('.weight') && shape.length === 2) {
      // Shapes of two numbers are those of linear layers, each followed by its bias.
      layers.push({ kind: 'linear', kernel: valuesOf(index), bias: valuesOf(index + 1) });
    } else if (name.endsWith('.weight')) {
      layers.push({ kind: shape[3] === 1 ? 'depthwise' : 'conv', kernel: valuesOf(index) });
    }
  });
  if (norms !== batchNorms.length) {
    throw new RangeError(`${batchNorms.length} batch normalizations, and ${norms} of them have weights.`);
  }
  return layers;
}
