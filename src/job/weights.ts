/**
 * The weights of a run's found network as a file of its run folder: safetensors with a float32 tensor for every
 * parameter, by the name that it has in the layout, and `NAME.mean` and `NAME.variance` for every batch
 * normalization. What the file says of itself holds the genotype file, so that it is a network by itself.
 */
import { safetensors, safetensorsMetadata } from '../data/arrays/safetensors';
import { valuesOf } from '../data/arrays/storedArray';
import { encodeSafetensors, type FloatTensor } from '../data/arrays/writeSafetensors';
import { broken } from '../data/broken';
import { UserError } from '../errors';
import { structureOf, type NetworkStructure } from '../network/structure';
import type { TrainedWeights } from '../network/trainedWeights';
import { writeAtomically } from '../runs/atomic';
import type { RunFolder } from '../runs/runFolder';
import { genotypeFileSchema, type GenotypeFile } from '../space/genotype';
import { planNetwork } from '../space/network';
import type { NetworkPlan } from '../space/plan';

/** What the file calls its format; the version rises when names or meaning of tensors change. */
const format = 'nas-workbench/weights';
const version = '1';

/** A found network with what it was judged by. */
export interface StoredNetwork extends TrainedWeights {
  readonly file: GenotypeFile;
  readonly plan: NetworkPlan;
}

/** Where a tensor has its values: in the weights, or in the statistics. */
interface Place {
  readonly name: string;
  readonly shape: readonly number[];
  readonly of: 'weights' | 'statistics';
  readonly offset: number;
  readonly size: number;
}

/** @throws RangeError for a batch normalization without scale and shift, which no found network has */
function placesOf({ layout, batchNorms }: Pick<NetworkStructure, 'layout' | 'batchNorms'>): Place[] {
  const scales = layout.parameters.filter(({ name }) => name.endsWith('.scale'));
  if (scales.length !== batchNorms.length) {
    throw new RangeError(
      `${batchNorms.length} batch normalizations, and ${scales.length} of them have weights.`,
    );
  }
  const channels = batchNorms.reduce((sum, count) => sum + count, 0);
  let channel = 0;
  return layout.parameters.flatMap(({ name, shape, offset, size }): Place[] => {
    const own = { name, shape, offset, size, of: 'weights' } as const;
    if (!name.endsWith('.scale')) return [own];
    const moment = (kind: string, start: number): Place => {
      return { name: name.replace(/scale$/, kind), shape, of: 'statistics', offset: start, size };
    };
    const moments = [moment('mean', channel), moment('variance', channels + channel)];
    channel += size;
    return [own, ...moments];
  });
}

/**
 * Writes the weights of the network that a genotype file describes into the run folder.
 * @throws UserError when the file cannot be written
 */
export function writeWeights(folder: RunFolder, file: GenotypeFile, trained: TrainedWeights): void {
  const tensors: Record<string, FloatTensor> = {};
  for (const { name, shape, of, offset, size } of placesOf(
    structureOf(planNetwork(file.genotype, file.network)),
  )) {
    tensors[name] = { shape, values: trained[of].subarray(offset, offset + size) };
  }
  writeAtomically(
    folder.weightsPath,
    encodeSafetensors(tensors, { format, version, genotype: JSON.stringify(file) }),
  );
}

/**
 * The found network of a finished run.
 * @throws UserError when it is not there, with code `no-weights`, or the file is damaged
 */
export function readWeights(folder: RunFolder): StoredNetwork {
  const lack = folder.weightsLack;
  if (lack) throw new UserError(lack.message, lack.hint, 'no-weights');
  const path = folder.weightsPath;
  const file = genotypeOf(path);
  const plan = planNetwork(file.genotype, file.network);
  const { layout, batchNorms } = structureOf(plan);
  const channels = batchNorms.reduce((sum, count) => sum + count, 0);
  const values = { weights: new Float32Array(layout.size), statistics: new Float32Array(2 * channels) };
  const tensors = safetensors(path);
  for (const { name, shape, of, offset } of placesOf({ layout, batchNorms })) {
    const tensor = tensors.get(name)?.();
    if (!tensor) throw broken(path, `the tensor "${name}" is missing.`, again);
    if (tensor.type.name !== 'float32' || tensor.shape.join() !== shape.join()) {
      throw broken(path, `the tensor "${name}" is not float32 of the shape [${shape.join(', ')}].`, again);
    }
    values[of].set(valuesOf(tensor), offset);
  }
  return { file, plan, ...values };
}

const again = 'Copy the run folder again, or run the search anew.';

function genotypeOf(path: string): GenotypeFile {
  const metadata = safetensorsMetadata(path);
  if (metadata.format !== format || metadata.version !== version) {
    throw broken(path, `its format is not ${format}, version ${version}.`, again);
  }
  try {
    return genotypeFileSchema.parse(JSON.parse(metadata.genotype ?? ''));
  } catch {
    throw broken(path, 'the genotype in it is damaged.', again);
  }
}
