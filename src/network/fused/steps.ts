/**
 * The linear layers of an operation as instructions, forward and backward. Nothing between two layers of a step is kept:
 * readers make the input again, in working memory, from what was kept further up.
 */
import { symmetricPadding } from '../../space/layers';
import type { LayerStructure } from '../structure';
import { Unsupported } from '../unsupported';
import { corner, Geometry, type Bordered } from './images';
import type { Pass } from './pass';
import { shifted, type Place } from './machine/place';
import { lanesOf, type Channels, type Matrix, type WeightStore } from './weightStore';

/** How a layer gets at its input, in the segment being written. */
export interface Reader {
  readonly geometry: Geometry;
  compact(pass: Pass): Place;
  /** With a border of zeros of at least `border` pixels. */
  bordered(pass: Pass, border: number): Bordered;
}

/** Where a layer leaves the gradient of its input. */
export interface Sink {
  compact(pass: Pass): { readonly place: Place; readonly accumulate: boolean };
  /** Added to; may reach into the border. */
  bordered(pass: Pass, border: number): Bordered;
}

export interface Step {
  readonly input: Geometry;
  readonly output: Geometry;
  /** Whether a pointwise product makes the output, so cheap that it is made again instead of kept. */
  readonly isProduct: boolean;
  readonly hasWeights: boolean;
  /** Pixels around its input that it reads. */
  readonly border: number;
  /** @param accumulate add to what is there; only for layers that stand behind several maps */
  forward(pass: Pass, reader: Reader, out: Place, accumulate?: boolean): void;
  /** @param y what `forward` gave @param sink undefined where nobody asks */
  backward(pass: Pass, reader: Reader, y: Place | undefined, dy: Place, sink: Sink | undefined): void;
}

export function geometryOf(shape: { height: number; width: number; channels: number }): Geometry {
  return new Geometry(shape.height, shape.width, shape.channels);
}

/** 1 × 1, stride 1. */
export class Pointwise implements Step {
  readonly isProduct = true;
  readonly hasWeights = true;
  readonly border = 0;

  constructor(
    readonly input: Geometry,
    readonly output: Geometry,
    readonly matrix: Matrix,
  ) {}

  forward(pass: Pass, reader: Reader, out: Place, accumulate = false): void {
    this.multiply(pass, reader.compact(pass), pass.values(this.matrix), out, accumulate);
  }

  /** out (+)= x·w, for a w of the matrix's shape. */
  multiply(pass: Pass, x: Place, w: Place, out: Place, accumulate: boolean): void {
    const { pixels, lanes } = this.input;
    pass.emit('pointwise', { x, w, y: out, pixels, inputs: lanes, outputs: this.output.lanes, accumulate });
  }

  backward(pass: Pass, reader: Reader, _y: Place | undefined, dy: Place, sink: Sink | undefined): void {
    const { pixels, lanes } = this.input;
    if (pass.wanted.weights) {
      const dw = pass.gradientSums(this.matrix);
      const x = reader.compact(pass);
      pass.emit('pointwiseFilterGradient', {
        ...{ x, dy, dw, pixels },
        ...{ inputs: lanes, outputs: this.output.lanes },
      });
    }
    if (!sink) return;
    const { place, accumulate } = sink.compact(pass);
    pass.emit('pointwise', {
      ...{ x: dy, w: pass.transposed(this.matrix), y: place },
      ...{ pixels, inputs: this.output.lanes, outputs: lanes, accumulate },
    });
  }
}

export class Depthwise implements Step {
  readonly isProduct = false;
  readonly hasWeights = true;
  readonly border: number;
  /** Sides of the output, channels, and the filter's window. */
  private readonly shape;

  constructor(
    readonly input: Geometry,
    readonly output: Geometry,
    private readonly matrix: Matrix,
    size: number,
    private readonly stride: number,
    dilation: 1 | 2,
  ) {
    this.border = symmetricPadding(size, dilation);
    const { height, width } = output;
    this.shape = { height, width, channels: input.lanes, size, stride, dilation };
  }

  forward(pass: Pass, reader: Reader, out: Place): void {
    const x = reader.bordered(pass, this.border);
    pass.emit('depthwise', {
      ...{ x: corner(x, this.border, this.input), w: pass.values(this.matrix), y: out },
      ...this.shape,
      ...{ xRow: x.row, yRow: this.output.rowBytes, accumulate: false },
    });
  }

  backward(pass: Pass, reader: Reader, _y: Place | undefined, dy: Place, sink: Sink | undefined): void {
    const { input, output, border: padding, shape } = this;
    if (pass.wanted.weights) {
      const x = reader.bordered(pass, padding);
      const dw = pass.gradientSums(this.matrix);
      pass.emit('depthwiseFilterGradient', {
        ...{ x: corner(x, padding, input), dy, dw },
        ...shape,
        xRow: x.row,
      });
    }
    if (!sink) return;
    if (this.stride === 1) {
      const g = pass.borders.get('gradient', output, padding);
      const { height, width, channels } = shape;
      pass.emit('pad', { x: dy, y: g.inside, height, width, channels, yRow: g.row, relu: false });
      const { place, accumulate } = sink.compact(pass);
      pass.emit('depthwise', {
        ...{ x: corner(g, padding, output), w: pass.turned(this.matrix), y: place },
        ...shape,
        ...{ xRow: g.row, yRow: input.rowBytes, accumulate },
      });
      return;
    }
    const dx = sink.bordered(pass, padding);
    pass.emit('depthwiseScatter', {
      ...{ dx: corner(dx, padding, input), w: pass.values(this.matrix), dy },
      ...shape,
      xRow: dx.row,
    });
  }
}

