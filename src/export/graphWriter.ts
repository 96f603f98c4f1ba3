/**
 * A trained network as a graph, for formats that are one: which layer reads what, as `network/reference/cellNetwork.ts` computes it.
 * What a layer is there, the writer of a format says. Values and nodes go by names.
 */
import type { CellStructure, LayerStructure, LinearStructure, NetworkStructure } from '../network/structure';
import { type Moments, momentsOf, type TrainedWeights } from '../network/trainedWeights';
import { normalizationOf, type GenotypeFile } from '../space/genotype';
import type { Activation, Gate, Layer } from '../space/layers';
import { stateShape } from '../space/plan';
import { namedTensors } from '../weights/tensors';

export type LayerOf<K extends Layer['kind']> = Extract<Layer, { kind: K }>;

/** What a graph takes and gives. */
export interface GraphOptions {
  /** It takes pixels 0 … 255, and normalizes them as the training did. */
  readonly rawPixels?: boolean;
  /** It gives probabilities instead of logits. */
  readonly softmax?: boolean;
}

/** A BN with its values; scale and shift that are not trained are 1 and 0. */
export interface Norm extends Moments {
  /** Name of the layer in generated code. */
  readonly path: string;
  readonly scale: Float32Array;
  readonly shift: Float32Array;
}

export abstract class GraphWriter {
  private readonly moments: readonly Moments[];
  /** Names of layers in generated code, by the index of each of their parameters. */
  private readonly paths: ReadonlyMap<number, string>;

  constructor(
    protected readonly structure: NetworkStructure,
    protected readonly trained: TrainedWeights,
    private readonly file: GenotypeFile,
  ) {
    this.moments = momentsOf(structure.batchNorms, trained.statistics);
    const { parameters } = structure.layout;
    const indices = new Map(parameters.map(({ offset }, index) => [offset, index]));
    this.paths = new Map(
      namedTensors(structure, file).flatMap(({ of, offset, path }) =>
        of === 'weights' ? [[indices.get(offset)!, path] as const] : [],
      ),
    );
  }

  /**
   * Writes the whole network.
   * @returns names of what it takes, images or pixels, and of what it gives, [N, classes]
   * @throws RangeError for a supernet with partial channels: found networks have none
   */
  network({ rawPixels = false, softmax = false }: GraphOptions): { input: string; output: string } {
    const input = rawPixels ? 'pixels' : 'images';
    const { plan, stem, cells, head, hidden, classifier } = this.structure;
    this.input(input);
    let older = this.sequence(stem, rawPixels ? this.normalized(input) : input, 'stem');
    let newer = older;
    cells.forEach((cell, i) => {
      const inputs = [older, newer].slice(-cell.plan.inputs.length);
      [older, newer] = [newer, this.cell(cell, inputs, `cells.${i}`)];
    });
    let features = this.features(this.sequence(head, newer, 'head'), 'features');
    if (hidden) {
      const name = 'hidden.activation';
      features = this.activate(this.linear(hidden, features, 'hidden'), plan.hidden!.activation, name);
    }
    const logits = this.linear(classifier, features, 'logits');
    return { input, output: softmax ? this.softmax(logits, 'probabilities') : logits };
  }

  protected abstract input(name: string): void;
  /** (pixels / 255 − mean) / deviation; both have one value a channel. */
  protected abstract normalize(pixels: string, mean: Float32Array, deviation: Float32Array): string;
  protected abstract softmax(logits: string, name: string): string;
  /** Means over the images, [N, C]. */
  protected abstract features(x: string, name: string): string;
  /** The same, as images of one pixel. */
  protected abstract means(x: string, name: string): string;
  /** [N, units] of [N, inputs]. */
  protected abstract linear(linear: LinearStructure, x: string, name: string): string;
  /** A linear layer over images of one pixel. */
  protected abstract pointwise(linear: LinearStructure, x: string, name: string): string;
  protected abstract activate(x: string, activation: Activation, name: string): string;
  protected abstract gate(x: string, gate: Gate, name: string): string;
  protected abstract multiply(a: string, b: string, name: string): string;
  protected abstract add(a: string, b: string, name: string): string;
  /** Along the channels. */
  protected abstract concat(values: readonly string[], name: string): string;
  protected abstract convolution(
    structure: LayerStructure,
    layer: LayerOf<'conv' | 'axisConv'>,
    x: string,
    name: string,
  ): string;
  protected abstract depthwise(
    structure: LayerStructure,
    layer: LayerOf<'depthwise'>,
    x: string,
    name: string,
  ): string;
  protected abstract batchNorm(norm: Norm, x: string, name: string): string;
  protected abstract pool(
    structure: LayerStructure,
    layer: LayerOf<'maxPool' | 'avgPool'>,
    x: string,
    name: string,
  ): string;
  /** Zeros of the shape of x, or of every second of its pixels. */
  protected abstract zeros(x: string, stride: number, name: string): string;
  /** Moves the image up and left by one pixel; zeros come in. */
  protected abstract shift(structure: LayerStructure, x: string, name: string): string;

