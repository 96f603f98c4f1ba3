/** Layers as nodes of ONNX, with their trained weights. Values are [N, C, H, W]. Sizes are known, so that every padding is a number. */
import type { LayerStructure, LinearStructure } from '../../network/structure';
import { batchNormEpsilon, type Activation, type Gate, symmetricPadding } from '../../space/layers';
import { GraphWriter, type LayerOf, type Norm } from '../graphWriter';
import { outputsFirst } from '../kernels';
import { Graph } from './graph';

export class OnnxWriter extends GraphWriter {
  readonly graph = new Graph();

  protected override input(): void {
    // The graph names what it takes when it is whole.
  }

  protected override normalize(pixels: string, mean: Float32Array, deviation: Float32Array): string {
    const perChannel = (name: string, values: Float32Array): string =>
      this.graph.constant(`normalize.${name}`, [1, values.length, 1, 1], values);
    const scaled = this.graph.node('normalize.scale', 'Div', [
      pixels,
      this.graph.constant('normalize.255', [], Float32Array.of(255)),
    ]);
    const centred = this.graph.node('normalize.centre', 'Sub', [scaled, perChannel('mean', mean)]);
    return this.graph.node('normalize', 'Div', [centred, perChannel('deviation', deviation)]);
  }

  protected override softmax(logits: string, name: string): string {
    return this.graph.node(name, 'Softmax', [logits], { axis: 1 });
  }

  protected override means(x: string, name: string): string {
    return this.graph.node(name, 'GlobalAveragePool', [x]);
  }

  protected override features(x: string, name: string): string {
    return this.graph.node(name, 'Flatten', [this.means(x, `${name}.means`)], { axis: 1 });
  }

  protected override linear({ weight, bias }: LinearStructure, x: string, name: string): string {
    return this.graph.node(name, 'Gemm', [x, this.parameter(weight, 'weight'), this.parameter(bias, 'bias')]);
  }

  protected override pointwise({ weight, bias }: LinearStructure, x: string, name: string): string {
    const kernel = this.kernel(weight, [1, 1, ...this.shape(weight)]);
    return this.graph.node(name, 'Conv', [x, kernel, this.parameter(bias, 'bias')], { kernel_shape: [1, 1] });
  }

  protected override activate(x: string, activation: Activation, name: string): string {
    if (activation === 'relu') return this.graph.node(name, 'Relu', [x]);
    if (activation === 'hard_swish') return this.graph.node(name, 'HardSwish', [x]);
    return this.multiply(x, this.gate(x, 'sigmoid', `${name}.sigmoid`), name);
  }

  protected override gate(x: string, gate: Gate, name: string): string {
    if (gate === 'sigmoid') return this.graph.node(name, 'Sigmoid', [x]);
    return this.graph.node(name, 'HardSigmoid', [x], { alpha: 1 / 6, beta: 0.5 });
  }

  protected override multiply(a: string, b: string, name: string): string {
    return this.graph.node(name, 'Mul', [a, b]);
  }

  protected override add(a: string, b: string, name: string): string {
    return this.graph.node(name, 'Add', [a, b]);
  }

  protected override concat(values: readonly string[], name: string): string {
    return this.graph.node(name, 'Concat', values, { axis: 1 });
  }

  protected override convolution(
    { weight }: LayerStructure,
    layer: LayerOf<'conv' | 'axisConv'>,
    x: string,
    name: string,
  ): string {
    const [height, width] = this.shape(weight!) as [number, number];
    const { stride } = layer;
    const isAlong = (axis: 'height' | 'width') => layer.kind === 'conv' || layer.axis === axis;
    const padding = [height, width].map((side) => symmetricPadding(side));
    return this.graph.node(name, 'Conv', [x, this.kernel(weight!, this.shape(weight!))], {
      kernel_shape: [height, width],
      strides: [isAlong('height') ? stride : 1, isAlong('width') ? stride : 1],
      pads: [...padding, ...padding],
    });
  }

  protected override depthwise(
    { weight, input }: LayerStructure,
    { kernel, stride, dilation }: LayerOf<'depthwise'>,
    x: string,
    name: string,
  ): string {
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

  protected override batchNorm(
    { path, scale, shift, mean, variance }: Norm,
    x: string,
    name: string,
  ): string {
    const own = (kind: string, values: Float32Array): string =>
      this.graph.constant(`${path}.${kind}`, [values.length], values);
    const inputs = [
      ...[x, own('weight', scale), own('bias', shift)],
      ...[own('running_mean', mean), own('running_var', variance)],
    ];
    return this.graph.node(name, 'BatchNormalization', inputs, { epsilon: batchNormEpsilon });
  }

  /** What reaches over the edge is no part of maximum or mean. */
  protected override pool(
    { input }: LayerStructure,
    { kind, kernel, stride }: LayerOf<'maxPool' | 'avgPool'>,
    x: string,
    name: string,
  ): string {
    const ends = kernel === 3 ? [1, 1] : [input.height % 2, input.width % 2];
    const begins = kernel === 3 ? [1, 1] : [0, 0];
    const window = {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [...begins, ...ends],
    };
    if (kind === 'maxPool') return this.graph.node(name, 'MaxPool', [x], window);
    return this.graph.node(name, 'AveragePool', [x], { ...window, count_include_pad: 0 });
  }

  protected override zeros(x: string, stride: number, name: string): string {
    const seen =
      stride === 1
        ? x
        : this.graph.node(`${name}.even`, 'MaxPool', [x], { kernel_shape: [1, 1], strides: [2, 2] });
    return this.multiply(seen, this.graph.constant(`${name}.zero`, [], new Float32Array(1)), name);
  }

  protected override shift(_: LayerStructure, x: string, name: string): string {
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

  /** A parameter as it is. */
  private parameter(index: number, kind: 'weight' | 'bias'): string {
    return this.graph.constant(`${this.pathOf(index)}.${kind}`, this.shape(index), this.values(index));
  }

  /** A kernel, its outputs first. */
  private kernel(index: number, shape: readonly number[]): string {
    const [height, width, inputs, outputs] = shape;
    return this.graph.constant(
      `${this.pathOf(index)}.weight`,
      [outputs!, inputs!, height!, width!],
      outputsFirst(this.values(index), shape),
    );
  }
}
