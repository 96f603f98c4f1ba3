/** The registry of formats that Keras and TensorFlow make in Python; their names are in `names.ts`, too. */
import { slug } from '../../generate/text';
import type { GenotypeFile } from '../../space/genotype';
import type { ConvertedFormatName } from '../names';

export interface ConvertedFormat {
  /** What `nas export --format` takes. */
  readonly id: ConvertedFormatName;
  readonly title: string;
  /** One sentence. */
  readonly description: string;
  /** Whether pictures of the training decide about it. */
  readonly calibrates: boolean;
  /** Always safe as a path. */
  fileName(file: GenotypeFile): string;
}

const named =
  (ending: string) =>
  ({ origin }: GenotypeFile) =>
    `${slug(origin.name, '-')}${ending}`;

export const convertedFormats: readonly ConvertedFormat[] = [
  {
    id: 'keras',
    title: 'Keras',
    description: 'A .keras file: keras.models.load_model.',
    calibrates: false,
    fileName: named('.keras'),
  },
  {
    id: 'litert',
    title: 'LiteRT (TensorFlow Lite)',
    description: 'A .tflite file for phones and small devices, in float32.',
    calibrates: false,
    fileName: named('.tflite'),
  },
  {
    id: 'litert-int8',
    title: 'LiteRT (TensorFlow Lite), 8 bits',
    description: 'A .tflite file with weights and activations of 8 bits: a quarter of the size.',
    calibrates: true,
    fileName: named('-int8.tflite'),
  },
];