  /** The name of the layer that a parameter belongs to, as generated code has it. */
  protected pathOf(index: number): string {
    return this.paths.get(index)!;
  }

  /** Values of a parameter, by its index in the layout. */
  protected values(index: number): Float32Array {
    const { offset, size } = this.structure.layout.parameters[index]!;
    return this.trained.weights.subarray(offset, offset + size);
  }

  protected shape(index: number): readonly number[] {
    return this.structure.layout.parameters[index]!.shape;
  }

  /** @returns what the last of the layers gives. @param path of the sequence in the network */
  private sequence(layers: readonly LayerStructure[], x: string, path: string): string {
    return layers.reduce((value, layer, i) => this.layer(layer, value, `${path}.${i}`), x);
  }

  private normalized(pixels: string): string {
    const { mean, deviation } = normalizationOf(this.file);
    return this.normalize(pixels, Float32Array.from(mean), Float32Array.from(deviation));
  }

  private cell({ plan, preprocess, nodes }: CellStructure, inputs: readonly string[], path: string): string {
    if (plan.partial > 1) throw new RangeError('Only supernets have cells with partial channels.');
    const states = preprocess.map((layers, i) => this.sequence(layers, inputs[i]!, `${path}.preprocess${i}`));
    for (const edges of nodes) {
      const name = `${path}.node${states.length}`;
      const terms = edges.flatMap(({ from, candidates }) =>
        candidates
          .filter(({ zeros }) => !zeros)
          .map(({ operation, layers }) =>
            this.sequence(layers, states[from]!, `${name}.from${from}.${operation}`),
          ),
      );
      if (terms.length === 0) {
        const isHalved = stateShape(plan, states.length).height < plan.entry.height;
        states.push(this.zeros(states[0]!, isHalved ? 2 : 1, name));
      } else {
        const sum = (total: string, term: string, i: number): string =>
          this.add(total, term, i === terms.length - 2 ? name : `${name}.sum${i}`);
        states.push(terms.length === 1 ? terms[0]! : terms.slice(1).reduce(sum, terms[0]!));
      }
    }
    const outputs = plan.concat.map((index) => states[index]!);
    return outputs.length > 1 ? this.concat(outputs, path) : outputs[0]!;
  }

  private layer(structure: LayerStructure, x: string, name: string): string {
    const { layer } = structure;
    switch (layer.kind) {
      case 'relu':
        return this.activate(x, 'relu', name);
      case 'activation':
        return this.activate(x, layer.of, name);
      case 'conv':
      case 'axisConv':
        return this.convolution(structure, layer, x, name);
      case 'depthwise':
        return this.depthwise(structure, layer, x, name);
      case 'batchNorm':
        return this.batchNorm(this.normOf(structure, name), x, name);
      case 'maxPool':
      case 'avgPool':
        return this.pool(structure, layer, x, name);
      case 'identity':
        return x;
      case 'squeezeExcite':
        return this.squeezeExcite(structure, layer, x, name);
      case 'zero':
        return this.zeros(x, layer.stride, name);
      case 'shift':
        return this.shift(structure, x, name);
      case 'parallel': {
        const outputs = structure.branches!.map((branch, i) => this.sequence(branch, x, `${name}.${i}`));
        return this.concat(outputs, name);
      }
    }
  }

  private normOf({ input, batchNorm, scale, shift }: LayerStructure, name: string): Norm {
    const own = (index: number | undefined, value: number): Float32Array =>
      index === undefined ? new Float32Array(input.channels).fill(value) : this.values(index);
    const path = scale === undefined ? name : this.pathOf(scale);
    return { path, scale: own(scale, 1), shift: own(shift, 0), ...this.moments[batchNorm!]! };
  }

  private squeezeExcite(
    { squeeze, excite }: LayerStructure,
    { inner, gate }: LayerOf<'squeezeExcite'>,
    x: string,
    name: string,
  ): string {
    const means = this.means(x, `${name}.means`);
    const squeezed = this.pointwise(squeeze!, means, `${name}.squeeze`);
    const active = this.activate(squeezed, inner, `${name}.${inner}`);
    const excited = this.pointwise(excite!, active, `${name}.excite`);
    return this.multiply(x, this.gate(excited, gate, `${name}.gate`), name);
  }
}
