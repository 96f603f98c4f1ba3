/** The registry of formats in which a trained network leaves. A new one is one folder, one line here, and its name in `names.ts`. */
import { slug } from '../generate/text';
import type { TrainedWeights } from '../network/trainedWeights';
import type { GenotypeFile } from '../space/genotype';
import type { ExportFormatName } from './names';
import { encodeOnnx, type OnnxFileOptions } from './onnx';
import { encodeStateDict } from './pytorch';

export type ExportOptions = OnnxFileOptions;

export interface ExportFormat {
  /** What `nas export --format` takes. */
  readonly id: ExportFormatName;
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

const onnx: ExportFormat = {
  id: 'onnx',
  title: 'ONNX',
  description: 'A file for ONNX Runtime, TensorRT, OpenVINO and other programs that run networks.',
  hasOptions: true,
  fileName: ({ origin }) => `${slug(origin.name, '-')}.onnx`,
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
  fileName: ({ origin }) => `${slug(origin.name, '-')}-torch.safetensors`,
  encode: encodeStateDict,
  describe: () => 'weights and BN statistics by the names of generated PyTorch code, float32',
};

export const exportFormats: readonly ExportFormat[] = [onnx, pytorch];
