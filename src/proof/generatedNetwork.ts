/** Generated TypeScript as a network that computes: compiled, evaluated, and filled with trained weights. */
import { compileFunction } from 'node:vm';
import { transform } from 'sucrase';
import * as tf from '../backend/tfjsLayers';
import type { LayerWeights, Values } from './layerWeights';

/** What every generated module exports. */
export interface GeneratedModule {
  buildModel(options?: { dropPath?: number; cells?: number; inputShape?: (number | null)[] }): tf.LayersModel;
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

/** Weights of a layer in the order in which layers of TensorFlow.js keep them. */
function valuesOf(layer: LayerWeights): Values[] {
  switch (layer.kind) {
    case 'conv':
    case 'depthwise':
      return [layer.kernel];
    case 'linear':
      return [layer.kernel, layer.bias];
    case 'batchNorm':
      return [layer.scale, layer.shift, layer.mean, layer.variance];
  }
}

/**
 * Fills the layers of a model in the order of their creation.
 * @throws Error when their number or a shape does not fit
 */
export function setWeights(model: tf.LayersModel, layers: readonly LayerWeights[]): void {
  const targets = model.layers.filter((layer) => layer.weights.length > 0).sort((a, b) => a.id - b.id);
  if (targets.length !== layers.length) {
    throw new Error(
      `The code makes ${targets.length} layers with weights, the trained network has ${layers.length}.`,
    );
  }
  targets.forEach((target, i) => {
    const tensors = valuesOf(layers[i]!).map(({ values, shape }) => tf.tensor(values, [...shape]));
    target.setWeights(tensors);
    tf.dispose(tensors);
  });
}

export class GeneratedNetwork {
  private readonly model: tf.LayersModel;

  /**
   * On the backend that is loaded.
   * @param text generated TypeScript
   * @throws Error where the text does not compile or does not take the weights
   */
  constructor(text: string, layers: readonly LayerWeights[]) {
    this.model = loadModule(text).buildModel();
    setWeights(this.model, layers);
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
