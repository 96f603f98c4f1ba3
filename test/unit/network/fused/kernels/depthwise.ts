/** Depthwise convolution and its gradients; images lie in a border. */
import { describeSize, Framed, from, pixelsOf, sizes, type Case, type KernelBench, type Size } from './bench';

interface Filter {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
}

const filters: readonly Filter[] = [
  { size: 1, stride: 1, dilation: 1 },
  { size: 3, stride: 1, dilation: 1 },
  { size: 3, stride: 2, dilation: 2 },
  { size: 5, stride: 1, dilation: 2 },
  { size: 5, stride: 2, dilation: 1 },
  { size: 7, stride: 1, dilation: 1 },
];

/** Where the parts of a convolution lie. */
class Setting {
  readonly padding: number;
  readonly output: Size;
  readonly image: Framed;

  constructor(
    readonly input: Size,
    readonly filter: Filter,
  ) {
    const { size, stride, dilation } = filter;
    this.padding = (dilation * (size - 1)) / 2;
    this.output = {
      height: Math.ceil(input.height / stride),
      width: Math.ceil(input.width / stride),
      channels: input.channels,
    };
    // Wider than needed, as where several layers read one image.
    this.image = new Framed(input, this.padding + 1);
  }

  get numbers() {
    return { ...this.output, ...this.filter, xRow: 4 * this.image.row };
  }

  /** First tap of the first output. */
  get start(): number {
    return this.image.at(-this.padding, -this.padding);
  }

  /** Calls back for all products of a convolution with the positions of output, input and weight. */
  each(visit: (y: number, x: number, w: number) => void): void {
    const { channels, width } = this.output;
    const { size, stride, dilation } = this.filter;
    for (const [i, j] of pixelsOf(this.output)) {
      for (const [ky, kx] of pixelsOf({ height: size, width: size })) {
        const row = i * stride + ky * dilation - this.padding;
        const column = j * stride + kx * dilation - this.padding;
        for (let c = 0; c < channels; c++) {
          visit(
            (i * width + j) * channels + c,
            this.image.at(row, column) + c,
            (ky * size + kx) * channels + c,
          );
        }
      }
    }
  }

  get outputs(): number {
    return this.output.height * this.output.width * this.output.channels;
  }

  get weights(): number {
    return this.filter.size ** 2 * this.input.channels;
  }
}

function cases(kernel: Case['kernel'], run: (bench: KernelBench, setting: Setting) => void): Case[] {
  return sizes.flatMap((input) =>
    filters.map((filter) => ({
      kernel,
      title: `${describeSize(input)}, ${filter.size}×${filter.size}, stride ${filter.stride}, dilation ${filter.dilation}`,
      run: (bench: KernelBench) => run(bench, new Setting(input, filter)),
    })),
  );
}

function convolve(accumulate: number) {
  return (bench: KernelBench, setting: Setting): void => {
    const { output, image } = setting;
    const x = bench.distinct(image.count);
    const w = bench.distinct(setting.weights);
    // The output, too, may lie in a border.
    const target = new Framed(output, 1);
    const y = bench.distinct(target.count);
    const place = (at: number): number => {
      const pixel = Math.floor(at / output.channels);
      const column = pixel % output.width;
      return target.at((pixel - column) / output.width, column) + (at % output.channels);
    };
    const expected = [...y.values];
    if (!accumulate) for (let at = 0; at < setting.outputs; at++) expected[place(at)] = 0;
    setting.each((to, xAt, wAt) => (expected[place(to)]! += x.values[xAt]! * w.values[wAt]!));
    const operands = { x: from(x, setting.start), w, y: from(y, target.at(0, 0)) };
    const numbers = { ...setting.numbers, yRow: 4 * target.row, accumulate };
    bench.check('depthwise', operands, numbers, { y: expected });
  };
}

export const depthwiseCases: Case[] = [
  ...cases('depthwise', convolve(0)),
  ...cases('depthwise', convolve(1)).map((test) => ({ ...test, title: `${test.title}, added` })),
  ...cases('depthwiseFilterGradient', (bench, setting) => {
    const x = bench.distinct(setting.image.count);
    const dy = bench.distinct(setting.outputs);
    const dw = bench.distinct(setting.weights);
    const expected = [...dw.values];
    setting.each((y, xAt, w) => (expected[w]! += x.values[xAt]! * dy.values[y]!));
    const operands = { x: from(x, setting.start), dy, dw };
    bench.check('depthwiseFilterGradient', operands, setting.numbers, { dw: expected });
  }),
  ...cases('depthwiseScatter', (bench, setting) => {
    const dx = bench.distinct(setting.image.count);
    const w = bench.distinct(setting.weights);
    const dy = bench.distinct(setting.outputs);
    const expected = [...dx.values];
    setting.each((y, x, wAt) => (expected[x]! += w.values[wAt]! * dy.values[y]!));
    const operands = { dx: from(dx, setting.start), w, dy };
    bench.check('depthwiseScatter', operands, setting.numbers, { dx: expected });
  }),
];
