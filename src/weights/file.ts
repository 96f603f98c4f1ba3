/**
 * Trained weights as a safetensors file that generated Keras and TypeScript code load by name: a float32 tensor
 * `LAYER/ROLE` for each of `tensors.ts`, such as `stem.0/kernel`, laid out as TensorFlow has them. What the file says of
 * itself holds the genotype file, so that it is a network by itself.
 */
import { safetensors, safetensorsMetadata } from '../data/arrays/safetensors';
import { valuesOf } from '../data/arrays/storedArray';
import { encodeSafetensors, type FloatTensor } from '../data/arrays/writeSafetensors';
import { broken } from '../data/broken';
import { structureOf } from '../network/structure';
import { fittingStructure, type TrainedWeights } from '../network/trainedWeights';
import { genotypeFileSchema, type GenotypeFile } from '../space/genotype';
import { planNetwork } from '../space/network';
import type { NetworkPlan } from '../space/plan';
import { namedTensors, tensorValues, type NamedTensor } from './tensors';

/** What the file calls its format; the version rises when names or meaning of tensors change. */
const format = 'nas-workbench/weights';
const version = '2';

/** A found network with what it was judged by. */
export interface StoredNetwork extends TrainedWeights {
  readonly file: GenotypeFile;
  readonly plan: NetworkPlan;
}

function nameOf({ path, role }: NamedTensor): string {
  return `${path}/${role}`;
}

/**
 * The pieces of a file.
 * @throws RangeError for weights of another network
 */
export function encodeWeights(file: GenotypeFile, trained: TrainedWeights): Uint8Array[] {
  const structure = fittingStructure(file, trained);
  const tensors: Record<string, FloatTensor> = {};
  for (const tensor of namedTensors(structure, file)) {
    tensors[nameOf(tensor)] = { shape: tensor.shape, values: tensorValues(tensor, trained) };
  }
  return encodeSafetensors(tensors, { format, version, genotype: JSON.stringify(file) });
}

const again = 'Copy the run folder again, or run the search anew.';

/** @throws UserError when the file is damaged, or of another version */
export function readWeightsFile(path: string): StoredNetwork {
  const file = genotypeOf(path);
  const plan = planNetwork(file.genotype, file.network);
  const structure = structureOf(plan);
  const channels = structure.batchNorms.reduce((sum, count) => sum + count, 0);
  const trained = {
    weights: new Float32Array(structure.layout.size),
    statistics: new Float32Array(2 * channels),
  };
  const tensors = safetensors(path);
  for (const tensor of namedTensors(structure, file)) {
    const name = nameOf(tensor);
    const stored = tensors.get(name)?.();
    if (!stored) throw broken(path, `the tensor "${name}" is missing.`, again);
    if (stored.type.name !== 'float32' || stored.shape.join() !== tensor.shape.join()) {
      throw broken(
        path,
        `the tensor "${name}" is not float32 of the shape [${tensor.shape.join(', ')}].`,
        again,
      );
    }
    trained[tensor.of].set(valuesOf(stored), tensor.offset);
  }
  return { file, plan, ...trained };
}

function genotypeOf(path: string): GenotypeFile {
  const metadata = safetensorsMetadata(path);
  if (metadata.format === format && metadata.version === '1')
    throw broken(path, 'it was written by a version of NAS Workbench that named tensors otherwise.', again);
  if (metadata.format !== format || metadata.version !== version) {
    throw broken(path, `its format is not ${format}, version ${version}.`, again);
  }
  try {
    return genotypeFileSchema.parse(JSON.parse(metadata.genotype ?? ''));
  } catch {
    throw broken(path, 'the genotype in it is damaged.', again);
  }
}
