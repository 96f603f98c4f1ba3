/**
 * Names of the layers that have weights: the paths that modules have in PyTorch, `NAME.1` for the second of a sequence. Code of
 * every framework names them so, and `weights/tensors.ts` the trained weights.
 */
import type { SymbolicLayer } from './symbolic';

/** What follows the name of the whole in the name of one of its layers: `.2`, or nothing. */
export type LayerName = string;

/** The whole is one layer. */
export const ownName: LayerName = '';

/** @param i place of the layer in the sequence */
export function layerName(whole: LayerName, sequence: readonly SymbolicLayer[], i: number): LayerName {
  return sequence.length === 1 ? whole : `${whole}.${i}`;
}

export function branchName(parallel: LayerName, i: number): LayerName {
  return `${parallel}.branches.${i}`;
}

/** Whether there is anything to name. */
export function hasWeights(layers: readonly SymbolicLayer[]): boolean {
  return layers.some((layer) => {
    switch (layer.kind) {
      case 'conv':
      case 'axisConv':
      case 'depthwise':
      case 'batchNorm':
        return true;
      case 'parallel':
        return layer.branches.some(hasWeights);
      default:
        return false;
    }
  });
}
