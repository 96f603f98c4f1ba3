/** Trained networks as graph models of TensorFlow.js: `model.json` and its weights, for `tf.loadGraphModel` alone. */
import { fittingStructure, type TrainedWeights } from '../../network/trainedWeights';
import type { GenotypeFile } from '../../space/genotype';
import type { ExportedFile } from '../file';
import type { GraphOptions } from '../graphWriter';
import { TfjsWriter, type GraphConstant } from './writer';

/** Bytes of a file of weights: what browsers keep in their caches, as in TensorFlow's own converter. */
const shardBytes = 4 * 2 ** 20;

function bytesOf({ values: { buffer, byteOffset, byteLength } }: GraphConstant): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Weights in files of one size, all but the last. */
function shards(constants: readonly GraphConstant[]): ExportedFile[] {
  const all = Buffer.concat(constants.map(bytesOf));
  const count = Math.max(1, Math.ceil(all.length / shardBytes));
  return Array.from({ length: count }, (_, i) => ({
    name: `group1-shard${i + 1}of${count}.bin`,
    pieces: [all.subarray(i * shardBytes, (i + 1) * shardBytes)],
  }));
}

/**
 * The text of `model.json`, and the files of weights beside it.
 * @throws RangeError for weights of another network
 */
export function encodeGraphModel(
  file: GenotypeFile,
  trained: TrainedWeights,
  options: GraphOptions = {},
): { readonly model: string; readonly beside: readonly ExportedFile[] } {
  const structure = fittingStructure(file, trained);
  const writer = new TfjsWriter(structure, trained, file);
  const { input, output } = writer.network(options);
  const { height, width, channels } = structure.plan.input;
  const beside = shards(writer.constants);
  const tensor = (name: string, shape: readonly number[]) => ({
    name: `${name}:0`,
    dtype: 'DT_FLOAT',
    tensorShape: { dim: [-1, ...shape].map((size) => ({ size: String(size) })) },
  });
  const model = {
    format: 'graph-model',
    generatedBy: file.origin.tool,
    convertedBy: null,
    signature: {
      inputs: { [input]: tensor(input, [height, width, channels]) },
      outputs: { [output]: tensor(output, [structure.plan.classes]) },
    },
    userDefinedMetadata: {
      ...(file.classNames && { classes: file.classNames }),
      ...(file.normalization && { normalization: file.normalization }),
      genotype: file,
    },
    modelTopology: { node: writer.nodes, library: {}, versions: { producer: 1882 } },
    weightsManifest: [
      {
        paths: beside.map(({ name }) => name),
        weights: writer.constants.map(({ name, shape, values }) => ({
          ...{ name, shape, dtype: values instanceof Float32Array ? 'float32' : 'int32' },
        })),
      },
    ],
  };
  return { model: JSON.stringify(model), beside };
}
