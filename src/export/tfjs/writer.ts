/**
 * Layers as nodes of a TensorFlow graph, in the JSON of TensorFlow.js' graph models. Values are [N, H, W, C]. Only what every backend
 * computes is used: strides come after or before a padded convolution, never together with a dilation.
 */
import type { LayerStructure, LinearStructure } from '../../network/structure';
import { batchNormEpsilon, symmetricPadding, type Activation, type Gate } from '../../space/layers';
import { GraphWriter, type LayerOf, type Norm } from '../graphWriter';

/** An attribute as protobuf writes it in JSON: numbers of 64 bits are texts, texts are base64. */
type Attribute = object;

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr: Readonly<Record<string, Attribute>>;
}

/** The values of a constant node of the same name. */
export interface GraphConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

const floatType = { type: 'DT_FLOAT' };
const integerType = { type: 'DT_INT32' };
const text = (value: string): Attribute => ({ s: Buffer.from(value).toString('base64') });
const list = (values: readonly number[]): Attribute => ({ list: { i: values.map(String) } });
const flag = (b: boolean): Attribute => ({ b });
const layout = { data_format: text('NHWC') };

interface Window {
  readonly strides?: readonly [height: number, width: number];
  readonly padding: 'SAME' | 'VALID';
}

export class TfjsWriter extends GraphWriter {
  readonly nodes: GraphNode[] = [];
  readonly constants: GraphConstant[] = [];

  protected override input(name: string): void {
    const { height, width, channels } = this.structure.plan.input;
    const dim = [-1, height, width, channels].map((size) => ({ size: String(size) }));
    this.nodes.push({ name, op: 'Placeholder', attr: { dtype: floatType, shape: { shape: { dim } } } });
  }

  protected override normalize(pixels: string, mean: Float32Array, deviation: Float32Array): string {
    const scaled = this.binary('normalize.scale', 'RealDiv', pixels, this.scalar('normalize.255', 255));
    const centred = this.binary('normalize.centre', 'Sub', scaled, this.vector('normalize.mean', mean));
    return this.binary('normalize', 'RealDiv', centred, this.vector('normalize.deviation', deviation));
  }

  protected override softmax(logits: string, name: string): string {
    return this.node(name, 'Softmax', [logits]);
  }

  protected override features(x: string, name: string): string {
    return this.mean(x, name, false);
  }

  protected override means(x: string, name: string): string {
    return this.mean(x, name, true);
  }

  protected override linear({ weight, bias }: LinearStructure, x: string, name: string): string {
    const kernel = this.floats(`${this.pathOf(weight)}/kernel`, this.shape(weight), this.values(weight));
    const attributes = { transpose_a: flag(false), transpose_b: flag(false) };
    return this.biased(this.node(`${name}.product`, 'MatMul', [x, kernel], attributes), bias, name);
  }

  protected override pointwise({ weight, bias }: LinearStructure, x: string, name: string): string {
    const shape = [1, 1, ...this.shape(weight)];
    const kernel = this.floats(`${this.pathOf(weight)}/kernel`, shape, this.values(weight));
    return this.biased(
      this.convolve('Conv2D', x, kernel, `${name}.product`, { padding: 'VALID' }),
      bias,
      name,
    );
  }

  protected override activate(x: string, activation: Activation, name: string): string {
    if (activation === 'relu') return this.node(name, 'Relu', [x]);
    const gate = activation === 'swish' ? 'sigmoid' : 'hard_sigmoid';
    return this.multiply(x, this.gate(x, gate, `${name}.gate`), name);
  }

  /** The hard one is min(max(x + 3, 0), 6) / 6. */
  protected override gate(x: string, gate: Gate, name: string): string {
    if (gate === 'sigmoid') return this.node(name, 'Sigmoid', [x]);
    const moved = this.add(x, this.scalar(`${name}.3`, 3), `${name}.moved`);
    const bounded = this.node(`${name}.bounded`, 'Relu6', [moved]);
    return this.multiply(bounded, this.scalar(`${name}.sixth`, 1 / 6), name);
  }