/** Window of a dense convolution: its size, and by how much it moves. */
export interface Window {
  readonly tall: number;
  readonly wide: number;
  readonly down: number;
  readonly across: number;
}

/** A dense convolution as a product over the pixels under its window; also one of 1 × 1 with stride 2. */
export class Convolution implements Step {
  readonly isProduct = false;
  readonly hasWeights = true;
  readonly border: number;
  /** Sides of the output, channels of the input, and the window. */
  private readonly shape;
  /** Values under the window. */
  private readonly values: number;

  constructor(
    readonly input: Geometry,
    readonly output: Geometry,
    private readonly matrix: Matrix,
    private readonly window: Window,
  ) {
    const { tall, wide } = window;
    this.border = symmetricPadding(Math.max(tall, wide));
    this.values = tall * wide * input.lanes;
    const { height, width } = output;
    this.shape = { height, width, channels: input.lanes, ...window };
  }

  private corner(image: Bordered): Place {
    const { tall, wide } = this.window;
    return corner(image, symmetricPadding(tall), this.input, symmetricPadding(wide));
  }

  private columns(pass: Pass, reader: Reader): Place {
    const x = reader.bordered(pass, this.border);
    const place = pass.program.scratch('columns', 4 * this.output.pixels * this.values);
    pass.emit('columns', { x: this.corner(x), y: place, ...this.shape, xRow: x.row });
    return place;
  }

  forward(pass: Pass, reader: Reader, out: Place, accumulate = false): void {
    const { pixels, lanes } = this.output;
    pass.emit('pointwise', {
      ...{ x: this.columns(pass, reader), w: pass.values(this.matrix), y: out },
      ...{ pixels, inputs: this.values, outputs: lanes, accumulate },
    });
  }

  backward(pass: Pass, reader: Reader, _y: Place | undefined, dy: Place, sink: Sink | undefined): void {
    const { pixels, lanes } = this.output;
    if (pass.wanted.weights) {
      pass.emit('pointwiseFilterGradient', {
        ...{ x: this.columns(pass, reader), dy, dw: pass.gradientSums(this.matrix) },
        ...{ pixels, inputs: this.values, outputs: lanes },
      });
    }
    if (!sink) return;
    const gradient = pass.program.scratch('columns', 4 * pixels * this.values);
    pass.emit('pointwise', {
      ...{ x: dy, w: pass.transposed(this.matrix), y: gradient },
      ...{ pixels, inputs: lanes, outputs: this.values, accumulate: false },
    });
    const dx = sink.bordered(pass, this.border);
    pass.emit('columnsAdd', { dy: gradient, dx: this.corner(dx), ...this.shape, xRow: dx.row });
  }
}

/** One branch of a factorized reduction. */
interface Branch {
  readonly matrix: Matrix;
  /** 1 where the image is moved by a pixel first. */
  readonly moved: 0 | 1;
}

/** Two 1 × 1 convolutions of stride 2 over the even and the odd pixels, side by side (FactorizedReduce of DARTS). */
export class FactorizedReduction implements Step {
  readonly isProduct = false;
  readonly hasWeights = true;
  readonly border = 1;

  constructor(
    readonly input: Geometry,
    readonly output: Geometry,
    private readonly branches: readonly Branch[],
  ) {}

  private pixels(pass: Pass, reader: Reader, { moved }: Branch): Place {
    const { height, width } = this.output;
    const x = reader.bordered(pass, 1);
    const first = shifted(x.inside, moved * (x.row + this.input.pixelBytes));
    const place = pass.program.scratch('columns', this.output.pixels * this.input.pixelBytes);
    pass.emit('subsample', { x: first, y: place, height, width, channels: this.input.lanes, xRow: x.row });
    return place;
  }

  forward(pass: Pass, reader: Reader, out: Place, accumulate = false): void {
    this.branches.forEach((branch, i) => this.addBranch(pass, reader, branch, out, accumulate || i > 0));
  }

  private addBranch(pass: Pass, reader: Reader, branch: Branch, out: Place, accumulate: boolean): void {
    const { pixels, lanes } = this.output;
    pass.emit('pointwise', {
      ...{ x: this.pixels(pass, reader, branch), w: pass.values(branch.matrix), y: out },
      ...{ pixels, inputs: this.input.lanes, outputs: lanes, accumulate },
    });
  }

