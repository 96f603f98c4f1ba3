/** Layers as nodes of ONNX, with their trained weights. Sizes are known, so that every padding is a number. */
import type { LayerStructure, LinearStructure, NetworkStructure } from '../../network/structure';
import {
  batchNormEpsilon,
  type Activation,
  type Gate,
  type Layer,
  symmetricPadding,
} from '../../space/layers';
import { outputsFirst } from '../kernels';
import { type Moments, momentsOf, type TrainedWeights } from '../../network/trainedWeights';
import type { Graph } from './graph';

type KindOf<K extends Layer['kind']> = Extract<Layer, { kind: K }>;

export class LayerWriter {
  private readonly moments: readonly Moments[];

  constructor(
    private readonly graph: Graph,
    private readonly structure: NetworkStructure,
    private readonly trained: TrainedWeights,
  ) {
    this.moments = momentsOf(structure.batchNorms, trained.statistics);
  }

  /** @returns what the last of the layers gives. @param path of the sequence in the network */
  sequence(layers: readonly LayerStructure[], x: string, path: string): string {
    return layers.reduce((value, layer, i) => this.layer(layer, value, `${path}.${i}`), x);
  }

  /** @returns values [N, units] of values [N, inputs] */
  linear({ weight, bias }: LinearStructure, x: string, name: string, output = name): string {
    return this.graph.node(name, 'Gemm', [x, this.parameter(weight), this.parameter(bias)], {}, output);
  }

  activate(x: string, activation: Activation, name: string): string {
    if (activation === 'relu') return this.graph.node(name, 'Relu', [x]);
    if (activation === 'hard_swish') return this.graph.node(name, 'HardSwish', [x]);
    return this.graph.node(name, 'Mul', [x, this.graph.node(`${name}.sigmoid`, 'Sigmoid', [x])]);
  }

