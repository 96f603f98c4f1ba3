/** Generated TypeScript as a network that computes: compiled, evaluated, and filled with trained weights. */
import { compileFunction } from 'node:vm';
import { transform } from 'sucrase';
import * as tf from '../backend/tfjsLayers';

/** What every generated module exports. */
export interface GeneratedModule {
  buildModel(options?: { dropPath?: number; cells?: number; inputShape?: (number | null)[] }): tf.LayersModel;
  loadWeights(model: tf.LayersModel, file: Uint8Array): void;
  normalize?(pixels: tf.Tensor4D): tf.Tensor4D;
  classNames?: string[];
  main(): void;
}

/**
 * The module that a text is. It sees the tensor library and nothing else of this process’ modules.
 * @throws SyntaxError or whatever the text throws
 */
export function loadModule(text: string): GeneratedModule {
  const { code } = transform(text, { transforms: ['typescript', 'imports'], disableESTransforms: true });
  const exports = {};
  const evaluate = compileFunction(code, ['exports', 'require']) as (...args: unknown[]) => void;
  evaluate(exports, (name: string) => {
    if (name === '@tensorflow/tfjs') return tf;
    throw new Error(`Generated code imports ${name}.`);
  });
  return exports as GeneratedModule;
}

export class GeneratedNetwork {
  private readonly model: tf.LayersModel;

  /**
   * On the backend that is loaded.
   * @param text generated TypeScript
   * @param weights bytes of a file of \`weights/file.ts\`
   * @throws Error where the text does not compile or does not take the weights
   */
  constructor(text: string, weights: Uint8Array) {
    const { buildModel, loadWeights } = loadModule(text);
    this.model = buildModel();
    loadWeights(this.model, weights);
  }

  /**
   * Logits [b, classes], one image after the other.
   * @param images [b, h, w, c]
   */
  async predict(
    images: Float32Array,
    shape: readonly [number, number, number, number],
  ): Promise<Float32Array> {
    const logits = tf.tidy(() => {
      // At once: what cuts a batch into pieces is the caller.
      return this.model.predict(tf.tensor4d(images, [...shape]), { batchSize: shape[0] }) as tf.Tensor;
    });
    const values = (await logits.data()) as Float32Array;
    logits.dispose();
    return values;
  }
}