  protected override multiply(a: string, b: string, name: string): string {
    return this.binary(name, 'Mul', a, b);
  }

  protected override add(a: string, b: string, name: string): string {
    return this.binary(name, 'AddV2', a, b);
  }

  protected override concat(values: readonly string[], name: string): string {
    const axis = this.integers(`${name}.axis`, [], [3]);
    const attributes = { N: { i: String(values.length) }, Tidx: integerType };
    return this.node(name, 'ConcatV2', [...values, axis], attributes);
  }

  protected override convolution(
    { weight }: LayerStructure,
    layer: LayerOf<'conv' | 'axisConv'>,
    x: string,
    name: string,
  ): string {
    const shape = this.shape(weight!);
    const kernel = this.floats(`${this.pathOf(weight!)}/kernel`, shape, this.values(weight!));
    const { stride } = layer;
    const along = (axis: 'height' | 'width') => (layer.kind === 'conv' || layer.axis === axis ? stride : 1);
    if (stride === 1) return this.convolve('Conv2D', x, kernel, name, { padding: 'SAME' });
    // With a stride, SAME would pad an image of even size on two sides only.
    const padded = this.padded(x, [shape[0]!, shape[1]!], name);
    const strides = [along('height'), along('width')] as const;
    return this.convolve('Conv2D', padded, kernel, name, { strides, padding: 'VALID' });
  }

  protected override depthwise(
    { weight }: LayerStructure,
    { kernel: side, stride, dilation }: LayerOf<'depthwise'>,
    x: string,
    name: string,
  ): string {
    const operator = 'DepthwiseConv2dNative';
    const kernel = this.floats(`${this.pathOf(weight!)}/kernel`, this.shape(weight!), this.values(weight!));
    if (stride === 1) return this.convolve(operator, x, kernel, name, { padding: 'SAME' }, dilation);
    // It reads even pixels alone, side by side.
    if (dilation === 2) {
      return this.convolve(operator, this.even(x, `${name}.even`), kernel, name, { padding: 'SAME' });
    }
    const window = { strides: [stride, stride], padding: 'VALID' } as const;
    return this.convolve(operator, this.padded(x, [side, side], name), kernel, name, window);
  }

  protected override batchNorm(
    { path, scale, shift, mean, variance }: Norm,
    x: string,
    name: string,
  ): string {
    const inputs = [
      ...[x, this.vector(`${path}/gamma`, scale), this.vector(`${path}/beta`, shift)],
      ...[this.vector(`${path}/moving_mean`, mean), this.vector(`${path}/moving_variance`, variance)],
    ];
    const attributes = {
      U: floatType,
      epsilon: { f: batchNormEpsilon },
      is_training: flag(false),
      ...layout,
    };
    return this.node(name, 'FusedBatchNormV3', inputs, attributes);
  }

  /** What reaches over the edge is no part of maximum or mean. */
  protected override pool(
    _: LayerStructure,
    { kind, kernel, stride }: LayerOf<'maxPool' | 'avgPool'>,
    x: string,
    name: string,
  ): string {
    const operator = kind === 'maxPool' ? 'MaxPool' : 'AvgPool';
    if (kernel === 2) return this.window(operator, x, name, 2, stride, 'SAME');
    if (stride === 1) return this.window(operator, x, name, kernel, 1, 'SAME');
    return this.even(this.window(operator, x, `${name}.whole`, kernel, 1, 'SAME'), name);
  }

  protected override zeros(x: string, stride: number, name: string): string {
    const seen = stride === 1 ? x : this.even(x, `${name}.even`);
    return this.multiply(seen, this.scalar(`${name}.zero`, 0), name);
  }