  backward(pass: Pass, reader: Reader, _y: Place | undefined, dy: Place, sink: Sink | undefined): void {
    const { pixels, lanes, height, width } = this.output;
    const channels = this.input.lanes;
    for (const branch of this.branches) {
      if (pass.wanted.weights) {
        pass.emit('pointwiseFilterGradient', {
          ...{ x: this.pixels(pass, reader, branch), dy, dw: pass.gradientSums(branch.matrix) },
          ...{ pixels, inputs: channels, outputs: lanes },
        });
      }
      if (!sink) continue;
      const gradient = pass.program.scratch('columns', pixels * this.input.pixelBytes);
      pass.emit('pointwise', {
        ...{ x: dy, w: pass.transposed(branch.matrix), y: gradient },
        ...{ pixels, inputs: lanes, outputs: channels, accumulate: false },
      });
      const dx = sink.bordered(pass, 1);
      const first = shifted(dx.inside, branch.moved * (dx.row + this.input.pixelBytes));
      pass.emit('subsampleAdd', { dy: gradient, dx: first, height, width, channels, xRow: dx.row });
    }
  }
}

export class Pool implements Step {
  readonly isProduct = false;
  readonly hasWeights = false;
  readonly border = 0;
  private readonly window;

  constructor(
    readonly input: Geometry,
    readonly output: Geometry,
    private readonly kind: 'maxPool' | 'avgPool',
    size: number,
    stride: number,
  ) {
    const { height, width, lanes } = input;
    this.window = {
      ...{ height, width, channels: lanes, rows: output.height, columns: output.width },
      ...{ size, stride, border: size === 3 ? 1 : 0 },
    };
  }

  forward(pass: Pass, reader: Reader, out: Place): void {
    pass.emit(this.kind, { x: reader.compact(pass), y: out, ...this.window });
  }

  backward(pass: Pass, reader: Reader, y: Place | undefined, dy: Place, sink: Sink | undefined): void {
    if (!sink) return;
    const { place, accumulate } = sink.compact(pass);
    if (!accumulate) pass.emit('clear', { x: place, bytes: this.input.bytes });
    const gradients = { dy, dx: place, ...this.window };
    if (this.kind === 'avgPool') pass.emit('avgPoolGradient', gradients);
    else pass.emit('maxPoolGradient', { x: reader.compact(pass), y: y!, ...gradients });
  }
}

/**
 * The step of a linear layer.
 * @param inputs channels of the layer's input that lie in the map read
 * @param outputs channels of its output that lie in the map written
 * @throws Unsupported for a layer without kernels
 */
export function stepOf(
  structure: LayerStructure,
  inputs: Channels,
  outputs: Channels,
  store: WeightStore,
): Step {
  const { layer, weight, branches } = structure;
  const input = geometryOf({ ...structure.input, channels: inputs.count });
  const output = geometryOf({ ...structure.output, channels: outputs.count });
  switch (layer.kind) {
    case 'conv': {
      const matrix = store.convolution(weight!, inputs, outputs, 0, output.lanes);
      if (layer.kernel === 1 && layer.stride === 1) return new Pointwise(input, output, matrix);
      const { kernel, stride } = layer;
      return new Convolution(input, output, matrix, {
        tall: kernel,
        wide: kernel,
        down: stride,
        across: stride,
      });
    }
    case 'axisConv': {
      const matrix = store.convolution(weight!, inputs, outputs, 0, output.lanes);
      const { kernel, stride } = layer;
      const window =
        layer.axis === 'height'
          ? { tall: kernel, wide: 1, down: stride, across: 1 }
          : { tall: 1, wide: kernel, down: 1, across: stride };
      return new Convolution(input, output, matrix, window);
    }
    case 'depthwise': {
      const { kernel, stride, dilation } = layer;
      return new Depthwise(input, output, store.depthwise(weight!), kernel, stride, dilation);
    }
    case 'maxPool':
    case 'avgPool':
      return new Pool(input, output, layer.kind, layer.kernel, layer.stride);
    case 'parallel':
      return new FactorizedReduction(input, output, branchesOf(branches!, inputs, outputs, store));
    default:
      throw new Unsupported(`a layer "${layer.kind}" here`);
  }
}

/** The part of each branch's columns that falls into the outputs asked for. */
function branchesOf(
  branches: readonly (readonly LayerStructure[])[],
  inputs: Channels,
  outputs: Channels,
  store: WeightStore,
): Branch[] {
  let start = 0;
  return branches.map((layers) => {
    const last = layers.at(-1)!;
    const { layer } = last;
    const moved = layers.length === 2 && layers[0]!.layer.kind === 'shift' ? 1 : 0;
    if (layer.kind !== 'conv' || layer.kernel !== 1 || layer.stride !== 2 || layers.length !== 1 + moved) {
      throw new Unsupported('branches other than those of a factorized reduction');
    }
    const from = Math.max(start, outputs.start);
    const to = Math.min(start + layer.filters, outputs.start + outputs.count);
    const own = { start: Math.max(0, from - start), count: Math.max(0, to - from) };
    const at = Math.max(0, from - outputs.start);
    start += layer.filters;
    return { matrix: store.convolution(last.weight!, inputs, own, at, lanesOf(outputs.count)), moved };
  });
}
