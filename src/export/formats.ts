/** The registry of formats in which a trained network leaves. A new one is one folder, one line here, and its name in `names.ts`. */
import { slug } from '../generate/text';
import type { TrainedWeights } from '../network/trainedWeights';
import type { GenotypeFile } from '../space/genotype';
import type { Exported } from './file';
import type { ExportFormatName } from './names';
import { encodeOnnx, type OnnxFileOptions } from './onnx';
import { encodeStateDict } from './pytorch';
import { encodeGraphModel } from './tfjs';

export type ExportOptions = OnnxFileOptions;

export interface ExportFormat {
  /** What `nas export --format` takes. */
  readonly id: ExportFormatName;
  readonly title: string;
  /** One sentence. */
  readonly description: string;
  /** Which of the options it knows. */
  readonly options: readonly (keyof ExportOptions)[];
  /** With a folder of its own where there are several files; always safe as a path. */
  fileName(file: GenotypeFile): string;
  /** @throws RangeError for weights of another network */
  encode(file: GenotypeFile, trained: TrainedWeights, options: ExportOptions): Exported;
  /** What is in the file, without a full stop. */
  describe(file: GenotypeFile, options: ExportOptions): string;
}

/** What a graph takes and gives. @param order of the sizes of an image */
function graphWords(
  { network, classNames }: GenotypeFile,
  { rawPixels, softmax, batch }: ExportOptions,
  order: 'CHW' | 'HWC',
): string {
  const { height, width, channels } = network.input;
  const size = order === 'CHW' ? [channels, height, width] : [height, width, channels];
  const taken = rawPixels ? 'pixels from 0 to 255' : 'normalized images';
  const given = softmax ? 'probabilities' : 'logits';
  const classes = classNames?.length ?? network.classes;
  const images = batch ?? 'N';
  return `${taken} [${images}, ${size.join(', ')}] to ${given} [${images}, ${classes}], float32`;
}

const onnx: ExportFormat = {
  id: 'onnx',
  title: 'ONNX',
  description: 'For ONNX Runtime, TensorRT, OpenVINO and others.',
  options: ['rawPixels', 'softmax', 'batch'],
  fileName: ({ origin }) => `${slug(origin.name, '-')}.onnx`,
  encode: (file, trained, options) => ({ pieces: [encodeOnnx(file, trained, options)] }),
  describe: (file, options) => graphWords(file, options, 'CHW'),
};

const tfjs: ExportFormat = {
  id: 'tfjs',
  title: 'TensorFlow.js',
  description: 'A graph model for browsers and Node: tf.loadGraphModel.',
  options: ['rawPixels', 'softmax'],
  fileName: ({ origin }) => `${slug(origin.name, '-')}-tfjs/model.json`,
  encode(file, trained, options) {
    const { model, beside } = encodeGraphModel(file, trained, options);
    return { pieces: [model], beside };
  },
  describe: (file, options) => graphWords(file, options, 'HWC'),
};

const pytorch: ExportFormat = {
  id: 'pytorch',
  title: 'PyTorch',
  description: 'The state_dict of generated code, as safetensors.',
  options: [],
  fileName: ({ origin }) => `${slug(origin.name, '-')}-torch.safetensors`,
  encode: (file, trained) => ({ pieces: encodeStateDict(file, trained) }),
  describe: () => 'weights and BN statistics by the names of generated PyTorch code, float32',
};

export const exportFormats: readonly ExportFormat[] = [onnx, tfjs, pytorch];