  protected override shift({ input }: LayerStructure, x: string, name: string): string {
    const paddings = this.integers(`${name}.paddings`, [4, 2], [0, 0, 0, 1, 0, 1, 0, 0]);
    const padded = this.node(`${name}.pad`, 'Pad', [x, paddings], { Tpaddings: integerType });
    const bounds = [
      this.integers(`${name}.begin`, [4], [0, 1, 1, 0]),
      this.integers(`${name}.end`, [4], [0, input.height + 1, input.width + 1, 0]),
      this.integers(`${name}.strides`, [4], [1, 1, 1, 1]),
    ];
    // Images and channels are left as they are.
    const whole = { i: String(0b1001) };
    const none = { i: '0' };
    return this.node(name, 'StridedSlice', [padded, ...bounds], {
      ...{ Index: integerType, begin_mask: whole, end_mask: whole },
      ...{ ellipsis_mask: none, new_axis_mask: none, shrink_axis_mask: none },
    });
  }

  /** Every second pixel: n become ⌈n / 2⌉. */
  private even(x: string, name: string): string {
    return this.window('MaxPool', x, name, 1, 2, 'VALID');
  }

  private window(
    operator: 'MaxPool' | 'AvgPool',
    x: string,
    name: string,
    side: number,
    stride: number,
    padding: Window['padding'],
  ): string {
    const attributes = {
      ksize: list([1, side, side, 1]),
      strides: list([1, stride, stride, 1]),
      ...{ padding: text(padding), ...layout },
    };
    return this.node(name, operator, [x], attributes);
  }

  private convolve(
    operator: 'Conv2D' | 'DepthwiseConv2dNative',
    x: string,
    kernel: string,
    name: string,
    { strides: [down, across] = [1, 1], padding }: Window,
    dilation = 1,
  ): string {
    return this.node(name, operator, [x, kernel], {
      ...{ strides: list([1, down, across, 1]), dilations: list([1, dilation, dilation, 1]) },
      ...{ padding: text(padding), explicit_paddings: { list: {} }, ...layout },
    });
  }

  /** Zeros on all four sides, half a kernel wide. */
  private padded(x: string, [height, width]: readonly [number, number], name: string): string {
    const [down, across] = [symmetricPadding(height), symmetricPadding(width)];
    if (down === 0 && across === 0) return x;
    const sides = [0, 0, down, down, across, across, 0, 0];
    const paddings = this.integers(`${name}.paddings`, [4, 2], sides);
    return this.node(`${name}.pad`, 'Pad', [x, paddings], { Tpaddings: integerType });
  }

  private mean(x: string, name: string, keeps: boolean): string {
    const axes = this.integers(`${name}.axes`, [2], [1, 2]);
    return this.node(name, 'Mean', [x, axes], { keep_dims: flag(keeps), Tidx: integerType });
  }

  private biased(x: string, bias: number, name: string): string {
    return this.add(x, this.vector(`${this.pathOf(bias)}/bias`, this.values(bias)), name);
  }

  private binary(name: string, op: string, a: string, b: string): string {
    return this.node(name, op, [a, b]);
  }

  private scalar(name: string, value: number): string {
    return this.floats(name, [], Float32Array.of(value));
  }

  private vector(name: string, values: Float32Array): string {
    return this.floats(name, [values.length], values);
  }

  private floats(name: string, shape: readonly number[], values: Float32Array): string {
    return this.constant({ name, shape, values }, floatType);
  }

  private integers(name: string, shape: readonly number[], values: readonly number[]): string {
    return this.constant({ name, shape, values: Int32Array.from(values) }, integerType);
  }

  private constant(constant: GraphConstant, dtype: typeof floatType): string {
    const { name, shape } = constant;
    const dim = shape.map((size) => ({ size: String(size) }));
    // The values are in a file of their own; what is here says the shape.
    const value = { tensor: { dtype: dtype.type, tensorShape: { dim } } };
    this.nodes.push({ name, op: 'Const', attr: { dtype, value } });
    this.constants.push(constant);
    return name;
  }

  private node(name: string, op: string, input: readonly string[], attr: GraphNode['attr'] = {}): string {
    this.nodes.push({ name, op, input, attr: { T: floatType, ...attr } });
    return name;
  }
}
