/** The registry of formats in which a trained network leaves. A new one is one folder and one line here. */
import type { GenotypeFile } from '../space/genotype';
import { encodeOnnx, type OnnxFileOptions, type TrainedWeights } from './onnx';

export type ExportOptions = OnnxFileOptions;

export interface ExportFormat {
  /** What `nas export --format` takes. */
  readonly id: string;
  readonly title: string;
  /** One sentence. */
  readonly description: string;
  /** Always safe as a file name. */
  fileName(file: GenotypeFile): string;
  /** The whole file. @throws RangeError for weights of another network */
  encode(file: GenotypeFile, trained: TrainedWeights, options: ExportOptions): Uint8Array;
  /** What the file takes and gives, without a full stop. */
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
  fileName: ({ origin }) => `${slug(origin.name)}.onnx`,
  encode: encodeOnnx,
  describe({ network, classNames }, { rawPixels, softmax, batch = 'N' }) {
    const { height, width, channels } = network.input;
    const taken = rawPixels ? 'pixels from 0 to 255' : 'normalized images';
    const given = softmax ? 'probabilities' : 'logits';
    const classes = classNames?.length ?? network.classes;
    return `${taken} [${batch}, ${channels}, ${height}, ${width}] to ${given} [${batch}, ${classes}], float32`;
  },
};

export const exportFormats: readonly ExportFormat[] = [onnx];
