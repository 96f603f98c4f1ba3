/** The `state_dict` of generated PyTorch code: names as its modules have them, layouts as PyTorch has them. */
import { encodeSafetensors, type FloatTensor } from '../data/arrays/writeSafetensors';
import { fittingStructure, type TrainedWeights } from '../network/trainedWeights';
import type { GenotypeFile } from '../space/genotype';
import { namedTensors, tensorValues, type NamedTensor, type TensorRole } from '../weights/tensors';
import { outputsFirst } from './kernels';

/** What the file calls its format. */
const format = 'pt';

const names: Readonly<Record<TensorRole, string>> = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
};

function turned({ kind, role, shape }: NamedTensor, values: Float32Array): FloatTensor {
  if (role !== 'kernel') return { shape, values };
  // A linear layer is a kernel of one pixel, and a depthwise one reads one channel for each that it gives.
  const [height, width] = shape.length === 4 ? shape : [1, 1];
  const [inputs, outputs] = kind === 'depthwise' ? [1, shape[2]!] : shape.slice(-2);
  const window = kind === 'linear' ? [] : [height!, width!];
  return {
    shape: [outputs!, inputs!, ...window],
    values: outputsFirst(values, [height!, width!, inputs!, outputs!]),
  };
}

/** @throws RangeError for weights of another network */
export function stateDict(file: GenotypeFile, trained: TrainedWeights): Record<string, FloatTensor> {
  const structure = fittingStructure(file, trained);
  return Object.fromEntries(
    namedTensors(structure, file).map((tensor) => [
      `${tensor.path}.${names[tensor.role]}`,
      turned(tensor, tensorValues(tensor, trained)),
    ]),
  );
}

/**
 * A safetensors file of the `state_dict`, with what `safetensors.torch` writes of itself, and the genotype.
 * @returns the pieces of the file
 * @throws RangeError for weights of another network
 */
export function encodeStateDict(file: GenotypeFile, trained: TrainedWeights): Uint8Array[] {
  return encodeSafetensors(stateDict(file, trained), { format, genotype: JSON.stringify(file) });
}