  /** Zeros of the shape of x, or of every second of its pixels. */
  zeros(x: string, stride: number, name: string): string {
    const seen =
      stride === 1
        ? x
        : this.graph.node(`${name}.even`, 'MaxPool', [x], { kernel_shape: [1, 1], strides: [2, 2] });
    const zero = this.graph.constant(`${name}.zero`, [], new Float32Array(1));
    return this.graph.node(name, 'Mul', [seen, zero]);
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
        return this.batchNorm(structure, x, name);
      case 'maxPool':
        return this.graph.node(name, 'MaxPool', [x], this.window(structure, layer));
      case 'avgPool':
        return this.graph.node(name, 'AveragePool', [x], {
          ...this.window(structure, layer),
          count_include_pad: 0,
        });
      case 'identity':
        return x;
      case 'squeezeExcite':
        return this.squeezeExcite(structure, layer, x, name);
      case 'zero':
        return this.zeros(x, layer.stride, name);
      case 'shift':
        return this.shift(x, name);
      case 'parallel': {
        const outputs = structure.branches!.map((branch, i) => this.sequence(branch, x, `${name}.${i}`));
        return this.graph.node(name, 'Concat', outputs, { axis: 1 });
      }
    }
  }

  /** The values of a parameter, by its index in the layout. */
  private values(index: number): Float32Array {
    const { offset, size } = this.structure.layout.parameters[index]!;
    return this.trained.weights.subarray(offset, offset + size);
  }

  /** A parameter as it is. */
  private parameter(index: number): string {
    const { name, shape } = this.structure.layout.parameters[index]!;
    return this.graph.constant(name, shape, this.values(index));
  }

  /** A kernel, its outputs first. */
  private kernel(index: number, shape: readonly number[]): string {
    const { name } = this.structure.layout.parameters[index]!;
    const [height, width, inputs, outputs] = shape;
    return this.graph.constant(
      name,
      [outputs!, inputs!, height!, width!],
      outputsFirst(this.values(index), shape),
    );
  }

  private convolution(
    { weight }: LayerStructure,
    layer: KindOf<'conv' | 'axisConv'>,
    x: string,
    name: string,
  ): string {
    const { shape } = this.structure.layout.parameters[weight!]!;
    const [height, width] = shape as [number, number];
    const { stride } = layer;
    const isAlong = (axis: 'height' | 'width') => layer.kind === 'conv' || layer.axis === axis;
    const padding = [height, width].map((side) => symmetricPadding(side));
    return this.graph.node(name, 'Conv', [x, this.kernel(weight!, shape)], {
      kernel_shape: [height, width],
      strides: [isAlong('height') ? stride : 1, isAlong('width') ? stride : 1],
      pads: [...padding, ...padding],
    });
  }

  private depthwise(
    { weight, input }: LayerStructure,
    layer: KindOf<'depthwise'>,
    x: string,
    name: string,
  ): string {
    const { kernel, stride, dilation } = layer;
    const padding = symmetricPadding(kernel, dilation);
    // [k, k, c, 1] is one kernel a channel: [c, 1, k, k].
    return this.graph.node(name, 'Conv', [x, this.kernel(weight!, [kernel, kernel, 1, input.channels])], {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      dilations: [dilation, dilation],
      pads: [padding, padding, padding, padding],
      group: input.channels,
    });
  }

  private batchNorm({ input, batchNorm, scale, shift }: LayerStructure, x: string, name: string): string {
    const { channels } = input;
    const own = (index: number | undefined, kind: string, value: number): string =>
      index === undefined
        ? this.graph.constant(`${name}.${kind}`, [channels], new Float32Array(channels).fill(value))
        : this.parameter(index);
    const { mean, variance } = this.moments[batchNorm!]!;
    const moment = (kind: string, values: Float32Array): string =>
      this.graph.constant(`${name}.${kind}`, [channels], values);
    const inputs = [
      ...[x, own(scale, 'scale', 1), own(shift, 'shift', 0)],
      ...[moment('mean', mean), moment('variance', variance)],
    ];
    return this.graph.node(name, 'BatchNormalization', inputs, { epsilon: batchNormEpsilon });
  }

  /** Window of a pool. What reaches over the edge is no part of maximum or mean. */
  private window({ input }: LayerStructure, { kernel, stride }: KindOf<'maxPool' | 'avgPool'>) {
    const ends = kernel === 3 ? [1, 1] : [input.height % 2, input.width % 2];
    const begins = kernel === 3 ? [1, 1] : [0, 0];
    return { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [...begins, ...ends] };
  }

  private squeezeExcite(
    { squeeze, excite }: LayerStructure,
    { inner, gate }: KindOf<'squeezeExcite'>,
    x: string,
    name: string,
  ): string {
    const mean = this.graph.node(`${name}.mean`, 'GlobalAveragePool', [x]);
    const squeezed = this.pointwise(squeeze!, mean, `${name}.squeeze`);
    const active = this.activate(squeezed, inner, `${name}.${inner}`);
    const excited = this.pointwise(excite!, active, `${name}.excite`);
    return this.graph.node(name, 'Mul', [x, this.gate(excited, gate, `${name}.gate`)]);
  }

  private gate(x: string, gate: Gate, name: string): string {
    if (gate === 'sigmoid') return this.graph.node(name, 'Sigmoid', [x]);
    return this.graph.node(name, 'HardSigmoid', [x], { alpha: 1 / 6, beta: 0.5 });
  }

  /** A linear layer over values [N, C, 1, 1], as a convolution. */
  private pointwise({ weight, bias }: LinearStructure, x: string, name: string): string {
    const { shape } = this.structure.layout.parameters[weight]!;
    const kernel = this.kernel(weight, [1, 1, ...shape]);
    return this.graph.node(name, 'Conv', [x, kernel, this.parameter(bias)], { kernel_shape: [1, 1] });
  }

  /** Moves the image up and left by one pixel; zeros come in. */
  private shift(x: string, name: string): string {
    const integers = (what: string, values: readonly number[]): string =>
      this.graph.constant(`${name}.${what}`, [values.length], BigInt64Array.from(values, BigInt));
    const padded = this.graph.node(`${name}.pad`, 'Pad', [x, integers('pads', [0, 0, 0, 0, 0, 0, 1, 1])]);
    const bounds = [
      integers('starts', [1, 1]),
      integers('ends', [2 ** 31 - 1, 2 ** 31 - 1]),
      integers('axes', [2, 3]),
    ];
    return this.graph.node(name, 'Slice', [padded, ...bounds]);
  }
}
