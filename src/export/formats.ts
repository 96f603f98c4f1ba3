/** The registry of formats in which a trained network leaves. A new one is one folder and one line here. */
import type { GenotypeFile } from '../space/genotype';
import { encodeOnnx, type OnnxFileOptions } from './onnx';
import { encodeStateDict } from './pytorch';
import type { TrainedWeights } from './trained';

export type ExportOptions = OnnxFileOptions;

export interface ExportFormat {
  /** What `nas export --format` takes. */
  readonly id: string;
  readonly title: string;
  /** One sentence. */
  readonly description: string;
  /** Whether what it takes and gives can be chosen. */
  readonly hasOptions: boolean;
  /** Always safe as a file name. */
  fileName(file: GenotypeFile): string;
  /** The pieces of the file, in their order. @throws RangeError for weights of another network */
  encode(file: GenotypeFile, trained: TrainedWeights, options: ExportOptions): Uint8Array[];
  /** What is in the file, without a full stop. */
  describe(file: GenotypeFile, options: ExportOptions): string;
}

/** Letters, digits and single hyphens of a name, so that it is a file's everywhere. */
function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^\w]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return plain.slice(0, 60) || 'network';
}

const onnx: ExportFormat = {
  id: 'onnx',
  title: 'ONNX',
  description: 'A file for ONNX Runtime, TensorRT, OpenVINO and other programs that run networks.',
  hasOptions: true,
  fileName: ({ origin }) => `${slug(origin.name)}.onnx`,
  encode: (file, trained, options) => [encodeOnnx(file, trained, options)],
  describe({ network, classNames }, { rawPixels, softmax, batch = 'N' }) {
    const { height, width, channels } = network.input;
    const taken = rawPixels ? 'pixels from 0 to 255' : 'normalized images';
    const given = softmax ? 'probabilities' : 'logits';
    const classes = classNames?.length ?? network.classes;
    return `${taken} [${batch}, ${channels}, ${height}, ${width}] to ${given} [${batch}, ${classes}], float32`;
  },
};

const pytorch: ExportFormat = {
  id: 'pytorch',
  title: 'PyTorch',
  description: 'The state_dict of generated PyTorch code, as safetensors.',
  hasOptions: false,
  fileName: ({ origin }) => `${slug(origin.name)}-torch.safetensors`,
  encode: encodeStateDict,
  describe: () => 'weights and BN statistics by the names of generated PyTorch code, float32',
};

export const exportFormats: readonly ExportFormat[] = [onnx, pytorch];
